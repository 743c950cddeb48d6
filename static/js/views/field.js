// A decision map as pixels: one byte a sample in, a canvas of the same side out; the browser scales it.

import { DISCRETE, SMOOTH } from "../palette.js";

/** @type {Map<number, ImageData>} */
const imageFromSide = new Map();

/**
 * @param {CanvasRenderingContext2D} context of a canvas that is `side` pixels wide and high
 * @param {Uint8Array} field side * side bytes, the top row first
 * @param {boolean} discrete two colours instead of shades
 */
export function drawField(context, field, discrete) {
  const side = Math.sqrt(field.length);
  let image = imageFromSide.get(side);
  if (!image) imageFromSide.set(side, (image = context.createImageData(side, side)));
  const pixels = new Uint32Array(image.data.buffer);
  const ramp = discrete ? DISCRETE : SMOOTH;
  for (let i = 0; i < field.length; i++) pixels[i] = ramp[field[i]];
  context.putImageData(image, 0, 0);
}
