// The plane that a map shows of data with other inputs than two coordinates: what runs across it and up, in raw units.

import { figure, rawOf, unitOf } from "./table_words.js";
import { columnFacts, factsOf, inputName, isOnPlane, shapeOf } from "./tables.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("../wire/frame.js").Points} Points */
/** @typedef {{columns: [number, number], row: number|null}} Named two columns, and the row where the others are held */
/**
 * @typedef {object} Axis
 * @property {string} name with its unit
 * @property {(at: number) => string} text the value at a place on the map
 * @property {{at: number, text: string}[]} ticks
 */

const EDGE = 6;
const MOST_TICKS = 6;

/**
 * What the name of a plane says.
 * @param {string} plane
 * @returns {Named|null} null for the main directions
 */
export function readPlane(plane) {
  const match = /^(\d+),(\d+)(?:@(\d+))?$/.exec(plane);
  return match && { columns: [Number(match[1]), Number(match[2])], row: match[3] ? Number(match[3]) : null };
}

/** @param {Named|null} named */
export function planeName(named) {
  if (!named) return "";
  return `${named.columns.join()}${named.row === null ? "" : `@${named.row}`}`;
}

/**
 * What runs across a map and up; null where that is the plane of the generated points, or not known yet.
 * @param {Spec} spec
 * @param {Points|null} points
 * @returns {[Axis, Axis]|null}
 */
export function axesOf(spec, points) {
  if (!factsOf(spec)) return null;
  if (isOnPlane(spec)) return [columnAxis(0, spec, (at) => at), columnAxis(1, spec, (at) => at)];
  const { origin, axes, shares, plane } = points ?? {};
  const count = shapeOf(spec)?.columns ?? 0;
  if (!origin || !axes || origin.length !== count) return null;
  if (shares) return [mainAxis(0, shares), mainAxis(1, shares)];
  const columns = readPlane(plane ?? "")?.columns ?? [0, 0];
  const [across, up] = columns.map((column, axis) => {
    return columnAxis(column, spec, (at) => origin[column] + at * axes[axis * count + column]);
  });
  return [across, count > 1 ? up : { name: "", text: () => "", ticks: [] }];
}

/**
 * @param {number} column
 * @param {Spec} spec
 * @param {(at: number) => number} valueAt the column's value at a place on the map
 * @returns {Axis}
 */
function columnAxis(column, spec, valueAt) {
  const facts = columnFacts(column, spec);
  const name = inputName(`in.${column}`, spec) ?? "";
  if (!facts) return { name, text: (at) => figure(valueAt(at)), ticks: [] };
  const raw = (/** @type {number} */ at) => rawOf(facts, valueAt(at));
  const [low, high] = [raw(-EDGE), raw(EDGE)];
  const ticks = round(low, high).map((value) => {
    return { at: -EDGE + ((value - low) / (high - low)) * 2 * EDGE, text: figure(value) };
  });
  const text = (/** @type {number} */ at) => `${figure(Number(raw(at).toPrecision(3)))}${unitOf(facts)}`;
  return { name: facts.unit ? `${name} (${facts.unit})` : name, text, ticks };
}

/**
 * @param {number} axis
 * @param {Float64Array} shares
 * @returns {Axis}
 */
function mainAxis(axis, shares) {
  const share = Math.round(100 * shares[axis]);
  const name = `Direction ${axis + 1} (${share} %)`;
  return { name, text: (at) => figure(Number(at.toPrecision(2))), ticks: [] };
}

/**
 * A few round numbers between two.
 * @param {number} low
 * @param {number} high
 */
function round(low, high) {
  if (!(high > low)) return [];
  const rough = (high - low) / MOST_TICKS;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * ([1, 2, 5].find((each) => each * ten >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}
