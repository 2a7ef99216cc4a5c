// From one sample rate to another: a low-pass FIR in its polyphase form.
//
// The rates' ratio is reduced to up/down; each of the `up` phases has its own taps, so that only samples
// that are wanted are computed. The filter is a sinc under a Kaiser window: flat to 3.4 kHz, and 75 dB
// down from 4.5 kHz on, which is below one mu-law step. Telephone audio is 8 kHz on one side.

const PASS_HZ = 3400;
const STOP_HZ = 4500;
const STOP_DB = 75;

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 50; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

export class Resampler {
  /** Rates in Hz, whole numbers. */
  constructor(fromHz, toHz) {
    const common = gcd(fromHz, toHz);
    this.up = toHz / common;
    this.down = fromHz / common;
    const width = (2 * Math.PI * (STOP_HZ - PASS_HZ)) / fromHz;
    const taps = Math.ceil((STOP_DB - 8) / (2.285 * width));
    this.taps = taps + (taps % 2);
    this.phases = this._phases(fromHz);
    this.delay = this.taps / 2; // input samples from a sound to its middle in the output
    this.reset();
  }

  _phases(fromHz) {
    const cutoff = (PASS_HZ + STOP_HZ) / 2 / fromHz;
    const beta = 0.1102 * (STOP_DB - 8.7);
    const half = this.taps / 2;
    return Array.from({ length: this.up }, (_, phase) => {
      const row = new Float32Array(this.taps);
      let sum = 0;
      for (let k = 0; k < this.taps; k++) {
        const t = k - half + 1 - phase / this.up; // input samples from the output's moment
        const x = 2 * cutoff * t;
        const sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
        const edge = 1 - (t / half) ** 2;
        row[k] = edge <= 0 ? 0 : (sinc * bessel(beta * Math.sqrt(edge))) / bessel(beta);
        sum += row[k];
      }
      return row.map((value) => value / sum);
    });
  }

  /** Forget everything heard so far: silence at once. */
  reset() {
    this.history = new Float32Array(this.taps * 2); // each sample twice, so that a window is one stretch
    this.at = 0;
    this.phase = 0;
  }

  /** Take one input sample. */
  push(sample) {
    this.history[this.at] = sample;
    this.history[this.at + this.taps] = sample;
    this.at = (this.at + 1) % this.taps;
    this.phase -= this.up;
  }

  /** Whether an output sample can be taken before more input is needed. */
  get ready() {
    return this.phase < 0;
  }

  /** The next output sample; only when `ready`. */
  pull() {
    const row = this.phases[this.phase + this.up];
    let sum = 0;
    for (let k = 0; k < this.taps; k++) sum += row[k] * this.history[this.at + k];
    this.phase += this.down;
    return sum;
  }
}
