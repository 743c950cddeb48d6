// The points of a run as rows of a table: what is known of each, and their order. Pure functions.

import { drawnPoints } from "./drawing.js";
import { className } from "./names.js";
import { classCount } from "./outputs.js";

/** @typedef {import("./run.js").Run} Run */
/**
 * @typedef {object} Row
 * @property {number} id
 * @property {number} x
 * @property {number} y
 * @property {number} target the class from 0, or the value
 * @property {boolean} training
 * @property {number} answer NaN before the server has told it, as the next two
 * @property {number} said the predicted class
 * @property {number} loss
 */
/** @typedef {"id"|"x"|"y"|"target"|"answer"|"training"|"loss"} Key */

/**
 * @param {Run} run
 * @returns {Row[]} training points first
 */
export function rowsOf(run) {
  const points = drawnPoints(run);
  const { points: told } = run.parts;
  const isTold = told !== undefined && told.pointLosses.length === points.length;
  return points.map((point, i) => ({
    ...point,
    answer: isTold ? told.answers[i] : NaN,
    said: isTold && told.said ? told.said[i] : NaN,
    loss: isTold ? told.pointLosses[i] : NaN,
  }));
}

/**
 * In the order of a column. What is no number comes last; equal rows stay as they are.
 * @param {Row[]} rows
 * @param {Key} key
 * @param {boolean} isFalling
 */
export function sorted(rows, key, isFalling) {
  const sign = isFalling ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [Number(one[key]), Number(other[key])];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return sign * (a - b);
  });
}

/**
 * A target or an answer in words.
 * @param {Run} run
 * @param {number} value
 * @param {(value: number) => string} text of a value
 */
export function targetText({ spec }, value, text) {
  return spec && classCount(spec) ? className(value, spec) : text(value);
}
