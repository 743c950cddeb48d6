// What to try next, once something is solved or stuck. Pure: a run in, a suggestion out.

import { curve } from "./losses.js";
import { factsOf as tableFacts } from "./tables.js";

const MOST_POINTS = 400; // of the curve that is looked at
const SOLVED = 0.1; // of the first loss
const STUCK = 0.8; // of the first loss: it has hardly fallen
const SOON = 50; // epochs before which a curve says little
const LONG = 100; // epochs in which one neuron finds its border
const STEEP = 1; // a rate from which on steps may be too long
const APART = 1.5; // test loss to training loss
const RISEN = 1.25; // test loss to its lowest
const CLEARLY = 0.02; // of the first loss
const BORDERS = ["tanh", "sigmoid", "relu", "linear"]; // activations of which one neuron makes one straight border
const PLAIN = ["x", "y"];

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("./catalog.js").Patch} Patch */
/**
 * @typedef {object} Suggestion
 * @property {string} key
 * @property {string} said what has happened
 * @property {string} next what to try, as a link says it
 * @property {Patch} patch
 */
/**
 * @typedef {object} Facts
 * @property {Spec} spec
 * @property {number} epoch
 * @property {boolean} diverged
 * @property {number} first loss of training
 * @property {number} train
 * @property {number} test that of training where there are no test points
 * @property {number} lowest loss of test so far
 */

/**
 * @param {import("./run.js").Run} run
 * @returns {Suggestion|null}
 */
export function nextStep(run) {
  const facts = factsOf(run);
  if (!facts) return null;
  for (const rule of [rateTooHigh, oneNeuron, overfitting, solved]) {
    const found = rule(facts);
    if (found) return found;
  }
  return null;
}

/**
 * @param {import("./run.js").Run} run
 * @returns {Facts|null} before there is a curve
 */
function factsOf({ spec, losses, divergedAt }) {
  const { epochs, train, test } = curve(losses, MOST_POINTS);
  const first = train[0];
  if (!spec || typeof first !== "number") return null;
  const last = (/** @type {(number|null)[]} */ values) => values.at(-1) ?? NaN;
  const known = test.filter((value) => value !== null).map(Number);
  return {
    spec, epoch: epochs.at(-1) ?? 0, diverged: divergedAt !== null, first, train: last(train),
    test: known.length ? last(test) : last(train), lowest: Math.min(...known),
  };
}

/** @param {Facts} facts */
function rateTooHigh({ spec, epoch, diverged, first, train }) {
  const isStuck = diverged || (epoch >= SOON && train > STUCK * first);
  if (!isStuck || Math.abs(spec.learning_rate) < STEEP) return null;
  return suggestion("rate", "The steps are so long that they jump over the valley.", "a learning rate of 0.03",
    { learning_rate: 0.03 });
}

/** @param {Facts} facts */
function oneNeuron(facts) {
  const { spec, epoch, train, first } = facts;
  if (spec.data || spec.problem !== "classification") return null;
  if (spec.dataset !== "xor" || String(spec.hidden) !== "1") return null;
  const rest = spec.features.filter((key) => key !== "xTimesY");
  if (isSolved(facts)) {
    if (rest.length === spec.features.length) return null;
    return suggestion("xor product", "One neuron is enough, for X₁X₂ is the answer already.",
      "four neurons without X₁X₂", { features: rest.length ? rest : PLAIN, hidden: [4] });
  }
  const isStraight = BORDERS.includes(spec.activation) && spec.features.every((key) => PLAIN.includes(key));
  if (!isStraight || epoch < LONG || !(train > SOLVED * first)) return null;
  return suggestion("xor one neuron", "One neuron draws one straight border, and this needs two.", "four neurons",
    { hidden: [4] });
}

/** @param {Facts} facts */
function overfitting({ spec, epoch, first, train, test, lowest }) {
  const hasRisen = test > RISEN * lowest && test - lowest > CLEARLY * first;
  if (epoch < SOON || !hasRisen || !(test > APART * train) || !(train < STUCK * first)) return null;
  const said = "The test loss rises while the training loss falls: it learns the noise by heart.";
  if (spec.regularization === "none") {
    return suggestion("overfitting", said, "L2 regularization", { regularization: "L2", regularization_rate: 0.01 });
  }
  if (spec.train_percent >= 80 || tableFacts(spec)?.split) return null;
  return suggestion("overfitting points", said, "more points to learn from", { train_percent: 80 });
}

/** @param {Facts} facts */
function solved(facts) {
  const { spec } = facts;
  if (spec.data || !isSolved(facts)) return null;
  /**
   * @param {string} next
   * @param {Patch} patch
   */
  const after = (next, patch) => suggestion(`solved ${next}`, "Solved.", next, patch);
  if (spec.problem === "regression") {
    return spec.reg_dataset === "reg-plane" ? after("the hills", { reg_dataset: "reg-gauss", hidden: [6, 4] }) : null;
  }
  switch (spec.dataset) {
    case "gauss": return after("the circle", { dataset: "circle" });
    case "circle": return after("the exclusive or", { dataset: "xor" });
    case "xor": return after("the spiral", { dataset: "spiral", hidden: [8, 6] });
    case "spiral":
      if (String(spec.features) !== String(PLAIN)) {
        return after("the spiral from X₁ and X₂ alone", { features: PLAIN, hidden: [8, 8] });
      }
      return spec.noise < 25 ? after("the spiral with noise", { noise: 25 }) : null;
    default: return null;
  }
}

/** @param {Facts} facts */
const isSolved = ({ first, train, test }) => train < SOLVED * first && test < SOLVED * first;

/**
 * @param {string} key
 * @param {string} said
 * @param {string} next
 * @param {Patch} patch
 * @returns {Suggestion}
 */
const suggestion = (key, said, next, patch) => ({ key, said, next, patch });
