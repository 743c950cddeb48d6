// What is seen of a tool over the map: its circle, a box, rings around points. Pure: data and a context in, pixels out.

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]

/** @typedef {{x: number, y: number}} Place */

/**
 * Dark dashes on a light line, seen on every ground.
 * @param {CanvasRenderingContext2D} context
 * @param {number} scale pixels of the canvas for one CSS pixel
 * @param {number} dash in CSS pixels; 0 for a whole line
 */
function strokeTwice(context, scale, dash) {
  for (const [width, colour, dashes] of /** @type {const} */ ([[3, "#fff", 0], [1.5, "#111", dash]])) {
    context.lineWidth = width * scale;
    context.strokeStyle = colour;
    context.setLineDash(dashes ? [dashes * scale, dashes * scale] : []);
    context.stroke();
  }
  context.setLineDash([]);
}

/**
 * The circle of brush and eraser.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} middle
 * @param {number} radius in units of the plane
 * @param {number} side of the canvas
 * @param {number} scale
 */
export function drawReach(context, { x, y }, radius, side, scale) {
  const unit = side / (2 * EDGE);
  context.beginPath();
  context.arc((x + EDGE) * unit, (EDGE - y) * unit, radius * unit, 0, 2 * Math.PI);
  strokeTwice(context, scale, 4);
}

/**
 * A box between two corners.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} one
 * @param {Place} other
 * @param {number} side
 * @param {number} scale
 */
export function drawBox(context, one, other, side, scale) {
  const unit = side / (2 * EDGE);
  context.beginPath();
  context.rect((one.x + EDGE) * unit, (EDGE - one.y) * unit, (other.x - one.x) * unit, (one.y - other.y) * unit);
  strokeTwice(context, scale, 4);
}

/**
 * Rings around points; with a cross through each where they are about to go.
 * @param {CanvasRenderingContext2D} context
 * @param {Place[]} places
 * @param {{side: number, scale: number, radius: number, crossed: boolean}} look radius in pixels of the canvas
 */
export function drawRings(context, places, { side, scale, radius, crossed }) {
  const unit = side / (2 * EDGE);
  context.beginPath();
  for (const place of places) {
    const [x, y] = [(place.x + EDGE) * unit, (EDGE - place.y) * unit];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (!crossed) continue;
    context.moveTo(x - radius, y - radius);
    context.lineTo(x + radius, y + radius);
    context.moveTo(x - radius, y + radius);
    context.lineTo(x + radius, y - radius);
  }
  strokeTwice(context, scale, 0);
}
