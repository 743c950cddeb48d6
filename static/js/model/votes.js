// What was answered to the question of a class, as bars.

/** @typedef {import("../wire/protocol.js").Asked} Asked */
/** @typedef {{label: string, count: number}} Bar */

const BINS = 8;

/**
 * One bar for each choice; of numbers, for each of some equal parts between the least and the greatest.
 * @param {Asked} asked whose answers are shown
 * @returns {Bar[]}
 */
export function barsOf({ choices, counts, values }) {
  if (choices.length > 0) return choices.map((label, place) => ({ label, count: counts[place] ?? 0 }));
  if (values.length === 0) return [];
  const [low, high] = [values[0], values[values.length - 1]];
  if (low === high) return [{ label: short(low), count: values.length }];
  const width = (high - low) / BINS;
  const bars = Array.from({ length: BINS }, (_, bin) => (
    { label: `${short(low + bin * width)} to ${short(low + (bin + 1) * width)}`, count: 0 }));
  for (const value of values) bars[Math.min(BINS - 1, Math.floor((value - low) / width))].count += 1;
  return bars;
}

/**
 * The median of numbers in their order.
 * @param {number[]} values
 */
export function median(values) {
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** @param {number} value */
export const short = (value) => String(Number(value.toPrecision(3)));
