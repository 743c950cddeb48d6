// Two words on the drawing, for whoever sees one for the first time; only where nothing else is.

import { lineMiddle } from "../draw/geometry.js";
import { element } from "../ui/element.js";

const HIGH = 4.5; // rem that a callout takes below what it names
const [NARROW, WIDE] = [4, 6]; // rem: its width, at least and at most

/** @typedef {import("../draw/geometry.js").Place} Place */

/**
 * @param {import("../draw/geometry.js").Geometry} places
 * @param {number} rem
 * @returns {HTMLElement[]}
 */
export function callouts({ layers, folds, height }, rem) {
  const columns = layers.slice(0, -1);
  const outputs = layers[layers.length - 1];
  if (columns.length === 0 || folds.some((fold) => fold)) return [];
  const ends = columns.map((column) => column[column.length - 1]);
  const deepest = ends.toSorted((one, other) => below(one) - below(other))[0];
  const wide = Math.min(WIDE * rem, 0.9 * (outputs[0].x - ends[ends.length - 1].x)); // not into the next column
  const made = [];
  if (height - below(deepest) > HIGH * rem) {
    made.push(callout("the output of one neuron", {
      x: deepest.x, width: wide,
      top: below(deepest) + 0.25 * rem, length: 0.75 * rem,
    }));
  }
  const [from, to] = [ends[ends.length - 1], outputs[outputs.length - 1]];
  const middle = lineMiddle(from, to);
  const lowest = Math.max(from.y, to.y); // the line lies above it
  const gap = to.x - from.x - (from.size + to.size) / 2;
  const width = Math.min(WIDE * rem, gap);
  const isApart = deepest !== from || middle.x - from.x > (wide + width) / 2 - 1; // from the other one
  if (height - lowest > HIGH * rem && gap > NARROW * rem && isApart) {
    made.push(callout("thickness is weight", {
      x: middle.x, width,
      top: middle.y + 0.375 * rem, length: lowest - middle.y + 0.75 * rem,
    }));
  }
  return made;
}

/**
 * A network whose inputs are all off: nothing leads from them, and there it says so.
 * @param {import("../draw/geometry.js").Geometry} places
 */
export function blindness({ inputs, layers, height }) {
  const [from, to] = [inputs[0], layers[0][0]];
  const left = from ? from.x + from.size / 2 : 0;
  const right = to.x - to.size / 2;
  const said = element("p", { class: "callout blind", role: "status" }, "All inputs are off: every point gets the same answer.");
  const [middle, width, top] = [(left + right) / 2, 0.9 * (right - left), height / 2].map((length) => `${length}px`);
  Object.assign(said.style, { left: middle, top, width });
  return said;
}

/** @param {Place} place */
const below = ({ y, size }) => y + size / 2;

/**
 * @param {string} text
 * @param {{x: number, width: number, top: number, length: number}} place x is its middle; from the top a line of this
 *   length leads to the text
 */
function callout(text, { x, width, top, length }) {
  const made = element("p", { class: "callout", "data-text": "" }, element("span", {}, text));
  Object.assign(made.style, { left: `${x}px`, width: `${width}px`, top: `${top}px`, paddingTop: `${length}px` });
  made.style.setProperty("--lead", `${length}px`);
  return made;
}
