// The masked parts of a network: frozen ones keep their weights, cut ones carry nothing. engine/spec/spec.py says how a part
// is written.

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {{layer: number, neuron: number, input: number}} Link */
/** @typedef {"cut"|"frozen"} Mask */

/**
 * A link as a part.
 * @param {Link} link
 */
export const linkPart = ({ layer, neuron, input }) => `${layer}.${neuron}.${input}`;

/**
 * A cut neuron or input gives nothing to the next layer, a cut output takes nothing; frozen are the weights of its own.
 */
export class Masks {
  /** @param {Spec} spec */
  constructor(spec) {
    this.spec = spec;
    this.cut = new Set(spec.cut);
    this.frozen = new Set(spec.frozen);
  }

  /** @param {string} unit @returns {Mask[]} */
  ofUnit(unit) {
    return [...(this.cut.has(unit) ? /** @type {const} */ (["cut"]) : []), ...(this.frozen.has(unit) ? /** @type {const} */ (["frozen"]) : [])];
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
    if (this.cut.has(part) || this.cut.has(source) || (layer === this.spec.hidden.length && this.cut.has(target))) return "cut";
    return this.frozen.has(part) || this.frozen.has(target) || (layer === 0 && this.frozen.has(source)) ? "frozen" : null;
  }

  /** Every part that is frozen or cut. */
  get count() {
    return this.cut.size + this.frozen.size;
  }
}
