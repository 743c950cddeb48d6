// What the chart shows of a run, and what is to be said about it.

import { curve } from "./losses.js";
import { chiefMetric } from "./metrics.js";

const SOONEST = 50; // epochs before which a loss that does not fall means nothing
const CLEARLY = 1.2; // of the first loss
const FALL = 0.95; // of the quarter of the curve before: less is falling
const SETS = /** @type {const} */ (["train", "test"]);

/** @typedef {"loss"|"log"|"metric"} Kind */
/**
 * @typedef {object} Chart
 * @property {string} name of what is shown
 * @property {number[]} epochs
 * @property {(number|null|undefined)[]} train null where there is no value
 * @property {(number|null|undefined)[]} test null where there is no value
 * @property {string} note what the curves alone do not tell; empty if nothing
 */

/**
 * What the chart shows, and on which axis.
 * @param {import("./state.js").State} state
 * @returns {Kind}
 */
export const kindOf = ({ chart, view }) => (chart === "loss" && view.logLoss ? "log" : chart);

/**
 * @param {import("./run.js").Run} run
 * @param {Kind} kind
 * @param {number} most points of a curve, about
 * @returns {Chart}
 */
export function chartOf(run, kind, most) {
  const { spec, losses, metrics, points } = run;
  const metric = kind === "metric" && spec ? chiefMetric(spec) : null;
  if (metric) {
    const epochs = metrics.map(({ epoch }) => epoch);
    const [train, test] = SETS.map((set) => metrics.map((each) => each[set][metric.name]));
    // The server measures only while somebody looks: the curve begins where it was chosen.
    const since = epochs[0] > 0 ? `Measured since epoch ${counted(epochs[0])}.` : "";
    return { name: metric.label, epochs, train, test, note: metrics.length ? since : "Measuring…" };
  }
  const curves = curve(losses, most);
  return { name: "Loss", ...curves, note: lossNote(curves, kind === "log", points, run.divergedAt) };
}

/**
 * @param {{epochs: number[], train: (number|null)[], test: (number|null)[]}} curves
 * @param {boolean} isLog
 * @param {import("./run.js").Points|null} points
 * @param {number|null} divergedAt
 */
function lossNote({ epochs, train, test }, isLog, points, divergedAt) {
  if (divergedAt !== null) return `At epoch ${counted(divergedAt)} the loss is not a number.`;
  if (isStuckHigh(epochs, train)) return "The loss is not falling: lower the rate.";
  const first = train.findIndex((value) => value !== null);
  const last = train.findLastIndex((value) => value !== null);
  const hasGap = first >= 0 && train.slice(first, last).includes(null);
  if (hasGap) return "Shaded: the losses of these epochs did not arrive.";
  for (const [count, what] of [[points?.train, "training"], [points?.test, "test"]]) {
    if (count === 0) return `There are no ${what} points.`;
  }
  if (isLog && [...train, ...test].includes(0)) return "A loss of 0 has no place on a logarithmic axis.";
  return "";
}

/**
 * Has the loss stayed above where it began, without falling? Only steps that are too long do that: a network that
 * cannot learn, or learns too slowly, stays where it began, and a lower rate would not help it.
 * @param {number[]} epochs
 * @param {(number|null)[]} losses
 */
function isStuckHigh(epochs, losses) {
  const quarter = Math.floor(losses.length / 4);
  const first = losses[0];
  if (first === null || quarter === 0 || epochs[epochs.length - 1] < SOONEST) return false;
  const [before, now] = [losses.slice(-2 * quarter, -quarter), losses.slice(-quarter)].map(mean);
  return now > CLEARLY * first && now > FALL * before;
}

/** @param {(number|null)[]} values */
function mean(values) {
  const known = values.filter((value) => value !== null);
  return known.reduce((all, value) => all + Number(value), 0) / known.length;
}

/** @param {number} epoch */
const counted = (epoch) => epoch.toLocaleString("en");
