// The colours of values, once: -1 orange, 0 grey, +1 blue, as the original has them.

const ORANGE = [0xf5, 0x93, 0x22];
const GREY = [0xe8, 0xea, 0xeb];
const BLUE = [0x08, 0x77, 0xbd];
const BROKEN = 0xff9a9a9a; // a field's byte 255: no finite value there

/** @param {number} value clamped to [-1, 1] @returns {number[]} red, green, blue */
export function rgb(value) {
  const v = Math.max(-1, Math.min(1, value));
  const end = v < 0 ? ORANGE : BLUE;
  return GREY.map((grey, i) => Math.round(grey + (end[i] - grey) * Math.abs(v)));
}

/** @param {number} value @returns {string} a CSS colour; not a number gives grey */
export function colour(value) {
  return Number.isFinite(value) ? `rgb(${rgb(value).join(" ")})` : "#9a9a9a";
}

/** @param {number} red @param {number} green @param {number} blue */
const packed = (red, green, blue) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** Pixel (ABGR, as a little-endian ImageData wants it) from a field's byte. @param {boolean} discrete */
function ramp(discrete) {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    if (byte === 255) return BROKEN;
    const value = byte / 127 - 1;
    const [red, green, blue] = rgb(discrete ? (value >= 0 ? 1 : -1) : value);
    return packed(red, green, blue);
  });
}
export const SMOOTH = ramp(false);
export const DISCRETE = ramp(true);
