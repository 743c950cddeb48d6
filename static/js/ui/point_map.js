// The small map of a view: what the network answers, the points on it, and a ring around one of them.

import { drawRings } from "../draw/board.js";
import { drawBigMap } from "../draw/field.js";
import { drawPoints } from "../draw/points.js";
import { bigMap } from "../model/big_map.js";
import { classCount, outputCount } from "../model/outputs.js";
import { contextOf } from "./canvas.js";

/**
 * @param {import("../model/state.js").State} state
 * @param {import("../model/run.js").Run} run
 * @param {{square: HTMLElement, field: HTMLCanvasElement, marks: HTMLCanvasElement}} layers the second over the first
 * @param {{ring?: {x: number, y: number}, across: number, test: boolean}} look how many radii of a point the map is
 *   across, and whether test points are shown
 */
export function drawPointMap(state, run, { square, field, marks }, { ring, across, test }) {
  const { points, spec } = run;
  const side = Math.round(square.clientWidth * devicePixelRatio);
  if (!side || !spec) return;
  const map = bigMap(state, run);
  if (map) drawBigMap(contextOf(field), map, state.view.discretize);
  if (marks.width !== side) marks.width = marks.height = side;
  const context = contextOf(marks);
  context.clearRect(0, 0, side, side);
  const look = { side, radius: Math.max(2 * devicePixelRatio, side / across), outline: "#fff",
    classes: outputCount(spec) > 1 ? classCount(spec) : 0 };
  if (points) {
    const count = points.train + points.test;
    if (test) drawPoints(context, points.rows, points.train, count, { ...look, test: true });
    drawPoints(context, points.rows, 0, points.train, { ...look, test: false });
  }
  if (ring) drawRings(context, [ring], { side, scale: devicePixelRatio, radius: 3 * look.radius, crossed: false });
}
