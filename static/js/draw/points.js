// Examples as marks over the plane. Pure: data and a context in, pixels out.

import { classColour, colour } from "./palette.js";
import { SHAPES } from "./shapes.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]

/**
 * Training points are filled discs, test points hollow squares: the shape tells them apart, not the colour. Where each
 * class has an output of its own the shape says the class, filled or hollow.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} rows x, y, label of each point
 * @param {number} first
 * @param {number} end
 * @param {{side: number, radius: number, test: boolean, outline: string, classes: number}} look sizes in pixels of
 *   the canvas; classes: how many shapes, 0 for values
 */
export function drawPoints(context, rows, first, end, { side, radius, test, outline, classes }) {
  const scale = side / (2 * EDGE);
  for (let i = first; i < end; i++) {
    const x = (rows[3 * i] + EDGE) * scale;
    const y = (EDGE - rows[3 * i + 1]) * scale;
    const { own, shade } = markOf(rows[3 * i + 2], classes);
    /** @param {number} size */
    const trace = (size) => {
      context.beginPath();
      if (classes) traceShape(context, own, x, y, size);
      else if (test) context.rect(x - 0.8 * size, y - 0.8 * size, 1.6 * size, 1.6 * size);
      else context.arc(x, y, size, 0, 2 * Math.PI);
    };
    trace(radius);
    if (test) {
      context.lineWidth = radius * 0.8;
      context.strokeStyle = outline;
      context.stroke();
      context.lineWidth = radius * 0.45;
      context.strokeStyle = shade;
      context.stroke();
    } else {
      context.fillStyle = shade;
      context.fill();
      // The rim is light, with a thin shade around it: one of the two is seen on every ground.
      for (const [ring, width, rim] of /** @type {const} */ ([[1.05, 0.3, outline], [1.25, 0.12, "#0007"]])) {
        trace(radius * ring);
        context.lineWidth = radius * width;
        context.strokeStyle = rim;
        context.stroke();
      }
    }
  }
}

/**
 * The class and the colour of a point, by its label as engine/data/generators.py writes it.
 * @param {number} label
 * @param {number} classes 0 for values
 */
export function markOf(label, classes) {
  // Not below 0: for a moment the points may still be those of the previous data.
  const own = classes === 2 ? Number(label > 0) : Math.max(0, Math.round(label));
  return { own, shade: classes ? classColour(own) : colour(label) };
}

/**
 * The mark of the reading point, light around dark.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} scale pixels of the canvas for one CSS pixel
 */
export function drawCross(context, x, y, scale) {
  for (const [width, colour] of /** @type {const} */ ([[3, "#fff"], [1, "#111"]])) {
    context.lineWidth = width * scale;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(x - 8 * scale, y);
    context.lineTo(x + 8 * scale, y);
    context.moveTo(x, y - 8 * scale);
    context.lineTo(x, y + 8 * scale);
    context.stroke();
  }
}

/**
 * The points of a data set as a still drawing. A canvas would be a layer, which the browser composes again for every
 * picture of what is beside it.
 * @param {number[][]} points x, y, label of each
 * @param {number} classes as above
 */
export function pointsPicture(points, classes) {
  const radius = 0.3;
  /** @type {Map<string, string>} */
  const outlineFromShade = new Map();
  for (const [x, y, label] of points) {
    const { own, shade } = markOf(label, classes);
    const corners = classes ? SHAPES[own % SHAPES.length].corners : [];
    const outline = corners.length
      ? `M${corners.map(([right, down]) => [x + right * radius, down * radius - y]).join("L")}Z`
      : `M${x - radius},${-y}a${radius},${radius} 0 1 0 ${2 * radius},0a${radius},${radius} 0 1 0 ${-2 * radius},0Z`;
    outlineFromShade.set(shade, (outlineFromShade.get(shade) ?? "") + outline);
  }
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `${-EDGE} ${-EDGE} ${2 * EDGE} ${2 * EDGE}`);
  svg.setAttribute("aria-hidden", "true");
  for (const [shade, outline] of outlineFromShade) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", outline);
    path.setAttribute("fill", shade);
    svg.append(path);
  }
  return svg;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} index
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function traceShape(context, index, x, y, size) {
  const corners = SHAPES[index % SHAPES.length].corners;
  if (corners.length === 0) context.arc(x, y, size, 0, 2 * Math.PI);
  for (const [right, down] of corners) context.lineTo(x + right * size, y + down * size);
  context.closePath();
}
