// Examples as marks over the plane. Pure: data and a context in, pixels out.

import { colour } from "../palette.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]

/**
 * Training points are filled discs, test points hollow squares: the shape tells them apart, not the colour.
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} rows x, y, label of each point
 * @param {number} first
 * @param {number} end
 * @param {{side: number, radius: number, test: boolean, outline: string|null}} look sizes in pixels of the canvas
 */
export function drawPoints(context, rows, first, end, { side, radius, test, outline }) {
  const scale = side / (2 * EDGE);
  for (let i = first; i < end; i++) {
    const x = (rows[3 * i] + EDGE) * scale;
    const y = (EDGE - rows[3 * i + 1]) * scale;
    context.beginPath();
    if (test) {
      const half = radius * 0.8;
      context.rect(x - half, y - half, 2 * half, 2 * half);
      context.lineWidth = radius * 1.1;
      context.strokeStyle = outline ?? "#fff";
      context.stroke();
      context.lineWidth = radius * 0.5;
      context.strokeStyle = colour(rows[3 * i + 2]);
      context.stroke();
    } else {
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = colour(rows[3 * i + 2]);
      context.fill();
      if (!outline) continue;
      // Light, then dark around it: one of the two is seen on every ground, that of its own colour above all.
      for (const [ring, shade] of /** @type {const} */ ([[radius, outline], [radius * 1.25, "#0008"]])) {
        context.beginPath();
        context.arc(x, y, ring, 0, 2 * Math.PI);
        context.lineWidth = radius * 0.28;
        context.strokeStyle = shade;
        context.stroke();
      }
    }
  }
}
