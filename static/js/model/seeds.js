// Many runs at once as the page knows them: what a record says of each, and what is said of all.

import { bigMap, classMap } from "../wire/maps.js";
import { classCount, lowest, outputCount } from "./outputs.js";

/** @typedef {import("../wire/protocol.js").SeedsPart} SeedsPart */
/** @typedef {"train_loss"|"test_loss"|"test_accuracy"} Measure */
/**
 * @typedef {object} Facts what app/sessions/trials.py says of all
 * @property {import("./catalog.js").Spec} spec from which they began
 * @property {number} count seeds of each setting
 * @property {number} epochs
 * @property {Measure} measure of the goal
 * @property {number} bound of that loss at most, of that accuracy at least
 * @property {boolean} [other_data]
 * @property {boolean} [compared] the second half is of the twin
 * @property {number} done
 * @property {number} runs
 * @property {boolean} running
 * @property {boolean} cancelled
 * @property {number|null} left seconds
 * @property {number} seconds
 * @property {number} levels
 * @property {number[]} places the epochs of the curves
 * @property {(number|null)[][]} [cells] of each setting what CELL names
 * @property {(number|null)[]} [pairs] wins and losses of the twin, the median difference and its interval
 * @property {{key: string, values: string[]}[]} [vary]
 */
/**
 * @typedef {object} Trial one run
 * @property {number} row of the record
 * @property {number} cell
 * @property {number} seed
 * @property {number} epoch
 * @property {number} train
 * @property {number} test
 * @property {number|null} reached the epoch of the goal
 */

/** The places of the numbers of a cell. */
export const CELL = Object.freeze({
  done: 0, solved: 1, low: 2, high: 3, epochs: 4, q1: 5, median: 6, q3: 7, train: 8,
});

/** @type {WeakMap<Uint8Array, Facts|null>} */
const read = new WeakMap();

/**
 * @param {{facts: Uint8Array}|undefined} part
 * @returns {Facts|null} null before there are any
 */
export function factsOf(part) {
  if (!part || part.facts.length === 0) return null;
  let found = read.get(part.facts);
  if (!found) read.set(part.facts, (found = JSON.parse(new TextDecoder().decode(part.facts))));
  return found ?? null;
}

/**
 * @param {SeedsPart} part
 * @param {Facts} facts
 * @returns {Trial[]}
 */
export function trialsOf({ standing }, { runs, count }) {
  return Array.from({ length: runs }, (_, row) => {
    const [epoch, train, test, reached] = standing.subarray(4 * row, 4 * row + 4);
    return {
      row, cell: Math.floor(row / count), seed: (row % count) + 1, epoch, train, test,
      reached: reached < 0 ? null : reached,
    };
  });
}

/** @typedef {"epochs"|"loss"|"seed"} Order */

/**
 * The best first; by seed in their order. What has not solved it comes after what has, and what diverged last.
 * @param {Trial[]} trials
 * @param {Order} order
 */
export function sorted(trials, order) {
  const large = (/** @type {number} */ value) => (Number.isFinite(value) ? value : Infinity);
  const by = (/** @type {Trial} */ one, /** @type {Trial} */ other) => {
    const [a, b] = [large(one.test), large(other.test)];
    const byLoss = a === b ? 0 : a - b;
    const [first, second] = [one.reached ?? Infinity, other.reached ?? Infinity];
    if (order === "epochs") return (first === second ? byLoss : first - second) || one.seed - other.seed;
    return (order === "loss" ? byLoss : 0) || one.seed - other.seed;
  };
  return [...trials].sort(by);
}

/**
 * The runs with the lowest test loss, with that in the middle (of two the lower), and with the largest or none.
 * @param {Trial[]} trials
 * @returns {{best: Trial, median: Trial, worst: Trial}|null} null where no run has a test loss
 */
export function ranked(trials) {
  const all = sorted(trials, "loss");
  if (!all.some(({ test }) => Number.isFinite(test))) return null;
  return { best: all[0], median: all[(all.length - 1) >> 1], worst: all[all.length - 1] };
}

/**
 * The map of a run, as draw/field.js takes it.
 * @param {SeedsPart} part
 * @param {Facts} facts
 * @param {number} row
 */
export function tileOf({ tiles, shapes, ...rest }, { levels, spec }, row) {
  const [, height, width] = shapes.tiles;
  const bytes = tiles.subarray(row * height * width, (row + 1) * height * width);
  const classes = outputCount(spec) > 1 ? classCount(spec) : 0;
  const map = { ...rest, topic: /** @type {const} */ ("map"), unit: "", plane: "", classes, levels, bigMap: bytes,
    shapes: { bigMap: [height, width] } };
  const found = classMap(map);
  return found ? { classMap: found } : { field: bigMap(map), own: null, low: lowest(spec) };
}

/**
 * A goal in words, as after "the goal is".
 * @param {{measure: Measure, bound: number}} goal
 */
export function goalText({ measure, bound }) {
  return measure === "test_accuracy" ? `a test accuracy of at least ${+(100 * bound).toPrecision(12)} %`
    : `a ${measure === "test_loss" ? "test" : "training"} loss of at most ${bound}`;
}

const percent = (/** @type {number|null} */ share) => Math.round(100 * (share ?? 0));

/**
 * What is said of the runs of a setting.
 * @param {(number|null)[]} cell
 */
export function cellText(cell) {
  const [done, solved, low, high, epochs] = cell;
  const median = epochs === null ? "" : `, median ${Math.round(epochs ?? 0).toLocaleString("en")} epochs`;
  return `${solved} of ${done} solved it (95 % interval ${percent(low)} to ${percent(high)} %)${median}`;
}

/**
 * What is said of pairs of runs with the same seeds.
 * @param {Facts} facts
 * @param {string[]} letters of the run and of its twin
 * @param {(loss: number) => string} text
 */
export function pairText({ pairs, count }, letters, text) {
  if (!pairs) return "";
  const [wins, losses, difference, low, high] = pairs;
  const signed = (/** @type {number|null} */ value) => {
    return value === null ? "any" : value > 0 ? `+${text(value)}` : text(value);
  };
  const even = count - (wins ?? 0) - (losses ?? 0);
  return `${letters[1]} has the lower test loss with ${wins} of ${count} seeds, ${letters[0]} with ${losses}`
    + `${even ? `, ${even} are equal` : ""}. Median difference ${signed(difference)} (95 % interval `
    + `${signed(low)} to ${signed(high)}).`;
}
