// A decision map as pixels: one byte a sample in, a canvas of the same side out; the browser scales it.

import { classRamp, CLASSES, DISCRETE, SMOOTH } from "./palette.js";
import { NO_CLASS, NOT_FINITE } from "../wire/protocol.js";

/** @typedef {import("../wire/maps.js").ClassMap} ClassMap */
/**
 * The map of one unit.
 * @typedef {object} UnitMap
 * @property {Uint8Array} field a byte a sample, the top row first
 * @property {number|null} own the class that the unit is the output of, if one
 * @property {number} low what such an output answers for another class
 */
/** @typedef {{classMap: ClassMap} | UnitMap} BigMap of all outputs together, or of one unit */

const LEAST_LEAD = 0.002; // a lead that rounds to 0 still has a winner

/** @type {Map<number, ImageData>} */
const imageFromSide = new Map();

/**
 * @param {CanvasRenderingContext2D} context of a canvas that takes the map's side
 * @param {Uint8Array} field side * side bytes, the top row first
 * @param {Uint32Array} ramp the pixel of each byte
 */
export function drawField(context, field, ramp) {
  const { image, pixels } = imageOf(context, Math.sqrt(field.length));
  for (let i = 0; i < field.length; i++) pixels[i] = ramp[field[i]];
  context.putImageData(image, 0, 0);
}

/**
 * A big map, drawn with more samples than it has.
 * @param {CanvasRenderingContext2D} context
 * @param {BigMap} map
 * @param {boolean} discrete two colours, or the winner's, without shades
 */
export function drawBigMap(context, map, discrete) {
  if ("classMap" in map) return drawClasses(context, map.classMap, discrete);
  const { field, own, low } = map;
  drawFiner(context, field, own !== null ? classRamp(own, low, discrete) : discrete ? DISCRETE : SMOOTH);
}

/**
 * Each pixel in the colour of its class; the smaller its lead, the greyer. Drawn with four times the samples each way:
 * for each class the lead where it wins, and 0 elsewhere, is interpolated, so that borders are lines and not steps.
 * @param {CanvasRenderingContext2D} context
 * @param {ClassMap} map
 * @param {boolean} discrete the winner's colour, without shades
 */
function drawClasses(context, { winners, leads }, discrete) {
  const side = Math.sqrt(winners.length);
  const { image, pixels } = imageOf(context, 2 * side);
  const first = new Float32Array(pixels.length).fill(-1);
  const second = new Float32Array(pixels.length);
  const chosen = new Uint8Array(pixels.length).fill(NO_CLASS);
  const own = new Float32Array(winners.length);
  for (const index of new Set(winners)) {
    if (index === NO_CLASS) continue;
    for (let i = 0; i < own.length; i++) {
      const isNone = winners[i] === NO_CLASS;
      own[i] = winners[i] === index ? leads[i] + LEAST_LEAD : isNone ? NaN : 0;
    }
    const fine = doubled(doubled(own, side), side);
    for (let i = 0; i < fine.length; i++) {
      if (fine[i] > first[i]) {
        if (first[i] > second[i]) second[i] = first[i];
        first[i] = fine[i];
        chosen[i] = index;
      } else if (fine[i] > second[i]) second[i] = fine[i];
    }
  }
  const ramps = CLASSES.map((_, index) => classRamp(index, 0, false)); // the upper half goes from grey to the class
  for (let i = 0; i < pixels.length; i++) {
    const lead = discrete ? 1 : Math.max(0, Math.min(1, first[i] - second[i]));
    pixels[i] = chosen[i] === NO_CLASS ? SMOOTH[NOT_FINITE] : ramps[chosen[i]][127 + Math.round(127 * lead)];
  }
  context.putImageData(image, 0, 0);
}

/**
 * The image to write a map of this side into; the canvas takes that side.
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 */
function imageOf(context, side) {
  if (context.canvas.width !== side) context.canvas.width = context.canvas.height = side;
  let image = imageFromSide.get(side);
  if (!image) imageFromSide.set(side, (image = context.createImageData(side, side)));
  return { image, pixels: new Uint32Array(image.data.buffer) };
}

/**
 * The same map with twice the samples each way, on a cubic curve through those that are there (Catmull and Rom's): what
 * is mixed is values, not colours, so a border stays a line when it is drawn large.
 * @param {Uint8Array} field
 * @returns {Uint8Array}
 */
export function finer(field) {
  return Uint8Array.from(fineValues(field), level);
}

/**
 * The same, drawn.
 * @param {CanvasRenderingContext2D} context
 * @param {Uint8Array} field
 * @param {Uint32Array} ramp
 */
function drawFiner(context, field, ramp) {
  const fine = fineValues(field);
  const { image, pixels } = imageOf(context, Math.sqrt(fine.length));
  for (let i = 0; i < fine.length; i++) pixels[i] = ramp[level(fine[i])];
  context.putImageData(image, 0, 0);
}

/**
 * The byte of a value on the curve, which overshoots; of no number's: NOT_FINITE.
 * @param {number} value
 */
const level = (value) => (value > 254 ? 254 : value > 0 ? (value + 0.5) | 0 : value <= 0 ? 0 : NOT_FINITE);

/**
 * @param {Uint8Array} field
 * @returns {Float32Array} four times as many; the next call's are put into the same place
 */
function fineValues(field) {
  const side = Math.sqrt(field.length);
  const values = room(field.length);
  for (let i = 0; i < field.length; i++) values[i] = field[i] === NOT_FINITE ? NaN : field[i];
  return doubled(doubled(values, side), side);
}

/** @type {Map<number, Float32Array>} */
const roomFromLength = new Map();

/** @param {number} length */
function room(length) {
  let found = roomFromLength.get(length);
  if (!found) roomFromLength.set(length, (found = new Float32Array(length)));
  return found;
}

/**
 * Rows of `side` values -> twice as many columns, each column now a row.
 * @param {Float32Array} values
 * @param {number} side
 */
function doubled(values, side) {
  const rows = values.length / side;
  const found = room(2 * values.length);
  for (let row = 0; row < rows; row++) {
    const first = row * side;
    const last = first + side - 1;
    // Five neighbours slide along the row; beyond its ends it goes on as it ends.
    let left = values[first];
    let before = left;
    let here = left;
    let after = values[Math.min(first + 1, last)];
    for (let at = first, to = row; at <= last; at++, to += 2 * rows) {
      const right = values[at + 2 < last ? at + 2 : last];
      found[to] = (111 * here + 29 * before - 9 * after - 3 * left) / 128; // a quarter of a sample to the left
      found[to + rows] = (111 * here + 29 * after - 9 * before - 3 * right) / 128;
      left = before;
      before = here;
      here = after;
      after = right;
    }
  }
  return found;
}
