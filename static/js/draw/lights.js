// The examples of a batch, lit up on the map, with rings that say how hard each pulls. Pure: data and a context in,
// pixels out.

import { drawPoints } from "./points.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]
const [NEAR, FAR] = [1.7, 4.2]; // radii of a point: the ring of one that does not pull, and of the hardest

/**
 * The widest ring is that of the example that pulls hardest in this batch. By examples, those that were gone through
 * have dashed rings, and the next one has a double ring.
 * @param {CanvasRenderingContext2D} context
 * @param {{members: Uint32Array, pulls: Float32Array, example: number}} batch
 * @param {{rows: Float32Array, train: number, ids?: Uint32Array}} points
 * @param {Parameters<typeof drawPoints>[4] & {byExamples: boolean}} look
 */
export function drawLights(context, { members, pulls, example }, { rows, train, ids }, look) {
  const { side, radius, byExamples } = look;
  const scale = side / (2 * EDGE);
  const most = Math.max(...Array.from(pulls).filter(Number.isFinite), Number.MIN_VALUE);
  /** @type {Map<number, number>} */
  const placeFromId = new Map();
  if (ids) for (let i = 0; i < train; i++) placeFromId.set(ids[i], i);
  members.forEach((id, i) => {
    const at = ids ? placeFromId.get(id) : id;
    if (at === undefined || at >= train) return; // of a moment ago
    drawPoints(context, rows, at, at + 1, look);
    const [x, y] = [(rows[3 * at] + EDGE) * scale, (EDGE - rows[3 * at + 1]) * scale];
    const share = Number.isFinite(pulls[i]) ? pulls[i] / most : 1;
    const size = radius * (NEAR + (FAR - NEAR) * share);
    const isNext = byExamples && i === example;
    ring(context, x, y, size, radius, byExamples && i < example);
    if (isNext) ring(context, x, y, size + radius, radius, false);
  });
}

/**
 * Dark on light, seen on every ground.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {number} radius of a point
 * @param {boolean} isDashed
 */
function ring(context, x, y, size, radius, isDashed) {
  for (const [width, colour] of /** @type {const} */ ([[0.7, "#fff"], [0.35, "#111"]])) {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.lineWidth = radius * width;
    context.strokeStyle = colour;
    context.setLineDash(isDashed && colour !== "#fff" ? [radius, radius] : []);
    context.stroke();
  }
  context.setLineDash([]);
}
