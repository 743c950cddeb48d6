// Where units and lines of the network lie. Pure: sizes in, positions out, in CSS pixels.

import { SMALL_MOST } from "../wire/protocol.js";

const HEAD = 84; // room for the headings above the units
const TALL_HEAD = 168; // where the buttons of a layer stand above and below its count
const CHOICE = 28; // and for a list of activations in them
const FOOT = 22;
const LABEL = 62; // room for the inputs' names, left of them
const ROW = 30; // the narrowest distance of two units of a column
const TOUCH_ROW = 44; // of inputs, for fingers
const DENSE_ROW = 24; // in lecture mode and in a frame
const MINI = 0.42; // scale of the small picture: eight layers of sixteen neurons fit into 332 x 190
const MINI_LABEL = 110; // at that scale
const MINI_ROW = 22;
const COLUMN = 64; // the narrowest distance of two columns: two buttons side by side, or a finger's width
const IN_ROW = 88; // from here on a count of two digits has room between its two buttons
const NARROW = 520; // a window for fingers
const DENSE_NARROW = 360; // in a frame, too, there is a mouse
const NAMED = 52; // of one output with its class below it to the next

/** @typedef {{x: number, y: number, size: number}} Place the centre and the side of a unit */
/** @typedef {"row"|"below"|"around"} Heads the two buttons of a layer: beside its count, below it, or around it */
/**
 * @typedef {object} Geometry
 * @property {number} width
 * @property {number} height
 * @property {Heads} heads
 * @property {Place[]} inputs
 * @property {Place[][]} layers
 * @property {(Place|null)[]} folds
 *   `layers` has the neurons that have maps, SMALL_MOST of a layer at most; `folds` says where the rest are, folded up
 */

/**
 * @param {number} width of the visible part
 * @param {number} height
 * @param {number} inputs how many inputs are offered
 * @param {number[]} sizes neurons in each layer, the outputs last
 * @param {boolean} choosing each layer's head has its own activation
 * @param {number} [rem] of type and of all lengths: 1 where a rem is 16 pixels
 * @param {boolean} [isMini] a small picture, without heads
 * @param {boolean} [isDense] units may be closer
 * @param {boolean} [isTouch] the buttons of a layer are for fingers
 * @returns {Geometry} may be larger than the visible part, which then scrolls
 */
export function geometry(
  width, height, inputs, sizes, choosing = false, rem = 1, isMini = false, isDense = false, isTouch = false,
) {
  const scale = isMini ? rem * MINI : rem;
  const seen = /** @type {const} */ ([width / scale, height / scale]);
  const { layers, folds, ...own } = plain(...seen, inputs, sizes, choosing, isMini, isDense, isTouch);
  /** @param {Place} place */
  const scaled = ({ x, y, size }) => ({ x: x * scale, y: y * scale, size: size * scale });
  return {
    width: own.width * scale, height: own.height * scale, heads: own.heads,
    inputs: own.inputs.map(scaled),
    layers: layers.map((places) => places.map(scaled)),
    folds: folds.map((place) => place && scaled(place)),
  };
}

/**
 * The same at scale 1.
 * @param {number} width
 * @param {number} height
 * @param {number} inputs
 * @param {number[]} sizes
 * @param {boolean} choosing
 * @param {boolean} isMini
 * @param {boolean} isDense
 * @param {boolean} isTouch
 * @returns {Geometry}
 */
function plain(width, height, inputs, sizes, choosing, isMini, isDense, isTouch) {
  const isNarrow = isTouch || width < (isDense ? DENSE_NARROW : NARROW);
  const head = isMini ? FOOT : (isNarrow ? TALL_HEAD : HEAD) + (choosing ? CHOICE : 0);
  const [label, rowHeight] = isMini ? [MINI_LABEL, MINI_ROW] : [LABEL, isDense ? DENSE_ROW : ROW];
  const inputRow = isTouch && !isMini ? TOUCH_ROW : rowHeight;
  const rows = sizes.map((size) => (size > SMALL_MOST ? SMALL_MOST + 1 : size));
  const outputs = sizes[sizes.length - 1];
  const named = outputs > 1 && !isMini ? NAMED * outputs : 0;
  const graphHeight = Math.max(height, head + FOOT + Math.max(inputRow * inputs, rowHeight * Math.max(...rows), named));
  const room = graphHeight - head - FOOT;
  const seen = Math.min(room, Math.max(height - head - FOOT, inputRow * inputs)); // without scrolling
  const graphWidth = Math.max(width, label + 74 + COLUMN * sizes.length);
  const first = label + 24;
  const last = graphWidth - 50;
  const pitch = pitchOf(Math.max(...rows), room);
  const distance = (last - first) / sizes.length;
  const columns = rows.map((count, layer) => {
    // Outputs need not stand as close as the neurons of a wide layer.
    const spread = layer === sizes.length - 1 && (named > 0 || Math.max(...rows) > 8);
    const own = spread ? Math.max(seen, named) : seen;
    const ownPitch = spread ? Math.max(pitch, pitchOf(count, own)) : pitch;
    return column(first + distance * (layer + 1), count, ownPitch, own, Math.min(88, 0.62 * distance), head);
  });
  return {
    width: graphWidth, height: graphHeight,
    heads: isNarrow ? "around" : distance < IN_ROW ? "below" : "row",
    inputs: column(first, inputs, pitchOf(inputs, seen), seen, 64, head),
    layers: columns.map((places) => places.slice(0, SMALL_MOST)),
    folds: columns.map((places) => places[SMALL_MOST] ?? null),
  };
}

/**
 * @param {number} count
 * @param {number} room
 */
const pitchOf = (count, room) => Math.min(130, room / Math.max(1, count));

/**
 * Units one below the other, in the middle.
 * @param {number} x
 * @param {number} count
 * @param {number} pitch
 * @param {number} room
 * @param {number} largest
 * @param {number} head
 * @returns {Place[]}
 */
function column(x, count, pitch, room, largest, head) {
  const size = Math.max(18, Math.min(largest, pitch * 0.62));
  const top = head + Math.max(0, (room - pitch * count) / 2); // a column that scrolls begins at the top
  return Array.from({ length: count }, (_, i) => ({ x, y: top + pitch * (i + 0.5), size }));
}

/**
 * The line from one unit to another.
 * @param {Place} from
 * @param {Place} to
 */
export function linePath(from, to) {
  const path = new Path2D();
  const start = from.x + from.size / 2;
  const end = to.x - to.size / 2;
  const bend = (end - start) * 0.45;
  path.moveTo(start, from.y);
  path.bezierCurveTo(start + bend, from.y, end - bend, to.y, end, to.y);
  return path;
}

const SIGN_PLACES = [0.6, 0.4, 0.75, 0.25]; // of the curve's parameter

/**
 * Where a line may have its sign: beyond the middle, where the lines between two pairs of neurons cross, or elsewhere
 * on it.
 * @param {Place} from
 * @param {Place} to
 */
export function lineSigns(from, to) {
  const start = from.x + from.size / 2;
  const length = to.x - to.size / 2 - start;
  return SIGN_PLACES.map((t) => ({
    x: start + length * t * (1.35 - t * (1.05 - 0.7 * t)), // the curve of linePath
    y: from.y + (to.y - from.y) * t * t * (3 - 2 * t),
  }));
}

/**
 * Halfway along it.
 * @param {Place} from
 * @param {Place} to
 */
export function lineMiddle(from, to) {
  return { x: (from.x + from.size / 2 + to.x - to.size / 2) / 2, y: (from.y + to.y) / 2 };
}
