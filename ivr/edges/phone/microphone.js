// The microphone's worklet: samples at the context's own rate in, 20 ms frames of mu-law out.
//
// Without an input (no microphone, or it is muted) the frames hold silence, so that the line stays open
// and keeps its time.

import { encode } from "./mulaw.js";
import { Resampler } from "./resample.js";

const FRAME = 160;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, 8000);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.muted = false;
    this.out = null;
    this.port.onmessage = ({ data }) => {
      if (data.port) {
        this.out = data.port;
        this.port.postMessage("joined");
      }
      if ("muted" in data) this.muted = data.muted;
    };
  }

  process(inputs) {
    const channel = this.muted ? undefined : inputs[0][0];
    const length = channel?.length ?? 128;
    for (let i = 0; i < length; i++) {
      this.resampler.push(channel ? channel[i] : 0);
      while (this.resampler.ready) this.take(this.resampler.pull());
    }
    return true;
  }

  take(sample) {
    this.frame[this.filled++] = encode(sample);
    if (this.filled < FRAME) return;
    this.filled = 0;
    if (!this.out) return;
    const full = this.frame;
    this.frame = new Uint8Array(FRAME);
    this.out.postMessage(full, [full.buffer]);
  }
}

registerProcessor("microphone", Microphone);
