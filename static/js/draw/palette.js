// The colours of values, once: -1 orange, 0 grey, +1 blue, as the original has them; and those of classes.

import { NOT_FINITE } from "../wire/protocol.js";

const ORANGE = [0xf5, 0x93, 0x22];
const GREY = [0xe8, 0xea, 0xeb];
const BLUE = [0x08, 0x77, 0xbd];
const BROKEN = 0xff9a9a9a; // a field's byte 255: no finite value there

// Two classes are orange and blue. The others were searched for: of the ten no two, and none and the grey, come closer
// than 25 in CIE L*a*b*, seen with any of the three kinds of colour blindness, and the first six have a contrast of 3:1
// on the dark page (tests/js/palette.test.js).
export const CLASSES = [
  ORANGE, BLUE, [0x88, 0xdd, 0x88], [0xaa, 0x11, 0xff], [0xcc, 0x22, 0x33],
  [0x99, 0x88, 0x99], [0x44, 0x00, 0x99], [0xff, 0xaa, 0xff], [0x77, 0x11, 0x33], [0x55, 0x11, 0x66],
];

/**
 * From grey to an end.
 * @param {number[]} end
 * @param {number} share clamped to [0, 1]
 * @returns {number[]} red, green, blue
 */
function shaded(end, share) {
  const s = Math.max(0, Math.min(1, share));
  return GREY.map((grey, i) => Math.round(grey + (end[i] - grey) * s));
}

/**
 * @param {number} value clamped to [-1, 1]
 * @returns {number[]} red, green, blue
 */
export function rgb(value) {
  return shaded(value < 0 ? ORANGE : BLUE, Math.abs(value));
}

/**
 * @param {number} value
 * @returns {string} a CSS colour; not a number gives grey
 */
export function colour(value) {
  return Number.isFinite(value) ? `rgb(${rgb(value).join(" ")})` : "#9a9a9a";
}

/**
 * @param {number} index
 * @returns {string} a CSS colour
 */
export const classColour = (index) => `rgb(${CLASSES[index % CLASSES.length].join(" ")})`;

/** How much of its full colour a map has: the points on it, in full colour, must be seen on a ground of their own. */
const PALE = 0.6;

/**
 * Pixels (ABGR, as a little-endian ImageData wants them) from a field's bytes: 0 is -1, 254 is 1.
 * @param {(value: number) => number[]} shade
 */
function ramp(shade) {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    if (byte === NOT_FINITE) return BROKEN;
    const [red, green, blue] = shade(byte / 127 - 1);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}
export const SMOOTH = ramp((value) => rgb(PALE * value));
export const DISCRETE = ramp((value) => rgb(value >= 0 ? PALE : -PALE));

/** @type {Map<string, Uint32Array>} */
const rampFromKey = new Map();

/**
 * For what the output of a class answers: grey where it is not that class.
 * @param {number} index
 * @param {number} low the answer for "not this class"
 * @param {boolean} discrete
 */
export function classRamp(index, low, discrete) {
  const key = `${index} ${low} ${discrete}`;
  let found = rampFromKey.get(key);
  if (!found) {
    const end = CLASSES[index % CLASSES.length];
    found = ramp((value) => {
      const share = (value - low) / (1 - low);
      return shaded(end, PALE * (discrete ? Number(share > 0.5) : Math.min(1, share)));
    });
    rampFromKey.set(key, found);
  }
  return found;
}
