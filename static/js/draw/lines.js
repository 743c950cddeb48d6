// The weights as lines. Pure: paths and weights in, strokes out.

import { colour } from "./palette.js";

const [NEGATIVE, ZERO, POSITIVE] = [-1, 0, 1].map(colour);
const SOLID = /** @type {number[]} */ ([]);
// Only negative lines are broken, whether they flow or stand. After PERIOD the pattern repeats: there the flow begins
// again without a jump.
export const NEGATIVE_DASH = [7, 6];
const PERIOD = 13;
const FAINT = [1, 6];
// Lines beyond which a picture takes longer than it shows: then only the strongest ones, and no dashes.
export const MOST = 1000;

// In lecture mode all lines have their full colour, and orange is darker: at least 3:1 on both grounds.
export const BOLD_NEGATIVE = "#cc6a00";
const BOLD = 1.35;
const DIM = 0.1;
const STRONG = 1; // a weight from which on its line has a sign
const THINNEST = 1.5;
const WIDEST = 10;

/**
 * @param {number} weight
 * @param {number} [widest] for a weight of 5 and above
 * @returns {number} CSS pixels
 */
export function lineWidth(weight, widest = WIDEST) {
  return THINNEST + ((widest - THINNEST) * Math.min(5, Math.abs(weight) || 0)) / 5;
}

/**
 * How wide lines may be between units of this size: small units would lie under their lines.
 * @param {number} size of the smallest unit
 */
export const widestLine = (size) => Math.max(3, Math.min(WIDEST, size / 4));

/**
 * Thick is large, blue is positive, orange and broken is negative. A cut line is dotted, with a cross on it; a frozen
 * one has a bar across.
 * @param {CanvasRenderingContext2D} context
 * @param {{
 *   path: Path2D, weight: number, mask: "cut"|"frozen"|null, middle: {x: number, y: number}, lit?: boolean|null,
 * }[]} lines
 *   lit: in the spotlight or not; neither where there is none
 * @param {object} look
 * @param {number|null} look.phase moves the dashes; null: they stand
 * @param {number} look.chosen a line to stress, or -1
 * @param {string} look.ink the colour of what is masked
 * @param {number} [look.widest] line
 * @param {boolean} [look.bold] for a projector
 */
export function drawLines(context, lines, { phase, chosen, ink, widest = WIDEST, bold = false }) {
  const many = lines.length > MOST;
  const faintest = many ? strengths(lines)[lines.length - MOST] : -1;
  const [zoom, negative] = bold ? [BOLD, BOLD_NEGATIVE] : [1, NEGATIVE];
  context.lineDashOffset = -((phase ?? 0) % PERIOD);
  // What is lit lies above the rest.
  for (const isLit of lines.some(({ lit }) => lit) ? [false, true] : [undefined]) lines.forEach((line, i) => {
    const { path, weight, mask, lit } = line;
    if (isLit !== undefined && lit !== isLit) return;
    const strength = Math.abs(weight) || 0;
    if (strength <= faintest && i !== chosen && !mask && !lit) return;
    // By transparency, not by paleness: a weak line must still be seen on a white and on a dark ground.
    const own = mask === "cut" ? 0.6 : 0.5 + 0.5 * Math.min(1, strength);
    context.globalAlpha = lit === false ? DIM : lit || bold || i === chosen ? 1 : own;
    context.strokeStyle = mask === "cut" ? ink : weight > 0 ? POSITIVE : weight < 0 ? negative : ZERO;
    context.lineWidth = zoom * lineWidth(weight, widest) + (i === chosen ? 3 : 0);
    const dash = weight < 0 ? NEGATIVE_DASH : SOLID;
    context.setLineDash(mask === "cut" ? FAINT : many ? SOLID : dash);
    context.stroke(path);
  });
  context.globalAlpha = 1;
  context.setLineDash(SOLID);
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  for (const { mask, weight, middle: { x, y }, lit } of lines) {
    if (!mask || lit === false) continue;
    const half = 3 + lineWidth(weight, widest) / 2;
    context.beginPath();
    for (const lean of mask === "cut" ? [-half, half] : [0]) {
      context.moveTo(x - lean, y - half);
      context.lineTo(x + lean, y + half);
    }
    context.stroke();
  }
}

/**
 * + and − on the strong lines: colour and dashes are lost on a washed-out projector.
 * @param {CanvasRenderingContext2D} context
 * @param {{
 *   weight: number, mask: "cut"|"frozen"|null, signs: () => {x: number, y: number}[], lit?: boolean|null,
 * }[]} lines each with the places where its sign may be
 * @param {{ink: string, ground: string, zoom: number}} look
 */
export function drawSigns(context, lines, { ink, ground, zoom }) {
  context.globalAlpha = 1;
  context.setLineDash(SOLID);
  /** @type {{x: number, y: number}[]} */
  const taken = [];
  for (const { weight, mask, signs, lit } of lines) {
    if (lit === false || mask === "cut" || !(Math.abs(weight) >= STRONG)) continue;
    const place = signs().find(({ x, y }) => taken.every((each) => Math.hypot(x - each.x, y - each.y) >= 15 * zoom));
    if (!place) continue; // two signs in one place are none
    taken.push(place);
    const { x, y } = place;
    context.fillStyle = ground;
    context.beginPath();
    context.arc(x, y, 7.5 * zoom, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = ink;
    context.lineWidth = 2.5 * zoom;
    const half = 4.5 * zoom;
    context.beginPath();
    context.moveTo(x - half, y);
    context.lineTo(x + half, y);
    if (weight > 0) {
      context.moveTo(x, y - half);
      context.lineTo(x, y + half);
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
