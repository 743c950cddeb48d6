// A decision map as pixels: one byte a sample in, a canvas of the same side out; the browser scales it.

import { DISCRETE, SMOOTH } from "../palette.js";
import { NOT_FINITE } from "../protocol.js";

/** @type {Map<number, ImageData>} */
const imageFromSide = new Map();

/**
 * @param {CanvasRenderingContext2D} context of a canvas that takes the map's side
 * @param {Uint8Array} field side * side bytes, the top row first
 * @param {boolean} discrete two colours instead of shades
 */
export function drawField(context, field, discrete) {
  const side = Math.sqrt(field.length);
  if (context.canvas.width !== side) context.canvas.width = context.canvas.height = side;
  let image = imageFromSide.get(side);
  if (!image) imageFromSide.set(side, (image = context.createImageData(side, side)));
  const pixels = new Uint32Array(image.data.buffer);
  const ramp = discrete ? DISCRETE : SMOOTH;
  for (let i = 0; i < field.length; i++) pixels[i] = ramp[field[i]];
  context.putImageData(image, 0, 0);
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
