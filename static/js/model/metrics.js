// The history of the metrics, for the chart. The server measures only while somebody looks: it begins when asked for.

const MOST = 1000; // more than the chart has pixels

/** @typedef {import("../wire/frame.js").Metrics} Metrics */

/**
 * What the chart needs of one record.
 * @param {Metrics} metrics
 * @returns {Metrics}
 */
function slim({ train, test, ...rest }) {
  const { accuracy, r2 } = train;
  return { ...rest, train: { accuracy, r2 }, test: { accuracy: test.accuracy, r2: test.r2 } };
}

/**
 * The history with one more record; only the newest is kept whole. One of the same epoch (after a typed weight)
 * replaces the last. When there are too many, every second one is dropped.
 * @param {Metrics[]} history oldest first
 * @param {Metrics} metrics
 * @returns {Metrics[]}
 */
export function withMetrics(history, metrics) {
  const last = history.at(-1);
  if (!last) return [metrics];
  const before = last.epoch === metrics.epoch ? history.slice(0, -1) : [...history.slice(0, -1), slim(last)];
  return [...(before.length < MOST ? before : before.filter((_, i) => i % 2 === 0)), metrics];
}

/**
 * The metric that the chart draws for a problem: its name in a record and its label.
 * @param {import("./catalog.js").Spec} spec
 * @returns {{name: "accuracy"|"r2", label: string}}
 */
export function chiefMetric(spec) {
  return spec.problem === "regression" ? { name: "r2", label: "R²" } : { name: "accuracy", label: "Accuracy" };
}
