// References: how a spec names a stored data set, and what they say of its shape (as engine/data/reference.py).

/** @typedef {import("../wire/protocol.js").Spec} Spec */
/**
 * @typedef {object} Shape
 * @property {number} rows
 * @property {number} columns
 * @property {"class"|"number"|"reconstruct"} kind
 * @property {number} targets columns of the target
 * @property {number} classes 0 where the targets are numbers
 */

const REFERENCE = /^([1-9]\d{0,3})x([1-9]\d?)([cnr])([1-9]\d?)\.[0-9a-f]{64}$/;
const KINDS = /** @type {const} */ ({ c: "class", n: "number", r: "reconstruct" });
const COLUMN = /^in\.(?:\d|[1-5]\d|6[0-3])$/;

/** @type {Map<string, Shape|null>} */
const shapeFromText = new Map();

/**
 * @param {string} text
 * @returns {Shape|null} null where the text names no stored data set
 */
export function readReference(text) {
  let shape = shapeFromText.get(text);
  if (shape === undefined) {
    const [, rows, columns, letter, count] = REFERENCE.exec(text) ?? [];
    const kind = KINDS[/** @type {"c"|"n"|"r"} */ (letter)];
    const classes = kind === "class" ? Number(count) : 0;
    const targets = classes ? 1 : Number(count);
    shape = kind ? { rows: Number(rows), columns: Number(columns), kind, classes, targets } : null;
    shapeFromText.set(text, shape);
  }
  return shape;
}

/**
 * The stored data set that a spec names; null where its points are drawn.
 * @param {Spec} spec
 */
export const shapeOf = (spec) => (spec.data ? readReference(spec.data) : null);

/**
 * Do the points lie on the plane, so that the inputs are functions of its two coordinates?
 * @param {Spec} spec
 */
export const isOnPlane = (spec) => (shapeOf(spec)?.columns ?? 2) === 2;

/** @param {string} key of an input */
export const isColumn = (key) => COLUMN.test(key);

/** @param {string} key such as in.3 */
export const columnOf = (key) => Number(key.slice("in.".length));

/** @param {number} count */
export const columnKeys = (count) => Array.from({ length: count }, (_, column) => `in.${column}`);

/**
 * The keys of columns in a text of their numbers.
 * @param {string|null} text
 * @param {string} none the text for no column
 * @returns {string[]|null} null where the text says something else
 */
export function columnsOf(text, none) {
  if (text === null) return null;
  const keys = text === none ? [] : [...new Set(text.split(","))].map((column) => `in.${column}`);
  return keys.every(isColumn) ? keys.sort((a, b) => columnOf(a) - columnOf(b)) : null;
}

/**
 * The problem that a data set is for.
 * @param {Shape} shape
 */
export const problemOf = ({ kind }) => (kind === "class" ? "classification" : "regression");

/**
 * Are problem and inputs of a spec those of the stored data set that it names?
 * @param {Spec} spec
 */
export function fitsData(spec) {
  const shape = shapeOf(spec);
  if (!shape) return false;
  const fits = (/** @type {string} */ key) => {
    return shape.columns === 2 ? !isColumn(key) : isColumn(key) && columnOf(key) < shape.columns;
  };
  return spec.problem === problemOf(shape) && spec.features.every(fits);
}
