// The masked parts of a network: frozen ones keep their weights, cut ones carry nothing. engine/spec/spec.py says how a
// part is written.

import { layerSizes } from "./network_shape.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {{layer: number, neuron: number, input: number}} Link */
/** @typedef {"cut"|"frozen"} Mask */

export const MASKS = /** @type {const} */ (["cut", "frozen"]);

/**
 * A link as a part.
 * @param {Link} link
 */
export const linkPart = ({ layer, neuron, input }) => `${layer}.${neuron}.${input}`;

/**
 * A cut neuron or input gives nothing to the next layer, a cut output takes nothing. Of a frozen neuron the incoming
 * weights stay as they are.
 */
export class Masks {
  /** @param {Spec} spec */
  constructor(spec) {
    this.spec = spec;
    this.cut = new Set(spec.cut);
    this.frozen = new Set(spec.frozen);
  }

  /**
   * @param {string} unit
   * @returns {Mask[]}
   */
  ofUnit(unit) {
    return MASKS.filter((mask) => this[mask].has(unit));
  }

  /**
   * By itself or with a unit at one of its ends.
   * @param {Link} link
   * @returns {Mask|null}
   */
  ofLink(link) {
    const { layer, neuron, input } = link;
    const [part, target] = [linkPart(link), `${layer}.${neuron}`];
    const source = layer === 0 ? this.spec.features[input] : `${layer - 1}.${input}`;
    const cutting = layer === this.spec.hidden.length ? [part, source, target] : [part, source];
    if (cutting.some((each) => this.cut.has(each))) return "cut";
    const freezing = layer === 0 ? [part, target, source] : [part, target];
    return freezing.some((each) => this.frozen.has(each)) ? "frozen" : null;
  }

  /** How many parts of the network are frozen or cut. */
  get count() {
    return MASKS.flatMap((mask) => [...this[mask]].filter((part) => this.has(part))).length;
  }

  /**
   * What is frozen or cut by name, but not there: a layer may come back.
   * @param {Mask} mask
   */
  missing(mask) {
    return [...this[mask]].filter((part) => !this.has(part));
  }

  /** @param {string} part */
  has(part) {
    if (!/^[\d.]+$/.test(part)) return this.spec.features.includes(part);
    const [layer, neuron, input] = part.split(".").map(Number);
    const sizes = layerSizes(this.spec);
    const inputs = layer === 0 ? this.spec.features.length : sizes[layer - 1];
    return layer < sizes.length && neuron < sizes[layer] && (input === undefined || input < inputs);
  }
}
