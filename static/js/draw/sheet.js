// The small maps of all units, one below the other on a canvas that is never seen; from there they are copied to the
// canvas of the picture. With a canvas for each map the browser would compose as many layers for every picture.

import { SMOOTH } from "./palette.js";

const CELL = 32; // samples a side, at most
const NOTHING = SMOOTH[127]; // of what is not known yet: as zero

export class Sheet {
  #canvas;
  #context;
  #image;
  #pixels;
  /** @type {number[]} */
  #sides;

  /** @param {number} count */
  constructor(count) {
    this.#canvas = document.createElement("canvas");
    this.#canvas.width = CELL;
    this.#canvas.height = CELL * Math.max(1, count);
    const context = this.#canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.#context = /** @type {CanvasRenderingContext2D} */ (context);
    this.#image = this.#context.createImageData(this.#canvas.width, this.#canvas.height);
    this.#pixels = new Uint32Array(this.#image.data.buffer).fill(NOTHING);
    this.#sides = Array(count).fill(1);
  }

  /**
   * @param {number} index
   * @param {Uint8Array} field side * side bytes, the top row first
   * @param {Uint32Array} ramp the pixel of each byte
   */
  put(index, field, ramp) {
    const side = (this.#sides[index] = Math.sqrt(field.length));
    for (let row = 0; row < side; row++) {
      const at = (index * CELL + row) * CELL;
      for (let i = 0; i < side; i++) this.#pixels[at + i] = ramp[field[row * side + i]];
    }
  }

  /**
   * All that were put, where their units are.
   * @param {CanvasRenderingContext2D} context
   * @param {{x: number, y: number, size: number, faint: boolean, dim?: boolean}[]} tiles
   */
  draw(context, tiles) {
    this.#context.putImageData(this.#image, 0, 0);
    const scale = context.getTransform().a;
    // To whole pixels of the screen, where browsers put the units.
    const snapped = (/** @type {number} */ at) => Math.round(at * scale) / scale;
    tiles.forEach(({ x, y, size, faint, dim }, i) => {
      const [left, top, right, bottom] = [x - size / 2, y - size / 2, x + size / 2, y + size / 2].map(snapped);
      const border = faint ? 3 : 1.75; // of two pixels: no seam, and its round corners still hide those of the map
      context.globalAlpha = dim ? 0.12 : faint ? 0.38 : 1;
      const [width, height] = [right - left - 2 * border, bottom - top - 2 * border];
      const side = this.#sides[i];
      context.drawImage(this.#canvas, 0, i * CELL, side, side, left + border, top + border, width, height);
    });
    context.globalAlpha = 1;
  }
}
