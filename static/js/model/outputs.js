// The outputs of a network: how many, by which function, and the classes they stand for (as engine/spec/spec.py).

import { constraints } from "./catalog.js";
import { shapeOf } from "./tables.js";

/** @typedef {import("./catalog.js").Spec} Spec */

/**
 * The number of classes of the data in use; 0 where they are values.
 * @param {Spec} spec
 */
export function classCount(spec) {
  return constraints.classCount(spec);
}

/** @param {Spec} spec */
const record = (spec) => constraints.choice("output", constraints.active("output", spec));

/**
 * One output for each class, and for each number; for two classes that share no softmax a single one.
 * @param {Spec} spec
 */
export function outputCount(spec) {
  const classes = classCount(spec);
  return classes > 2 || (classes > 0 && record(spec)?.coupled) ? classes : shapeOf(spec)?.targets ?? 1;
}

/**
 * What an output answers for what is not its class; for its class it is 1.
 * @param {Spec} spec
 */
export const lowest = (spec) => record(spec)?.low ?? -1;

/**
 * Are the answers probabilities?
 * @param {Spec} spec
 */
export const tellsProbability = (spec) => lowest(spec) === 0;

/**
 * The output's function as a person reads it.
 * @param {Spec} spec
 */
export const outputLabel = (spec) => (record(spec)?.label ?? "").toLowerCase();
