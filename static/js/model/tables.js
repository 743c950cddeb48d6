// Stored data sets: the references by which specs name them, which say their shape (as engine/data/reference.py), and
// what the server has said of them: names and ranges of their columns, names of their classes.

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

/**
 * Is it a column, or a feature that somebody has written of columns?
 * @param {string} key of an input
 */
export const isOfColumns = (key) => isColumn(key) || /^=.*\bin\.\d/i.test(key);

/** @param {string} key such as in.3 */
export const columnOf = (key) => Number(key.slice("in.".length));

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
    if (key.startsWith("=")) return shape.columns > 2 || (shape.columns === 2 && !isOfColumns(key));
    return shape.columns === 2 ? !isColumn(key) : isColumn(key) && columnOf(key) < shape.columns;
  };
  return spec.problem === problemOf(shape) && spec.features.every(fits);
}

/** @typedef {import("../wire/protocol.js").TableFactsEvent} Facts */
/** @typedef {import("../wire/protocol.js").ColumnFacts} Column */

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
  if (key.startsWith("=")) {
    return factsOf(spec) && key.slice(1).replace(/; ?/g, ", ").replace(/\bin\.(\d+)/gi, (text, column) => {
      const name = columnFacts(Number(column), spec)?.name ?? text;
      return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `"${name}"`;
    });
  }
  const column = ["x", "y"].indexOf(key);
  return column < 0 ? null : columnFacts(column, spec)?.name ?? null;
}

/**
 * The name of a class: of a stored data set, or as somebody has called it; null where it has none.
 * @param {number} index
 * @param {Spec} spec
 */
export const ownClassName = (index, spec) => factsOf(spec)?.classes[index] ?? spec.class_names[index] ?? null;
