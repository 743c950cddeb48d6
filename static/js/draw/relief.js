// Losses over a plane as a relief, seen from above and aside. Pure: numbers and a context in, pixels out.

import { drawOther, rangeOf, shadeOf } from "./contours.js";

const [WIDE, DEEP, TALL] = [0.48, 0.27, 0.42]; // of the smaller side: of the ground across and away, and of the heights
const MESH = 6; // every so many lines of the grid are seen

/** @typedef {import("./contours.js").Land} Land */
/** @typedef {{x: number, y: number, loss: number}} Step x and y from 0 to 1, from the lower left corner */
/** @typedef {{steps: Step[], letter: string, colour: string}} Other way of a kept run */
/**
 * Sizes are in pixels.
 * @typedef {{width: number, height: number, scale: number, turn: number, font: string, ink: string}} Look
 *   of the canvas; turn: in radians; ink: of the way
 */

/**
 * @param {[number, number]} range of the losses that are shown
 * @param {Look} look sizes in pixels of the canvas
 * @returns {(x: number, y: number, loss: number) => {x: number, y: number, away: number}} where a loss is seen
 */
export function perspective([low, high], { width, height, turn }) {
  const size = Math.min(width, height);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return (x, y, loss) => {
    const [right, up] = [2 * x - 1, 2 * y - 1];
    const across = (right * cos - up * sin) / Math.SQRT2;
    const away = (right * sin + up * cos) / Math.SQRT2;
    const raised = Math.max(0, Math.min(1, (loss - low) / (high - low)));
    return {
      x: width / 2 + across * size * WIDE * Math.min(1.2, width / size), away,
      y: height * 0.5 + size * TALL / 2 - away * size * DEEP - raised * size * TALL,
    };
  };
}

/**
 * The relief, what is far first, and on it the ways at their true losses.
 * @param {CanvasRenderingContext2D} context
 * @param {Land} land
 * @param {Step[]} way the last one is now
 * @param {Look} look
 * @param {Other[]} [others]
 */
export function drawRelief(context, { heights, side }, way, look, others = []) {
  const { width, height, scale, font, ink } = look;
  context.clearRect(0, 0, width, height);
  const range = rangeOf(heights);
  const seen = perspective(range, look);
  const last = side - 1;
  const corners = Array.from({ length: side * side }, (_, i) => {
    return seen((i % side) / last, Math.floor(i / side) / last, heights[i]);
  });
  const cells = [];
  for (let row = 0; row < last; row++) for (let column = 0; column < last; column++) cells.push(row * side + column);
  cells.sort((a, b) => corners[b].away - corners[a].away);
  context.lineJoin = "round";
  for (const at of cells) {
    if (![at, at + 1, at + side, at + side + 1].every((i) => Number.isFinite(heights[i]))) continue;
    const shade = `rgb(${shadeOf((heights[at] + heights[at + side + 1]) / 2, range).join(" ")})`;
    context.fillStyle = context.strokeStyle = shade;
    context.lineWidth = scale;
    context.beginPath();
    for (const i of [at, at + 1, at + side + 1, at + side]) context.lineTo(corners[i].x, corners[i].y);
    context.closePath();
    context.fill();
    context.stroke(); // no gaps between cells
    const [row, column] = [Math.floor(at / side), at % side];
    for (const [isLine, end] of [[row % MESH === 0, at + 1], [column % MESH === 0, at + side]]) {
      if (!isLine) continue;
      context.strokeStyle = "#fff6";
      context.lineWidth = 0.75 * scale;
      context.beginPath();
      context.moveTo(corners[at].x, corners[at].y);
      context.lineTo(corners[Number(end)].x, corners[Number(end)].y);
      context.stroke();
    }
  }
  for (const { steps, letter, colour } of others) {
    drawOther(context, steps.map(({ x, y, loss }) => seen(x, y, loss)), { letter, colour, scale, font });
  }
  drawSteps(context, way.map(({ x, y, loss }) => ({ ...seen(x, y, loss), loss })), scale, ink);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}[]} steps
 * @param {number} scale
 * @param {string} ink
 */
function drawSteps(context, steps, scale, ink) {
  for (const [wide, shade] of /** @type {const} */ ([[5, "#fff"], [2.5, ink]])) {
    context.lineWidth = wide * scale;
    context.strokeStyle = shade;
    context.beginPath();
    for (const { x, y } of steps) context.lineTo(x, y);
    context.stroke();
  }
  const ball = steps.at(-1);
  if (!ball) return;
  context.beginPath();
  context.arc(ball.x, ball.y, 7 * scale, 0, 2 * Math.PI);
  context.fillStyle = ink;
  context.fill();
  context.lineWidth = 2.5 * scale;
  context.strokeStyle = "#fff";
  context.stroke();
}
