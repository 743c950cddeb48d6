// What a page says of a stored data set: its size, its columns as inputs, and numbers as they were before they were
// standardised. It comes with the first such data.

import { catalog } from "./catalog.js";
import { neuronOf } from "./network_shape.js";
import { columnFacts, columnOf, factsOf, inputName, shapeOf, targetFacts } from "./tables.js";

/** @typedef {import("../wire/protocol.js").Spec} Spec */
/** @typedef {import("../wire/protocol.js").ColumnFacts} Column */
/** @typedef {{key: string, label: string, formula: string, basic: boolean, counts: number[], range: string}} Input */

const DIGITS = 4;

/**
 * All columns of a data set that is not on the plane, as inputs.
 * @param {Spec} spec
 * @returns {Input[]}
 */
export function tableInputs(spec) {
  const count = shapeOf(spec)?.columns ?? 0;
  return Array.from({ length: count }, (_, column) => `in.${column}`).map((key) => {
    const column = columnFacts(columnOf(key), spec);
    const label = inputName(key, spec) ?? key;
    const range = column ? `${figure(column.low)} – ${figure(column.high)}${unitOf(column)}` : "";
    const formula = range ? `${label}: ${range}` : label;
    return { key, label, range, formula, basic: true, counts: column?.counts ?? [] };
  });
}

/**
 * A number of a column as it was before it was standardised.
 * @param {Column} column
 * @param {number} value
 */
export const rawOf = ({ offset, scale }, value) => offset + scale * value;

/** @param {Column} column */
export const unitOf = ({ unit }) => (unit ? ` ${unit}` : "");

/**
 * A number in few digits.
 * @param {number} value
 */
export function figure(value) {
  const text = String(Number(value.toPrecision(DIGITS)));
  return text.replace("-", "−");
}

/**
 * What a data set is, in a sentence.
 * @param {Spec} spec
 */
export function sizeText(spec) {
  const shape = shapeOf(spec);
  if (!shape) return "";
  const counted = (/** @type {number} */ count, /** @type {string} */ word, /** @type {string} */ many) => {
    return `${count.toLocaleString("en")} ${count === 1 ? word : many}`;
  };
  const what = shape.kind === "class" ? counted(shape.classes, "class", "classes")
    : shape.kind === "number" ? counted(shape.targets, "number to predict", "numbers to predict")
    : "to be reconstructed";
  const split = factsOf(spec)?.split ? "; a column says which rows train" : "";
  return `${counted(shape.rows, "row", "rows")}, ${counted(shape.columns, "column", "columns")}, ${what}${split}`;
}

/**
 * The column that a unit is to give, if it is an output for numbers of a stored data set.
 * @param {Spec} spec
 * @param {string} unit
 */
function targetOf(spec, unit) {
  const place = neuronOf(unit);
  return place?.layer === spec.hidden.length ? targetFacts(place.neuron, spec) : null;
}

/**
 * What a unit answers, in the unit of what it is to give; null where that has none.
 * @param {Spec} spec
 * @param {string} unit
 * @param {number} value
 */
export function targetText(spec, unit, value) {
  const target = targetOf(spec, unit);
  return target && `${figure(rawOf(target, value))}${unitOf(target)}`;
}

/**
 * What the two ends of the scale of colours stand for; null where they are −1 and 1.
 * @param {Spec} spec
 * @param {string} unit
 */
export function targetEnds(spec, unit) {
  const target = targetOf(spec, unit);
  return target && [figure(rawOf(target, -1)), `${figure(rawOf(target, 1))}${unitOf(target)}`];
}

/**
 * What the points of a spec are called.
 * @param {Spec} spec
 */
export function dataName(spec) {
  if (spec.data) return factsOf(spec)?.title ?? "Own data";
  const key = spec.problem === "regression" ? spec.reg_dataset : spec.dataset;
  return catalog.datasets.find((each) => each.key === key)?.label ?? key;
}
