// Examples as marks over the plane. Pure: data and a context in, pixels out.

import { classColour, colour } from "../palette.js";
import { SHAPES } from "./shapes.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]

/**
 * Training points are filled discs, test points hollow squares: the shape tells them apart, not the colour. Where each
 * class has an output of its own the shape says the class, filled or hollow.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} rows x, y, label of each point
 * @param {number} first
 * @param {number} end
 * @param {{side: number, radius: number, test: boolean, outline: string|null, classes: number}} look sizes in pixels of
 *   the canvas; classes: how many shapes, 0 for values
 */
export function drawPoints(context, rows, first, end, { side, radius, test, outline, classes }) {
  const scale = side / (2 * EDGE);
  for (let i = first; i < end; i++) {
    const x = (rows[3 * i] + EDGE) * scale;
    const y = (EDGE - rows[3 * i + 1]) * scale;
    const label = rows[3 * i + 2];
    // As engine/datasets.py writes labels. For a moment points may still be those of the data before.
    const own = classes === 2 ? Number(label > 0) : Math.max(0, Math.round(label));
    const shade = classes ? classColour(own) : colour(label);
    /** @param {number} size */
    const trace = (size) => {
      context.beginPath();
      if (classes) traceShape(context, own, x, y, size);
      else if (test) context.rect(x - 0.8 * size, y - 0.8 * size, 1.6 * size, 1.6 * size);
      else context.arc(x, y, size, 0, 2 * Math.PI);
    };
    trace(radius);
    if (test) {
      context.lineWidth = radius * 1.1;
      context.strokeStyle = outline ?? "#fff";
      context.stroke();
      context.lineWidth = radius * 0.5;
      context.strokeStyle = shade;
      context.stroke();
    } else {
      context.fillStyle = shade;
      context.fill();
      if (!outline) continue;
      // Light, then dark around it: one of the two is seen on every ground, that of its own colour above all.
      for (const [ring, rim] of /** @type {const} */ ([[radius, outline], [radius * 1.25, "#0008"]])) {
        trace(ring);
        context.lineWidth = radius * 0.28;
        context.strokeStyle = rim;
        context.stroke();
      }
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} index @param {number} x @param {number} y @param {number} size */
function traceShape(context, index, x, y, size) {
  const corners = SHAPES[index % SHAPES.length].corners;
  if (corners.length === 0) context.arc(x, y, size, 0, 2 * Math.PI);
  for (const [right, down] of corners) context.lineTo(x + right * size, y + down * size);
  context.closePath();
}
