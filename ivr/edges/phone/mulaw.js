// G.711 mu-law: samples of -1..1 to bytes and back.

const BIAS = 0x84;
const CLIP = 32635;

/** A sample of -1..1 as a mu-law byte. */
export function encode(sample) {
  let value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  const sign = value < 0 ? 0x80 : 0;
  value = Math.min(Math.abs(value), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(value >> 7);
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

const DECODED = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 7;
  const value = ((((bits & 0x0f) << 3) + BIAS) << exponent) - BIAS;
  return (bits & 0x80 ? -value : value) / 32768;
});

/** A mu-law byte as a sample of -1..1. */
export function decode(byte) {
  return DECODED[byte];
}
