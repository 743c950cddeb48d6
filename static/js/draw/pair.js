// How far two maps are apart: violet where the answers differ, hatched where the classes do. Pure.

const FINE = 4; // pixels of the canvas along one of a map
const GROUND = [0xf6, 0xf4, 0xf9];
const VIOLET = [0x6b, 0x2f, 0xa0];
const LINE = [0x2a, 0x0d, 0x45];
const STRIPE = 8; // pixels from one line of the hatching to the next

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} gap from 0, equal, to 1; NaN where one has no answer
 * @param {Uint8Array} hatched 1 where the classes differ
 */
export function drawGap(context, gap, hatched) {
  const side = Math.sqrt(gap.length);
  const across = side * FINE;
  if (context.canvas.width !== across) context.canvas.width = context.canvas.height = across;
  const image = context.createImageData(across, across);
  for (let y = 0; y < across; y++) {
    for (let x = 0; x < across; x++) {
      const i = Math.floor(y / FINE) * side + Math.floor(x / FINE);
      const isLine = hatched[i] === 1 && (x + y) % STRIPE === 0;
      const share = Number.isNaN(gap[i]) ? 0 : Math.sqrt(gap[i]); // small differences are seen too
      for (let channel = 0; channel < 3; channel++) {
        const shade = GROUND[channel] + (VIOLET[channel] - GROUND[channel]) * share * 0.7;
        image.data[4 * (y * across + x) + channel] = isLine ? LINE[channel] : shade;
      }
      image.data[4 * (y * across + x) + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
