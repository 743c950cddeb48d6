// The weights as lines: what is stroked, and how.
import assert from "node:assert/strict";
import { test } from "node:test";

import { drawLines, drawSigns, widestLine } from "../../static/js/draw/lines.js";

/** @returns {any} a context that notes every stroke */
function recorder() {
  const strokes = [];
  const context = {
    setLineDash(dash) { context.dash = dash; }, strokes, marks: 0,
    stroke(path) { if (path === undefined) context.marks++; else strokes.push({ ...context, path, strokes: null }); },
    beginPath() {}, moveTo() {}, lineTo() {},
  };
  return context;
}

/** @param {number} weight @param {number} path */
const line = (weight, path, mask = null) => ({ path, weight, mask, middle: { x: 0, y: 0 } });

test("of very many lines the strongest are drawn, and the chosen one", () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => line(((i * 7919) % 30_000) / 15_000 - 1, i));
  const weakest = lines.findIndex(({ weight }) => weight === 0);
  const context = recorder();
  drawLines(context, lines, { phase: null, chosen: weakest, ink: "#000" });
  const drawn = context.strokes.map(({ path }) => path);
  assert.ok(drawn.length > 500 && drawn.length <= 1001, `${drawn.length}`);
  assert.ok(drawn.includes(weakest));
  const seen = new Set(drawn);
  const strength = (/** @type {number} */ i) => Math.abs(lines[i].weight);
  const least = Math.min(...drawn.filter((i) => i !== weakest).map(strength));
  assert.ok(lines.every((_, i) => seen.has(i) || strength(i) <= least));
});

test("signs stand on strong lines, never on weak or cut ones", () => {
  const context = recorder();
  context.arc = () => {};
  context.fill = () => { context.discs = (context.discs ?? 0) + 1; };
  const lines = [0.2, 2, -2].map((weight, path) => ({ ...line(weight, path), sign: { x: 0, y: 0 } }));
  lines.push({ ...line(3, 3, "cut"), sign: { x: 0, y: 0 } });
  drawSigns(context, lines, { ink: "#000", ground: "#fff", zoom: 1 });
  assert.deepEqual([context.discs, context.marks], [2, 2]);
});

test("a weak line is seen, and a negative one is told without its colour", () => {
  const context = recorder();
  const lines = [0.01, -0.01, 5].map((weight, path) => line(weight, path));
  drawLines(context, lines, { phase: null, chosen: -1, ink: "#000" });
  const [positive, negative, strong] = context.strokes;
  assert.ok(positive.globalAlpha >= 0.3 && negative.globalAlpha >= 0.3);
  assert.notEqual(positive.strokeStyle, negative.strokeStyle);
  assert.notDeepEqual(positive.dash, negative.dash);
  assert.equal(strong.lineWidth, 10);
});

test("what is masks is drawn and marked, however weak it is among how many", () => {
  const lines = Array.from({ length: 3000 }, (_, i) => line(1 + i / 3000, i));
  [lines[0].weight, lines[1].weight, lines[0].mask, lines[1].mask] = [0, 0, "cut", "frozen"];
  const context = recorder();
  drawLines(context, lines, { phase: null, chosen: -1, ink: "#000" });
  const [cut, frozen] = [0, 1].map((path) => context.strokes.find((stroke) => stroke.path === path));
  assert.ok(cut && frozen);
  assert.notDeepEqual(cut.dash, frozen.dash);
  assert.equal(context.marks, 2);
});

test("while it flows only negative lines are broken, and between small units no line is a rope", () => {
  const context = recorder();
  drawLines(context, [line(5, 0), line(-5, 1)], { phase: 3, chosen: -1, ink: "#000", widest: widestLine(16) });
  const [positive, negative] = context.strokes;
  assert.deepEqual(positive.dash, []);
  assert.notDeepEqual(negative.dash, []);
  assert.ok(positive.lineWidth <= 4, `${positive.lineWidth}`);
});
