// The weights as lines: what is stroked, and how.
import assert from "node:assert/strict";
import { test } from "node:test";

import { drawLines } from "../../static/js/views/lines.js";

/** @returns {any} a context that notes every stroke */
function recorder() {
  const strokes = [];
  const context = { setLineDash(dash) { context.dash = dash; }, stroke(path) { strokes.push({ ...context, path, strokes: null }); }, strokes };
  return context;
}

test("of very many lines the strongest are drawn, and the chosen one", () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => ({ path: i, weight: ((i * 7919) % 30_000) / 15_000 - 1 }));
  const weakest = lines.findIndex(({ weight }) => weight === 0);
  const context = recorder();
  drawLines(context, lines, { phase: null, chosen: weakest });
  const drawn = context.strokes.map(({ path }) => path);
  assert.ok(drawn.length > 500 && drawn.length <= 1001, `${drawn.length}`);
  assert.ok(drawn.includes(weakest));
  const seen = new Set(drawn);
  const strength = (/** @type {number} */ i) => Math.abs(lines[i].weight);
  const least = Math.min(...drawn.filter((i) => i !== weakest).map(strength));
  assert.ok(lines.every((_, i) => seen.has(i) || strength(i) <= least));
});

test("a weak line is seen, and a negative one is told without its colour", () => {
  const context = recorder();
  drawLines(context, [0.01, -0.01, 5].map((weight, path) => ({ path, weight })), { phase: null, chosen: -1 });
  const [positive, negative, strong] = context.strokes;
  assert.ok(positive.globalAlpha >= 0.3 && negative.globalAlpha >= 0.3);
  assert.notEqual(positive.strokeStyle, negative.strokeStyle);
  assert.notDeepEqual(positive.dash, negative.dash);
  assert.equal(strong.lineWidth, 10);
});
