// Metrics as the page shows them: by set, and null for what is not defined.

import { partOf } from "./frame.js";

/**
 * @typedef {object} SetMetrics on one set of points; the first three for classification, the others for regression
 * @property {number|null} [accuracy]
 * @property {number[][]} [confusion] points by [class][predicted class]
 * @property {(number|null)[]} [f1]
 * @property {number|null} [r2]
 * @property {number|null} [rmse]
 * @property {(number|null)[]} [predicted] outputs for the first points of the set
 */
/** @typedef {{restarts: number, epoch: number, train: SetMetrics, test: SetMetrics}} Metrics */

/**
 * The metrics of a run, where a tick brings them.
 * @param {import("./protocol.js").Part[]} parts
 * @returns {Metrics|null}
 */
export function metricsOf(parts) {
  const part = partOf(parts, "metrics");
  if (!part) return null;
  const { restarts, epoch, accuracy, confusion, f1, r2, rmse } = part;
  const classes = part.shapes.f1?.[1] ?? 0;
  const [train, test] = [part.predictedTrain, part.predictedTest].map((predicted, set) => {
    if (r2 && rmse && predicted) {
      return { r2: defined(r2[set]), rmse: defined(rmse[set]), predicted: Array.from(predicted, defined) };
    }
    if (!accuracy || !confusion || !f1) return {};
    const rows = Array.from({ length: classes }, (_, row) => (set * classes + row) * classes);
    return {
      accuracy: defined(accuracy[set]),
      confusion: rows.map((at) => [...confusion.subarray(at, at + classes)]),
      f1: Array.from(f1.subarray(set * classes, (set + 1) * classes), defined),
    };
  });
  return { restarts, epoch, train, test };
}

/** @param {number} value */
const defined = (value) => (Number.isFinite(value) ? value : null);
