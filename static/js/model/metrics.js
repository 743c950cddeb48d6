// What was measured, kept for the chart: nothing is measured while nobody looks, so the curve begins when it was asked for.

const MOST = 1000; // more than the chart has pixels

/** @typedef {import("../wire/protocol.js").MeasuresEvent} Measures */

/** What the chart needs of one. @param {Measures} measures @returns {Measures} */
function slim({ train, test, ...rest }) {
  return { ...rest, train: { accuracy: train.accuracy, r2: train.r2 }, test: { accuracy: test.accuracy, r2: test.r2 } };
}

/**
 * The row of measures with a new one, which alone is kept whole: of another run it begins anew, at the same epoch (a
 * typed weight) it replaces the last, and where there are too many every second one goes.
 * @param {Measures[]} measured
 * @param {Measures} event
 * @returns {Measures[]}
 */
export function measuredMore(measured, event) {
  const last = measured.at(-1);
  if (!last || last.run !== event.run) return [event];
  const before = last.epoch === event.epoch ? measured.slice(0, -1) : [...measured.slice(0, -1), slim(last)];
  return [...(before.length < MOST ? before : before.filter((_, i) => i % 2 === 0)), event];
}

/** The measure that one number can tell: its name among the answers, its label, the lowest it sensibly is. @param {import("./catalog.js").Spec} spec */
export function chiefMeasure(spec) {
  return spec.problem === "regression" ? /** @type {const} */ ({ name: "r2", label: "R²" }) : /** @type {const} */ ({ name: "accuracy", label: "Accuracy" });
}
