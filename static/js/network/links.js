// The links of the network as lines: where they lie, which are masked, and which one is under a point.

import { lineMiddle, linePath, lineSigns } from "../draw/geometry.js";
import { lineWidth } from "../draw/lines.js";
import { Masks } from "../model/masks.js";
import { layout } from "../model/network_shape.js";

const REACH = { mouse: 9, touch: 18 }; // CSS pixels: the narrowest that can be hit

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../draw/geometry.js").Place} Place */
/**
 * @typedef {object} Line
 * @property {Path2D} path
 * @property {number} start its left end
 * @property {number} end its right end
 * @property {{x: number, y: number}} middle
 * @property {() => {x: number, y: number}[]} signs where its sign may be, the best place first
 * @property {number} weight
 * @property {number} at where the weight is in the parameter vector
 * @property {import("../model/masks.js").Mask|null} mask
 * @property {import("../model/state.js").WeightTarget} target
 * @property {[string, string]} ends the units
 * @property {boolean|null} lit in the spotlight or not; null: there is none
 */

/**
 * @param {Spec} spec
 * @param {(layer: number, index: number) => Place|undefined} placeOf where a unit is, if it has a place; the inputs are
 *   layer -1
 * @returns {Line[]} of which both ends have a place
 */
export function makeLines(spec, placeOf) {
  const masks = new Masks(spec);
  return layout(spec).flatMap(({ inputs, neurons, weights }, layer) => {
    /** @type {Line[]} */
    const lines = [];
    for (let neuron = 0; neuron < neurons; neuron++) {
      const to = placeOf(layer, neuron);
      for (let input = 0; to && input < inputs; input++) {
        const from = placeOf(layer - 1, input);
        if (!from) continue;
        const target = { kind: /** @type {const} */ ("weight"), layer, neuron, input };
        lines.push({
          path: linePath(from, to), start: from.x, end: to.x, middle: lineMiddle(from, to),
          signs: () => lineSigns(from, to),
          weight: 0, at: weights + neuron * inputs + input, mask: masks.ofLink(target), target, lit: null,
          ends: [layer ? `${layer - 1}.${input}` : spec.features[input], `${layer}.${neuron}`],
        });
      }
    }
    return lines;
  });
}

/**
 * Put a unit and its lines into the spotlight; without one, the lines of a sum that is shown.
 * @param {Line[]} lines
 * @param {string|null} unit null: no spotlight
 * @param {import("../model/example.js").Sum|null} [sum]
 * @returns {(unit: string) => boolean} which units are dimmed: not the ends of its lines
 */
export function light(lines, unit, sum = null) {
  const seen = new Set([unit]);
  for (const line of lines) {
    line.lit = unit !== null ? line.ends.includes(unit) : sum && isIn(line.target, sum);
    if (line.lit) line.ends.forEach((end) => seen.add(end));
  }
  return (each) => unit !== null && !seen.has(each);
}

/**
 * @param {import("../model/state.js").WeightTarget} link
 * @param {import("../model/example.js").Sum} sum
 */
const isIn = (link, { layer, neuron, input }) => {
  return link.layer === layer && [null, link.neuron].includes(neuron) && [null, link.input].includes(input);
};

/**
 * The line under a point, the last drawn first.
 * @param {Line[]} lines
 * @param {CanvasRenderingContext2D} context of the canvas that they are drawn on
 * @param {PointerEvent} event
 * @returns {Line|undefined}
 */
export function lineAt(lines, context, event) {
  const box = context.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  context.setLineDash([]);
  return lines.findLast(({ path, weight, start, end }) => {
    if (x < start || x > end) return false;
    context.lineWidth = Math.max(event.pointerType === "touch" ? REACH.touch : REACH.mouse, lineWidth(weight) + 4);
    return context.isPointInStroke(path, x * devicePixelRatio, y * devicePixelRatio);
  });
}

/**
 * @param {Line[]} lines
 * @param {import("../model/state.js").WeightTarget|null} target
 * @returns {number} -1 if there is none
 */
export function indexOf(lines, target) {
  if (!target) return -1;
  const { layer, neuron, input } = target;
  return lines.findIndex(({ target: own }) => own.layer === layer && own.neuron === neuron && own.input === input);
}
