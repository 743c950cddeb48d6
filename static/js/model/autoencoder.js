// An autoencoder as its views show it: which rows there are, what becomes of each, and how far off that is. Pure
// functions of a run.

import { factsOf, inputName, shapeOf } from "./tables.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("../wire/protocol.js").CodesPart} Codes */
/** @typedef {import("../wire/protocol.js").PrincipalPart} Principal */
/**
 * @typedef {object} Rows
 * @property {number} count
 * @property {number} training how many of them, which come first, are for training
 * @property {number} columns
 * @property {number} width neurons of the code
 * @property {number} layer the hidden layer that the code is of
 * @property {number} right training rows of which each number is on its own side of a half
 * @property {number} since the first epoch at whose end all of them were; 0 where it is not known
 * @property {number} angle degrees between what the network rebuilds and the principal components
 * @property {Uint32Array} ids numbers of the rows, from 0
 * @property {Uint8Array|undefined} said their classes
 * @property {Float32Array} inputs
 * @property {Float32Array} targets
 * @property {Float32Array} codes
 * @property {{network: Side, pca: Side}} sides
 */
/**
 * @typedef {object} Side one of the two ways to rebuild rows
 * @property {Float32Array} places (rows, 2)
 * @property {Float32Array} rebuilt (rows, columns)
 * @property {Float64Array} errors (2, 1 + columns): parts of the variance, of training and test rows
 */

export const NONE = "This view is for networks that give back their inputs through a hidden layer: choose such data, "
  + "or open a lab (Learn).";

/**
 * Does the network give back its inputs, through a hidden layer?
 * @param {Spec|null} spec
 */
export const isAutoencoder = (spec) => spec !== null && shapeOf(spec)?.kind === "reconstruct" && spec.hidden.length > 0;

/**
 * @param {Run} run
 * @returns {Rows|null} null before all of it is there
 */
export function rowsOf({ spec, parts: { codes: own, principal: still } }) {
  if (!isAutoencoder(spec) || !own?.codes || !own.places || !own.rebuilt || !own.errors) return null;
  if (!still?.ids || !still.inputs || !still.targets || !still.places || !still.rebuilt || !still.errors) return null;
  const [count, columns] = still.shapes.targets;
  if (own.shapes.rebuilt[0] !== count || own.shapes.rebuilt[1] !== columns) return null; // of another start
  const { layer, right, since, angle, codes } = own;
  const { training, ids, said, inputs, targets } = still;
  return {
    count, training, columns, width: own.shapes.codes[1], layer, right, since, angle, ids, said, inputs, targets,
    codes,
    sides: {
      network: { places: own.places, rebuilt: own.rebuilt, errors: own.errors },
      pca: { places: still.places, rebuilt: still.rebuilt, errors: still.errors },
    },
  };
}

/**
 * The topics of the views of autoencoders.
 * @param {import("./state.js").State} state
 * @returns {import("../wire/protocol.js").Topic[]}
 */
export const codeTopics = ({ current: run }) => [{ topic: "codes", run }, { topic: "principal", run }];

/**
 * The mean squared error of a row, in units of the data set.
 * @param {Rows} rows
 * @param {ArrayLike<number>} rebuilt of all rows
 * @param {number} row
 */
export function rowError({ columns, targets }, rebuilt, row) {
  let sum = 0;
  for (let at = row * columns; at < (row + 1) * columns; at++) sum += (targets[at] - rebuilt[at]) ** 2;
  return sum / columns;
}

/**
 * The rows by their error in the network, the largest first.
 * @param {Rows} rows
 * @returns {number[]}
 */
export function worstRows(rows) {
  const errors = Array.from({ length: rows.count }, (_, row) => rowError(rows, rows.sides.network.rebuilt, row));
  return errors.map((_, row) => row).sort((a, b) => errors[b] - errors[a]);
}

/**
 * The place of the row that is chosen; of none, the first.
 * @param {Rows} rows
 * @param {number|null} id
 */
export const chosenRow = (rows, id) => Math.max(0, id === null ? 0 : rows.ids.indexOf(id));

/**
 * "Row 592, genuine, test"; rows are counted from 1.
 * @param {Rows} rows
 * @param {number} row
 * @param {Spec} spec
 */
export function rowText(rows, row, spec) {
  const group = rows.said && factsOf(spec)?.classes[rows.said[row]];
  return [`Row ${rows.ids[row] + 1}`, group, row < rows.training ? "training" : "test"].filter(Boolean).join(", ");
}

/**
 * @param {Spec} spec
 * @returns {string[]} names of the columns
 */
export const columnNames = (spec) => {
  const count = shapeOf(spec)?.columns ?? 0;
  return Array.from({ length: count }, (_, at) => inputName(`in.${at}`, spec) ?? `Column ${at + 1}`);
};

/**
 * The places of both ways in the square of a map, from -6 to 6, and with them the class of each row: for drawPoints.
 * Both have one scale, so that they can be compared. Rows without a class are coloured by their first component.
 * @param {Rows} rows
 * @returns {{network: Float32Array, pca: Float32Array, scale: number, classes: number}} a place times scale is shown
 */
export function shownPlaces({ count, said, sides }) {
  const classes = said ? said.reduce((most, each) => Math.max(most, each), 1) + 1 : 0;
  const [size, own] = [sides.pca, sides.network].map(({ places }) => {
    return places.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-9);
  });
  const scale = 5.5 / Math.max(size, Math.min(own, 2 * size)); // codes that run away do not make all else small
  const shown = (/** @type {Float32Array} */ places) => {
    const found = new Float32Array(3 * count);
    for (let row = 0; row < count; row++) {
      const along = sides.pca.places[2 * row] / size;
      // Not the grey of the middle, which is hardly seen on the ground.
      const label = !said ? Math.sign(along) * (0.3 + 0.7 * Math.abs(along))
        : classes === 2 ? 2 * said[row] - 1 : said[row];
      found.set([places[2 * row] * scale, places[2 * row + 1] * scale, label], 3 * row);
    }
    return found;
  };
  return { network: shown(sides.network.places), pca: shown(sides.pca.places), scale, classes };
}

/**
 * The row nearest to a place, within a distance; none is -1.
 * @param {Float32Array} shown x, y, label of each row
 * @param {{x: number, y: number}} place
 * @param {number} within
 */
export function nearestRow(shown, { x, y }, within) {
  let [found, least] = [-1, within * within];
  for (let row = 0; 3 * row < shown.length; row++) {
    const distance = (shown[3 * row] - x) ** 2 + (shown[3 * row + 1] - y) ** 2;
    if (distance <= least) [found, least] = [row, distance];
  }
  return found;
}

/**
 * Are the rows made of zeros and ones, so that each can be given back rightly or not?
 * @param {Rows} rows
 */
export const isBinary = ({ targets }) => targets.every((value) => value === 0 || value === 1);

/**
 * A code as bits, where its neurons have two ends; null where they have none.
 * @param {string} activation
 * @param {ArrayLike<number>} code
 */
export function bitsOf(activation, code) {
  const middle = { sigmoid: 0.5, step: 0.5, gaussian: 0.5, tanh: 0, softsign: 0 }[activation];
  return middle === undefined ? null : Array.from(code, (value) => Number(value > middle));
}

/**
 * A part of the variance as people read it.
 * @param {number} share
 */
export const shareText = (share) => (Number.isFinite(share) ? share.toFixed(3) : "–");
