// A network with one input as a curve over the points. Pure: numbers and a context in, pixels out.

/** The values at the lower and the upper edge; the left and the right edge are those of the map. */
export const TOP = 1.5;
const EDGE = 6;

/**
 * @typedef {object} Look sizes in pixels of the canvas
 * @property {number} side
 * @property {number} scale pixels of the canvas for one CSS pixel
 * @property {string} ink
 * @property {string} muted
 * @property {string} line
 * @property {string} panel
 */

/**
 * The axes through 0.
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
export function drawAxes(context, { side, scale, line }) {
  context.strokeStyle = line;
  context.lineWidth = scale;
  context.beginPath();
  for (const [x, y, right, down] of [[0, side / 2, side, side / 2], [side / 2, 0, side / 2, side]]) {
    context.moveTo(x, y);
    context.lineTo(right, down);
  }
  context.stroke();
}

/**
 * The output of the network, dark on a light rim: it is seen over points of any colour.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} values from the left edge to the right one
 * @param {Look} look
 */
export function drawCurve(context, values, { side, scale, ink, panel }) {
  context.lineJoin = "round";
  for (const [width, colour] of /** @type {const} */ ([[6, panel], [3, ink]])) {
    context.lineWidth = width * scale;
    context.strokeStyle = colour;
    trace(context, values, side);
    context.stroke();
  }
}

/**
 * What each neuron has in it, as thin lines; the chosen one is drawn thick and dashed.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} shares (neurons, places)
 * @param {number} neurons
 * @param {number} chosen -1 for none
 * @param {Look} look
 */
export function drawShares(context, shares, neurons, chosen, { side, scale, ink, muted }) {
  const places = shares.length / neurons;
  for (let neuron = 0; neuron < neurons; neuron++) {
    const isChosen = neuron === chosen;
    context.lineWidth = (isChosen ? 2.5 : 1.25) * scale;
    context.strokeStyle = isChosen ? ink : muted;
    context.setLineDash(isChosen ? [6 * scale, 4 * scale] : []);
    trace(context, shares.subarray(neuron * places, (neuron + 1) * places), side);
    context.stroke();
  }
  context.setLineDash([]);
}

/**
 * A path through values; what is no finite number is a gap.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} values
 * @param {number} side
 */
function trace(context, values, side) {
  const step = side / (values.length - 1);
  context.beginPath();
  let isOpen = false;
  values.forEach((value, i) => {
    const y = heightOf(value, side);
    if (!Number.isFinite(y)) isOpen = false;
    else if (isOpen) context.lineTo(i * step, y);
    else context.moveTo(i * step, y);
    isOpen = Number.isFinite(y);
  });
}

/**
 * How far below the upper edge a value is. What lies far outside is brought near: a canvas draws no line that long.
 * @param {number} value
 * @param {number} side
 */
export const heightOf = (value, side) => ((TOP - Math.max(-9, Math.min(9, value))) / (2 * TOP)) * side;

/**
 * Points with their values as places on the map, as drawPoints takes them.
 * @param {Float32Array} rows x, y, value of each point
 */
export function onPlot(rows) {
  const found = rows.slice();
  for (let i = 1; i < found.length; i += 3) found[i] = (rows[i + 1] / TOP) * EDGE;
  return found;
}

/**
 * The value of a curve at a place between the edges.
 * @param {Float32Array} values
 * @param {number} x
 */
export function valueAt(values, x) {
  const at = ((x + EDGE) / (2 * EDGE)) * (values.length - 1);
  const before = Math.max(0, Math.min(values.length - 2, Math.floor(at)));
  return values[before] + (at - before) * (values[before + 1] - values[before]);
}
