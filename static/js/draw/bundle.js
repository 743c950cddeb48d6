// Many curves as a bundle: each thin, the middle half as a band, the median bold, and the goal. Pure.

import { EPOCHS, axesOf, plotOf, projection } from "./curves.js";

/** @typedef {import("./curves.js").Theme & {accent: string, bad: string, good: string}} Theme */
/**
 * @typedef {object} Bundle
 * @property {number[]} epochs of all curves
 * @property {Float32Array[]} curves NaN where there is nothing yet
 * @property {boolean[]} failed by curve
 * @property {number|null} chosen curve
 * @property {number|null} goal null where it is on no loss
 */

/**
 * The quartiles of all curves at each epoch that all have reached.
 * @param {Float32Array[]} curves
 * @param {number} places
 * @returns {[number, number, number][]}
 */
export function quartilesOf(curves, places) {
  const found = [];
  for (let place = 0; place < places; place++) {
    const values = curves.map((curve) => curve[place]).sort((a, b) => a - b);
    if (values.some((value) => !Number.isFinite(value))) break;
    const at = (/** @type {number} */ share) => {
      const where = share * (values.length - 1);
      const low = Math.floor(where);
      const high = Math.min(low + 1, values.length - 1);
      return values[low] + (where - low) * (values[high] - values[low]);
    };
    found.push(/** @type {[number, number, number]} */ ([at(0.25), at(0.5), at(0.75)]));
  }
  return found;
}

/**
 * @param {CanvasRenderingContext2D} context empty, in CSS pixels
 * @param {Bundle} bundle
 * @param {{width: number, height: number, zoom: number}} size
 * @param {Theme} theme
 */
export function drawBundle(context, { epochs, curves, failed, chosen, goal }, size, theme) {
  const { zoom, ink, muted, line, accent, bad, good, font } = theme;
  const known = curves.flatMap((curve) => [...curve].filter(Number.isFinite));
  const shown = { epochs, train: goal === null ? [] : [goal], test: known };
  const axes = axesOf(shown, "loss", size, EPOCHS, epochs.at(-1) ?? 1);
  context.font = `${11 * zoom}px ${font}`;
  const plot = plotOf(axes, size, (text) => context.measureText(text).width);
  const { x, y } = projection(axes, plot);
  context.lineWidth = zoom;
  context.strokeStyle = line;
  context.fillStyle = muted;
  for (const { at, text } of axes.yTicks) {
    context.textAlign = "right";
    context.textBaseline = "middle";
    stroke(context, [[plot.left, y(at)], [plot.right, y(at)]]);
    context.fillText(text, plot.left - 6 * zoom, y(at));
  }
  for (const { at, text } of axes.xTicks) {
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(text, x(at), plot.bottom + 15 * zoom);
  }
  const placed = (/** @type {Float32Array} */ curve) => epochs.flatMap((epoch, i) => {
    return Number.isFinite(curve[i]) ? [/** @type {[number, number]} */ ([x(epoch), y(curve[i])])] : [];
  });
  const quartiles = quartilesOf(curves, epochs.length);
  if (quartiles.length > 1) {
    context.globalAlpha = 0.16;
    context.fillStyle = ink;
    context.beginPath();
    quartiles.forEach(([low], i) => context.lineTo(x(epochs[i]), y(low)));
    quartiles.map(([, , high], i) => [x(epochs[i]), y(high)]).reverse().forEach(([at, up]) => context.lineTo(at, up));
    context.fill();
  }
  context.globalAlpha = 0.55;
  curves.forEach((curve, i) => {
    context.strokeStyle = failed[i] ? bad : muted;
    context.setLineDash(failed[i] ? [4 * zoom, 3 * zoom] : []);
    stroke(context, placed(curve));
  });
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.lineWidth = 2.5 * zoom;
  context.strokeStyle = ink;
  stroke(context, quartiles.map(([, median], i) => [x(epochs[i]), y(median)]));
  if (chosen !== null && curves[chosen]) {
    context.strokeStyle = accent;
    stroke(context, placed(curves[chosen]));
  }
  if (goal === null) return;
  context.lineWidth = 1.5 * zoom;
  context.strokeStyle = context.fillStyle = good;
  context.setLineDash([5 * zoom, 4 * zoom]);
  stroke(context, [[plot.left, y(goal)], [plot.right, y(goal)]]);
  context.setLineDash([]);
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(`goal ${goal}`, plot.right, y(goal) - 2 * zoom);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} places x and y
 */
function stroke(context, places) {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.stroke();
}
