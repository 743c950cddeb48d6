// What a network answers with: how many outputs, by which function, and the classes they stand for (as engine/spec.py).

import { fieldFromName } from "./catalog.js";

/** @typedef {import("./catalog.js").Spec} Spec */

/** The number of classes of the data in use; 0 where they are values. @param {Spec} spec @returns {number} */
export function classCount(spec) {
  if (spec.problem === "regression") return 0;
  const most = fieldFromName.get("dataset")?.choices?.find(({ key }) => key === spec.dataset)?.classes?.[1] ?? 2;
  return most > 2 ? spec.classes : 2;
}

/** The key of the output's function. @param {Spec} spec @returns {string} */
function activeOutput(spec) {
  if ((spec.output ?? "auto") !== "auto") return spec.output;
  return spec.problem === "regression" ? "linear" : classCount(spec) === 2 ? "tanh" : "softmax";
}

/** @param {Spec} spec */
const record = (spec) => fieldFromName.get("output")?.choices?.find(({ key }) => key === activeOutput(spec));

/** One output for each class; for two classes that share no softmax a single one. @param {Spec} spec */
export function outputCount(spec) {
  const classes = classCount(spec);
  return classes > 2 || (classes > 0 && record(spec)?.coupled) ? classes : 1;
}

/** What an output answers for what is not its class; for its class it is 1. @param {Spec} spec */
export const lowest = (spec) => record(spec)?.low ?? -1;

/** Are the answers probabilities? @param {Spec} spec */
export const tellsProbability = (spec) => lowest(spec) === 0;

/** The output's function as a person reads it. @param {Spec} spec */
export const outputLabel = (spec) => (record(spec)?.label ?? activeOutput(spec)).toLowerCase();
