// The shape of a network, from its spec: layers, units, and where their numbers lie. A unit is the key of an input, or
// "layer.neuron" for a neuron.

import { classCount, outputCount } from "./outputs.js";
import { OUTPUT } from "../wire/protocol.js";

/** @typedef {import("./catalog.js").Spec} Spec */

/**
 * Neurons in each layer, the output last.
 * @param {Spec} spec
 * @returns {number[]}
 */
export function layerSizes(spec) {
  return [...spec.hidden, outputCount(spec)];
}

/**
 * @param {string} unit
 * @returns {{layer: number, neuron: number}|null} null for an input
 */
export function neuronOf(unit) {
  const match = /^(\d+)\.(\d+)$/.exec(unit);
  return match && { layer: Number(match[1]), neuron: Number(match[2]) };
}

/**
 * The unit of the output neuron; of several all together, whose map is one of classes.
 * @param {Spec} spec
 */
export function outputUnit(spec) {
  return outputCount(spec) > 1 && classCount(spec) ? OUTPUT : `${spec.hidden.length}.0`;
}

/**
 * The class that the unit is the output of, where each has its own.
 * @param {string} unit
 * @param {Spec} spec
 * @returns {number|null}
 */
export function classOf(unit, spec) {
  const place = neuronOf(unit);
  const isOfClass = place?.layer === spec.hidden.length && outputCount(spec) > 1 && classCount(spec) > 0;
  return isOfClass ? place.neuron : null;
}

/**
 * The activation of each hidden layer: its own, or that of all.
 * @param {Spec} spec
 * @returns {string[]}
 */
export function activationsOf(spec) {
  return spec.hidden.map((_, layer) => spec.activations?.[layer] ?? spec.activation);
}

/**
 * Has one hidden layer another activation than the one of all?
 * @param {Spec} spec
 */
export function layersDiffer(spec) {
  return activationsOf(spec).some((key) => key !== spec.activation);
}

/**
 * Where a layer's numbers lie in the flat parameter vector: weights [neuron][input], then biases.
 * @param {Spec} spec
 * @returns {{inputs: number, neurons: number, weights: number, biases: number}[]}
 */
export function layout(spec) {
  let at = 0;
  let inputs = spec.features.length;
  return layerSizes(spec).map((neurons) => {
    const layer = { inputs, neurons, weights: at, biases: at + inputs * neurons };
    at = layer.biases + neurons;
    inputs = neurons;
    return layer;
  });
}

/**
 * What feeds a layer, in order.
 * @param {number} layer
 * @param {import("./catalog.js").Spec} spec
 * @returns {string[]} units
 */
export function inputsOf(layer, spec) {
  if (layer === 0) return spec.features;
  return Array.from({ length: layerSizes(spec)[layer - 1] }, (_, neuron) => `${layer - 1}.${neuron}`);
}

/** @type {WeakMap<Spec, string>} */
const keyFromSpec = new WeakMap();

/**
 * The inputs and the neurons of each layer as a text: the numbers and the maps of a frame depend on them. The parameter
 * vectors of two specs with the same key have the same layout.
 * @param {Spec} spec
 */
export function shapeKey(spec) {
  let key = keyFromSpec.get(spec);
  if (key === undefined) keyFromSpec.set(spec, (key = JSON.stringify([spec.features, layerSizes(spec)])));
  return key;
}
