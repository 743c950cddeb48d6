// The weights as lines. Pure: paths and weights in, strokes out.

import { colour } from "./palette.js";

const [NEGATIVE, ZERO, POSITIVE] = [-1, 0, 1].map(colour);
const SOLID = /** @type {number[]} */ ([]);
// Drawing a dash costs as much as drawing a line: long dashes are half the work. Both patterns repeat after PERIOD, so
// that the flow goes on smoothly at its end.
const FLOWING = [24, 2];
export const NEGATIVE_DASH = [7, 6];
const PERIOD = 26;
const FAINT = [1, 6];
const MOST = 1000; // lines beyond which a picture takes longer than it shows: then the strongest ones, and no dashes

/**
 * @param {number} weight
 * @returns {number} CSS pixels: 1 to 10 for 0 to 5, as the original
 */
export function lineWidth(weight) {
  return 1 + (9 * Math.min(5, Math.abs(weight) || 0)) / 5;
}

/**
 * Thick is large, blue is positive, orange and broken is negative. A cut line is dotted, with a cross on it; a frozen
 * one has a bar across.
 * @param {CanvasRenderingContext2D} context
 * @param {{path: Path2D, weight: number, mask: "cut"|"frozen"|null, middle: {x: number, y: number}}[]} lines
 * @param {object} look
 * @param {number|null} look.phase moves the dashes; null: they stand
 * @param {number} look.chosen a line to stress, or -1
 * @param {string} look.ink the colour of what is masked
 */
export function drawLines(context, lines, { phase, chosen, ink }) {
  const many = lines.length > MOST;
  const faintest = many ? strengths(lines)[lines.length - MOST] : -1;
  context.lineDashOffset = -((phase ?? 0) % PERIOD);
  lines.forEach(({ path, weight, mask }, i) => {
    const strength = Math.abs(weight) || 0;
    if (strength <= faintest && i !== chosen && !mask) return;
    // By transparency, not by paleness: a weak line must still be seen on a white and on a dark ground.
    context.globalAlpha = i === chosen ? 1 : mask === "cut" ? 0.6 : 0.3 + 0.7 * Math.min(1, strength);
    context.strokeStyle = mask === "cut" ? ink : weight > 0 ? POSITIVE : weight < 0 ? NEGATIVE : ZERO;
    context.lineWidth = lineWidth(weight) + (i === chosen ? 3 : 0);
    const dash = weight < 0 ? NEGATIVE_DASH : phase === null ? SOLID : FLOWING;
    context.setLineDash(mask === "cut" ? FAINT : many ? SOLID : dash);
    context.stroke(path);
  });
  context.globalAlpha = 1;
  context.setLineDash(SOLID);
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  for (const { mask, weight, middle: { x, y } } of lines) {
    if (!mask) continue;
    const half = 3 + lineWidth(weight) / 2;
    context.beginPath();
    for (const lean of mask === "cut" ? [-half, half] : [0]) {
      context.moveTo(x - lean, y - half);
      context.lineTo(x + lean, y + half);
    }
    context.stroke();
  }
}

/**
 * @param {{weight: number}[]} lines
 * @returns {Float64Array} from the weakest to the strongest
 */
function strengths(lines) {
  return Float64Array.from(lines, ({ weight }) => Math.abs(weight) || 0).sort();
}
