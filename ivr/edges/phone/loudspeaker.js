// The loudspeaker's worklet: the playout clock of the line.
//
// It plays mu-law as it comes and counts samples. A mark goes back when the last sample before it has left;
// `clear` silences at once and sends back every mark that still waits, as a carrier does.

import { decode } from "./mulaw.js";
import { Resampler } from "./resample.js";

class Loudspeaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(8000, sampleRate);
    this.queue = []; // stretches of mu-law not yet begun
    this.current = null;
    this.offset = 0;
    this.waiting = 0; // samples not yet played
    this.position = 0; // samples (8 kHz) that went into the filter since the beginning, silence included
    this.marks = []; // {name, at}
    this.out = null;
    this.port.onmessage = ({ data }) => {
      this.out = data.port;
      this.out.onmessage = ({ data: order }) => this.obey(order);
      this.port.postMessage("joined");
    };
  }

  obey(order) {
    if (order.play) {
      this.queue.push(order.play);
      this.waiting += order.play.length;
    } else if (order.mark !== undefined) {
      this.marks.push({ name: order.mark, at: this.position + this.waiting + this.resampler.delay });
    } else if (order.clear) {
      this.queue = [];
      this.current = null;
      this.waiting = 0;
      this.resampler.reset();
      for (const { name } of this.marks.splice(0)) this.out.postMessage({ mark: name });
    }
  }

  next() {
    this.position++;
    if (!this.current) {
      this.current = this.queue.shift() ?? null;
      this.offset = 0;
    }
    if (!this.current) return 0;
    const sample = decode(this.current[this.offset++]);
    this.waiting--;
    if (this.offset >= this.current.length) this.current = null;
    return sample;
  }

  process(_inputs, outputs) {
    const channels = outputs[0];
    for (let i = 0; i < channels[0].length; i++) {
      while (!this.resampler.ready) this.resampler.push(this.next());
      const sample = this.resampler.pull();
      for (const channel of channels) channel[i] = sample;
    }
    while (this.marks.length && this.marks[0].at <= this.position) {
      this.out?.postMessage({ mark: this.marks.shift().name });
    }
    return true;
  }
}

registerProcessor("loudspeaker", Loudspeaker);
