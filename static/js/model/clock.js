// Where a run is in its epoch, in words: pure functions of the wire's record of the batch that is next.

/** @typedef {Pick<import("../wire/protocol.js").BatchPart, "epoch"|"batch"|"batches"|"batchSize"|"done"|"examples">
 *   & {members: {length: number}}} Place */

/**
 * What of the epoch is done: "50 / 250".
 * @param {"batch"|"example"} clock
 * @param {Place} place
 */
export function placeText(clock, { batch, batches, done, examples }) {
  const [now, all] = clock === "batch" ? [batch, batches] : [done, examples];
  return `${now.toLocaleString("en")} / ${all.toLocaleString("en")}`;
}

/**
 * The rest of a sentence: in which epoch, and what comes next. A short last batch is said.
 * @param {"batch"|"example"} clock
 * @param {Place} place
 * @param {{playing: boolean, isCarried: boolean}} how
 */
export function batchText(clock, { epoch, batch, batches, batchSize, members }, { playing, isCarried }) {
  const inEpoch = `in epoch ${(epoch + 1).toLocaleString("en")}`;
  const size = members.length;
  if (playing || size === 0) return `, ${inEpoch}.`;
  if (clock === "example" && batchSize === 1) return `, ${inEpoch}. Weights change after each.`;
  const counted = `${size.toLocaleString("en")} ${size === 1 ? "example" : "examples"}`;
  const place = `${(batch + 1).toLocaleString("en")} of ${batches.toLocaleString("en")} ${inEpoch}`;
  const short = size < batchSize && `short: ${counted}${isCarried ? ", waits for the next epoch" : ""}`;
  if (clock === "batch") return `: next is ${place}, ${short || counted}.`;
  return `: batch ${place}${short ? `, ${short}` : ". Weights change at its end"}.`;
}
