// Stored data sets, as the server has described them: names and ranges of their columns, names of their classes.

import { columnKeys, columnOf, isColumn, shapeOf } from "./reference.js";

/** @typedef {import("../wire/protocol.js").Spec} Spec */
/** @typedef {import("../wire/protocol.js").TableFactsEvent} Facts */
/** @typedef {import("../wire/protocol.js").ColumnFacts} Column */
/** @typedef {{key: string, label: string, formula: string, basic: boolean, counts: number[], range: string}} Input */

const DIGITS = 4;

/** @type {Map<string, Facts>} by reference, which is a hash of the content: what is known of one does not change */
const known = new Map();

/** @param {Facts} facts */
export const remember = (facts) => { known.set(facts.reference, facts); };

/**
 * What is known of the stored data set that a spec names.
 * @param {Spec} spec
 * @returns {Facts|null}
 */
export const factsOf = (spec) => (spec.data ? known.get(spec.data) ?? null : null);

/**
 * A column of the data that a spec names.
 * @param {number} column
 * @param {Spec} spec
 * @returns {Column|null}
 */
export const columnFacts = (column, spec) => factsOf(spec)?.columns[column] ?? null;

/**
 * The column that an output is to give, where these are numbers: a target, or an input that is to be reconstructed.
 * @param {number} output
 * @param {Spec} spec
 * @returns {Column|null}
 */
export function targetFacts(output, spec) {
  const facts = factsOf(spec);
  if (!facts || spec.problem !== "regression") return null;
  return (shapeOf(spec)?.kind === "reconstruct" ? facts.columns : facts.targets)[output] ?? null;
}

/**
 * What an input of a stored data set is called: a column, or a coordinate of the plane where that is one.
 * @param {string} key
 * @param {Spec} spec
 * @returns {string|null} null for all other inputs
 */
export function inputName(key, spec) {
  if (isColumn(key)) return columnFacts(columnOf(key), spec)?.name ?? `Column ${columnOf(key) + 1}`;
  const column = ["x", "y"].indexOf(key);
  return column < 0 ? null : columnFacts(column, spec)?.name ?? null;
}

/**
 * The name of a class: of a stored data set, or as somebody has called it; null where it has none.
 * @param {number} index
 * @param {Spec} spec
 */
export const ownClassName = (index, spec) => factsOf(spec)?.classes[index] ?? spec.class_names[index] ?? null;

/**
 * All columns of a data set that is not on the plane, as inputs.
 * @param {Spec} spec
 * @returns {Input[]}
 */
export function tableInputs(spec) {
  return columnKeys(shapeOf(spec)?.columns ?? 0).map((key) => {
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
  return `${counted(shape.rows, "row", "rows")}, ${counted(shape.columns, "column", "columns")}, ${what}`;
}
