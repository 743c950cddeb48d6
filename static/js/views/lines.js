// The weights as lines. Pure: paths and weights in, strokes out.

import { colour } from "../palette.js";

const COLOURS = Array.from({ length: 255 }, (_, byte) => colour(byte / 127 - 1));
const SOLID = /** @type {number[]} */ ([]);
const FLOWING = [9, 1];
const BROKEN = [4, 5];
const MANY = 2000; // lines beyond which dashes and faint ones cost more than they show

/** @param {number} weight @returns {number} CSS pixels: 1 to 10 for 0 to 5, as the original */
export function lineWidth(weight) {
  return 1 + (9 * Math.min(5, Math.abs(weight) || 0)) / 5;
}

/**
 * Thick is large, blue is positive, orange and broken is negative.
 * @param {CanvasRenderingContext2D} context
 * @param {{path: Path2D, weight: number}[]} lines
 * @param {{phase: number|null, chosen: number}} look phase moves the dashes (null: they stand); chosen is a line to stress, or -1
 */
export function drawLines(context, lines, { phase, chosen }) {
  const many = lines.length > MANY;
  context.lineDashOffset = -(phase ?? 0);
  lines.forEach(({ path, weight }, i) => {
    const shade = Math.max(-1, Math.min(1, Number.isFinite(weight) ? weight : 0));
    if (many && Math.abs(shade) < 0.1 && i !== chosen) return;
    context.globalAlpha = i === chosen ? 1 : 0.3 + 0.7 * Math.abs(shade);
    context.strokeStyle = COLOURS[Math.round((shade + 1) * 127)];
    context.lineWidth = lineWidth(weight) + (i === chosen ? 3 : 0);
    context.setLineDash(many ? SOLID : weight < 0 ? BROKEN : phase === null ? SOLID : FLOWING);
    context.stroke(path);
  });
  context.globalAlpha = 1;
}
