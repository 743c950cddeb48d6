// Two words on the drawing, for whoever sees one for the first time; only where nothing else is.

import { lineMiddle, lineSigns } from "../draw/geometry.js";
import { element } from "../ui/element.js";

const HIGH = 4.5; // rem that a callout takes below what it names
const [NARROW, WIDE] = [4, 5.5]; // rem: its width, at least and at most
const [LEAD, APART] = [1.125, 0.75]; // rem: from the lower end of a line to its text; from one text to the other
const TAG = 1.5; // rem below an output, where its activation stands

/** @typedef {import("../draw/geometry.js").Place} Place */

/**
 * @param {import("../draw/geometry.js").Geometry} places
 * @param {number} rem
 * @returns {HTMLElement[]}
 */
export function callouts({ layers, folds, width, height }, rem) {
  const columns = layers.slice(0, -1);
  const outputs = layers[layers.length - 1];
  if (columns.length === 0 || folds.some((fold) => fold)) return [];
  const ends = columns.map((column) => column[column.length - 1]);
  const deepest = ends.toSorted((one, other) => below(one) - below(other))[0];
  const [from, to] = [ends[ends.length - 1], outputs[outputs.length - 1]];
  const made = [];
  const own = Math.min(WIDE * rem, 0.9 * (to.x - from.x)); // not into the next column
  let left = 0; // of the second one
  if (height - below(deepest) > HIGH * rem && own > NARROW * rem) {
    if (deepest === from) left = from.x + own / 2 + APART * rem;
    made.push(callout("the output of one neuron", {
      x: deepest.x, at: deepest.x, width: own, top: below(deepest) + 0.25 * rem, length: 0.75 * rem,
    }));
  }
  // Where its line begins is not over the first text; its own text may lie farther right, below the output then.
  const spot = [lineMiddle(from, to), ...lineSigns(from, to)].find((each) => each.x >= left);
  const gap = to.x - from.x - (from.size + to.size) / 2;
  if (!spot || gap < NARROW * rem) return made;
  const other = Math.min(WIDE * rem, gap);
  const x = Math.max(spot.x, left + other / 2);
  const isBelow = x + other / 2 > to.x - to.size / 2;
  const text = Math.max(from.y + LEAD * rem, to.y + LEAD * rem, isBelow ? below(to) + TAG * rem : 0);
  if (x + other / 2 <= width && height - text > (HIGH - LEAD) * rem) {
    const top = spot.y + 0.375 * rem;
    made.push(callout("thickness is weight", { x, at: spot.x, width: other, top, length: text - top }));
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
  const said = element("p", { class: "callout blind", role: "status" },
    "All inputs are off: every point gets the same answer.");
  const [middle, width, top] = [(left + right) / 2, 0.9 * (right - left), height / 2].map((length) => `${length}px`);
  Object.assign(said.style, { left: middle, top, width });
  return said;
}

/** @param {Place} place */
const below = ({ y, size }) => y + size / 2;

/**
 * @param {string} text
 * @param {{x: number, at: number, width: number, top: number, length: number}} place x is its middle; from the top, at
 *   `at`, a line of this length leads to the text
 */
function callout(text, { x, at, width, top, length }) {
  const made = element("p", { class: "callout", "data-text": "" }, element("span", {}, text));
  Object.assign(made.style, { left: `${x}px`, width: `${width}px`, top: `${top}px`, paddingTop: `${length}px` });
  made.style.setProperty("--lead", `${length}px`);
  made.style.setProperty("--at", `${at - x + width / 2}px`);
  return made;
}
