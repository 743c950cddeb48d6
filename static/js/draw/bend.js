// A bent plane: its grid, the points on it, and the line that cuts it. Pure: numbers and a context in, pixels out.

import { markOf } from "./points.js";
import { classColour, colour } from "./palette.js";
import { SHAPES } from "./shapes.js";

/**
 * @typedef {object} Bent
 * @property {Float32Array} places (x, y) of the grid, row by row, and then of the points; the square is -1 to 1
 * @property {number} grid places along each of its sides
 * @property {[number, number, number]|null} line a, b, c of a x + b y = c; the second class is where it is more
 * @property {ArrayLike<number>} labels of the points
 * @property {number} classes 0 for values
 */
/**
 * @typedef {object} Look sizes in pixels of the canvas
 * @property {number} width
 * @property {number} height
 * @property {number} scale pixels for one CSS pixel
 * @property {string} ink
 * @property {string} panel
 * @property {number} pale how strong the two sides of the line are, 0 to 1
 * @property {number} lines of the grid along each side but the last; 0 for none
 * @property {boolean} showPoints
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Bent} bent
 * @param {Look} look
 */
export function drawBent(context, bent, look) {
  const { width, height, scale } = look;
  context.clearRect(0, 0, width, height);
  const unit = Math.min(width, height) / 2 - 8 * scale;
  const across = (/** @type {number} */ x) => width / 2 + Math.max(-9, Math.min(9, x)) * unit;
  const down = (/** @type {number} */ y) => height / 2 - Math.max(-9, Math.min(9, y)) * unit;
  if (bent.line) drawSides(context, bent.line, unit, look);
  if (look.lines) drawGrid(context, bent, across, down, look);
  if (look.showPoints) drawMarks(context, bent, across, down, look);
}

/**
 * The line, and the colours of both sides.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number, number]} line
 * @param {number} unit
 * @param {Look} look
 */
function drawSides(context, [a, b, c], unit, { width, height, scale, ink, pale }) {
  const length = Math.hypot(a, b);
  if (!(length > 0)) return;
  context.save();
  context.translate(width / 2 + (a * c / length ** 2) * unit, height / 2 - (b * c / length ** 2) * unit);
  context.rotate(Math.atan2(-b, a));
  const far = 20 * (width + height);
  context.globalAlpha = pale;
  context.fillStyle = colour(1);
  context.fillRect(0, -far, far, 2 * far);
  context.fillStyle = colour(-1);
  context.fillRect(-far, -far, far, 2 * far);
  context.globalAlpha = 1;
  context.strokeStyle = ink;
  context.lineWidth = 2.5 * scale;
  context.beginPath();
  context.moveTo(0, -far);
  context.lineTo(0, far);
  context.stroke();
  context.restore();
}

/**
 * Lines at even distances; those through the middle and at the edges are strong.
 * @param {CanvasRenderingContext2D} context
 * @param {Bent} bent
 * @param {(x: number) => number} across
 * @param {(y: number) => number} down
 * @param {Look} look
 */
function drawGrid(context, { places, grid }, across, down, { ink, scale, lines }) {
  context.strokeStyle = ink;
  context.lineJoin = "round";
  const middle = (grid - 1) / 2;
  for (const isStrong of [false, true]) {
    context.beginPath();
    for (let line = 0; line < grid; line += Math.max(1, Math.round((grid - 1) / lines))) {
      if ((line === middle || line === 0 || line === grid - 1) !== isStrong) continue;
      for (let k = 0; k < grid; k++) trace(context, places, line * grid + k, k === 0, across, down);
      for (let k = 0; k < grid; k++) trace(context, places, k * grid + line, k === 0, across, down);
    }
    context.globalAlpha = isStrong ? 0.85 : 0.4;
    context.lineWidth = (isStrong ? 1.5 : 0.75) * scale;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} places
 * @param {number} at
 * @param {boolean} isFirst
 * @param {(x: number) => number} across
 * @param {(y: number) => number} down
 */
function trace(context, places, at, isFirst, across, down) {
  const [x, y] = [places[2 * at], places[2 * at + 1]];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  if (isFirst) context.moveTo(across(x), down(y));
  else context.lineTo(across(x), down(y));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Bent} bent
 * @param {(x: number) => number} across
 * @param {(y: number) => number} down
 * @param {Look} look
 */
function drawMarks(context, { places, grid, labels, classes }, across, down, { width, height, scale, panel }) {
  const radius = Math.max(2.5, Math.min(width, height) / scale / 130) * scale;
  const shapes = classes ? SHAPES : [];
  const first = grid * grid;
  for (let i = 0; i < labels.length; i++) {
    const [x, y] = [places[2 * (first + i)], places[2 * (first + i) + 1]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    const { own } = markOf(labels[i], classes);
    const corners = shapes.length ? shapes[own % shapes.length].corners : [];
    context.beginPath();
    if (corners.length) {
      for (const [right, below] of corners) context.lineTo(across(x) + right * radius, down(y) + below * radius);
      context.closePath();
    } else context.arc(across(x), down(y), radius, 0, 2 * Math.PI);
    context.fillStyle = classes ? classColour(own) : colour(labels[i]);
    context.fill();
    context.lineWidth = 0.75 * scale;
    context.strokeStyle = panel;
    context.stroke();
    context.lineWidth = 0.35 * scale;
    context.strokeStyle = "#0008";
    context.stroke();
  }
}
