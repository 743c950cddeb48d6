// How often the values of a column lie in each part of its range, as a small picture.

const [GROUND, BAR] = [0xffebeae8, 0xff7e766a]; // ABGR: the grey of zero, and one that is no value's colour

/** The pixel of each byte: 0 is the ground. */
export const HISTOGRAM = Uint32Array.from({ length: 256 }, (_, byte) => (byte ? BAR : GROUND));

/**
 * @param {number[]} counts
 * @returns {Uint8Array} side * side bytes, as of a map
 */
export function histogram(counts) {
  const side = Math.max(1, counts.length);
  const most = Math.max(1, ...counts);
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const height = side - Math.floor(at / side); // of this row above the bottom
    return Math.ceil((counts[at % side] / most) * (side - 1)) >= height ? 254 : 0;
  });
}
