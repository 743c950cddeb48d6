// A decision map as pixels: one byte a sample in, a canvas of the same side out; the browser scales it.

import { CLASSES, SMOOTH, classRamp } from "../palette.js";
import { NO_CLASS, NOT_FINITE } from "../protocol.js";

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
 * Each pixel in the colour of its class, the greyer the less that leads. Drawn with twice the samples each way: what is
 * put on a curve is, of each class, its lead where it wins and 0 elsewhere, so that borders are lines and not steps.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../wire.js").ClassMap} map
 * @param {boolean} discrete the winner's colour, without shades
 */
export function drawClasses(context, { winners, leads }, discrete) {
  const side = Math.sqrt(winners.length);
  const { image, pixels } = imageOf(context, 2 * side);
  const first = new Float32Array(pixels.length).fill(-1);
  const second = new Float32Array(pixels.length);
  const chosen = new Uint8Array(pixels.length).fill(NO_CLASS);
  const own = new Float32Array(winners.length);
  for (const index of new Set(winners)) {
    if (index === NO_CLASS) continue;
    // A lead that rounds to none still has a winner.
    for (let i = 0; i < own.length; i++) own[i] = winners[i] === index ? leads[i] + 0.002 : winners[i] === NO_CLASS ? NaN : 0;
    const fine = doubled(doubled(own, side), side);
    for (let i = 0; i < fine.length; i++) {
      if (fine[i] > first[i]) {
        if (first[i] > second[i]) second[i] = first[i];
        first[i] = fine[i];
        chosen[i] = index;
      } else if (fine[i] > second[i]) second[i] = fine[i];
    }
  }
  const ramps = CLASSES.map((_, index) => classRamp(index, 0, false)); // of which the upper half is from grey to the class
  for (let i = 0; i < pixels.length; i++) {
    const lead = discrete ? 1 : Math.max(0, Math.min(1, first[i] - second[i]));
    pixels[i] = chosen[i] === NO_CLASS ? SMOOTH[NOT_FINITE] : ramps[chosen[i]][127 + Math.round(127 * lead)];
  }
  context.putImageData(image, 0, 0);
}

/** The image to write a map of this side into; the canvas takes that side. @param {CanvasRenderingContext2D} context @param {number} side */
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
 */
export function finer(field) {
  const side = Math.sqrt(field.length);
  const values = new Float32Array(field.length);
  for (let i = 0; i < field.length; i++) values[i] = field[i] === NOT_FINITE ? NaN : field[i];
  const fine = doubled(doubled(values, side), side);
  const found = new Uint8Array(fine.length);
  for (let i = 0; i < fine.length; i++) {
    const value = fine[i];
    found[i] = value > 254 ? 254 : value > 0 ? value + 0.5 : value <= 0 ? 0 : NOT_FINITE;
  }
  return found;
}

/** Rows of `side` values -> twice as many columns, each column now a row. @param {Float32Array} values @param {number} side */
function doubled(values, side) {
  const rows = values.length / side;
  const found = new Float32Array(2 * values.length);
  for (let row = 0; row < rows; row++) {
    const first = row * side;
    const last = first + side - 1;
    for (let i = 0; i < side; i++) {
      const at = first + i;
      const here = values[at];
      const before = values[i > 0 ? at - 1 : first];
      const after = values[at < last ? at + 1 : last];
      // A quarter of a sample to the left, and to the right.
      found[2 * i * rows + row] = (111 * here + 29 * before - 9 * after - 3 * values[i > 1 ? at - 2 : first]) / 128;
      found[(2 * i + 1) * rows + row] = (111 * here + 29 * after - 9 * before - 3 * values[at < last - 1 ? at + 2 : last]) / 128;
    }
  }
  return found;
}
