// The examples of a batch, lit up on the map, with rings that say how hard each pulls. Pure: data and a context in,
// pixels out.

import { drawPoints } from "./points.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]
const [LEAST, LONGEST] = [0.05, 5]; // of the hardest pull: one without an arrow; radii of a point: the arrow of that
const [NEAR, FAR] = [1.7, 4.2]; // radii of a point: the ring of one that does not pull, and of the hardest

/**
 * The widest ring is that of the example that pulls hardest in this batch. By examples, those that were gone through
 * have dashed rings, and the next one has a double ring. An arrow says where an example moves the boundary.
 * @param {CanvasRenderingContext2D} context
 * @param {{members: Uint32Array, pulls: Float32Array, example: number, pushes?: Float32Array}} batch pushes: where each
 *   moves the boundary, x and y
 * @param {{rows: Float32Array, train: number, ids?: Uint32Array}} points
 * @param {Parameters<typeof drawPoints>[4] & {byExamples: boolean}} look
 */
export function drawLights(context, { members, pulls, example, pushes }, { rows, train, ids }, look) {
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
    const [right, up] = pushes ? [pushes[2 * i], pushes[2 * i + 1]] : [0, 0];
    const length = Math.hypot(right, up);
    if (share > LEAST && length > 0 && Number.isFinite(length)) {
      arrow(context, x, y, [right / length, -up / length], size, radius * (1 + LONGEST * share), radius);
    }
  });
}

/**
 * From a ring to where its point moves the boundary.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {[number, number]} way of length 1
 * @param {number} size of the ring
 * @param {number} length
 * @param {number} radius of a point
 */
function arrow(context, x, y, [right, down], size, length, radius) {
  const [from, to] = [size, size + length];
  const at = (/** @type {number} */ far, /** @type {number} */ aside) => {
    return /** @type {[number, number]} */ ([x + right * far - down * aside, y + down * far + right * aside]);
  };
  for (const [width, colour] of /** @type {const} */ ([[0.9, "#fff"], [0.45, "#111"]])) {
    context.beginPath();
    context.moveTo(...at(from, 0));
    context.lineTo(...at(to, 0));
    context.moveTo(...at(to - 1.4 * radius, radius));
    context.lineTo(...at(to, 0));
    context.lineTo(...at(to - 1.4 * radius, -radius));
    context.lineWidth = radius * width;
    context.strokeStyle = colour;
    context.lineCap = context.lineJoin = "round";
    context.stroke();
  }
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
