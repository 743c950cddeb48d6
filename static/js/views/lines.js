// The weights as lines. Pure: paths and weights in, strokes out.

import { colour } from "../palette.js";

const COLOURS = Array.from({ length: 255 }, (_, byte) => colour(byte / 127 - 1));
const SOLID = [9, 1];
const BROKEN = [4, 5];

/** @param {number} weight @returns {number} CSS pixels: 1 to 10 for 0 to 5, as the original */
export function lineWidth(weight) {
  return 1 + (9 * Math.min(5, Math.abs(weight) || 0)) / 5;
}

/**
 * Thick is large, blue is positive, orange and broken is negative.
 * @param {CanvasRenderingContext2D} context
 * @param {{path: Path2D, weight: number}[]} lines
 * @param {{phase: number, chosen: number}} look phase moves the dashes; chosen is the index of a line to stress, or -1
 */
export function drawLines(context, lines, { phase, chosen }) {
  context.lineDashOffset = -phase;
  lines.forEach(({ path, weight }, i) => {
    const shade = Math.max(-1, Math.min(1, Number.isFinite(weight) ? weight : 0));
    context.globalAlpha = i === chosen ? 1 : 0.45 + 0.55 * Math.abs(shade);
    context.strokeStyle = COLOURS[Math.round((shade + 1) * 127)];
    context.lineWidth = lineWidth(weight) + (i === chosen ? 3 : 0);
    context.setLineDash(weight < 0 ? BROKEN : SOLID);
    context.stroke(path);
  });
  context.globalAlpha = 1;
}
