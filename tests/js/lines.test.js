// The weights as lines: what is stroked, and how.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { BOLD_NEGATIVE, drawLines, drawSigns, widestLine } from "../../static/js/draw/lines.js";
import { light } from "../../static/js/network/links.js";

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

/** @param {string} colour as #rrggbb or rgb(r g b) */
function luminance(colour) {
  const parts = colour.startsWith("#") ? colour.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16))
    : colour.match(/\d+/g).map(Number);
  const [red, green, blue] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} a @param {string} b */
function contrast(a, b) {
  const [low, high] = [a, b].map(luminance).sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
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
  const lines = [0.2, 2, -2].map((weight, path) => {
    return { ...line(weight, path), signs: () => [{ x: 20 * path, y: 0 }] };
  });
  lines.push({ ...line(3, 3, "cut"), signs: () => [{ x: 80, y: 0 }] });
  drawSigns(context, lines, { ink: "#000", ground: "#fff", zoom: 1 });
  assert.deepEqual([context.discs, context.marks], [2, 2]);
});

test("no sign covers another: where its places are taken it goes to the next one, or is left out", () => {
  const context = recorder();
  const discs = [];
  context.arc = (x, y) => discs.push([x, y]);
  context.fill = () => {};
  const places = [{ x: 0, y: 0 }, { x: 100, y: 0 }];
  const lines = [2, -2, 2].map((weight, path) => ({ ...line(weight, path), signs: () => places }));
  drawSigns(context, lines, { ink: "#000", ground: "#fff", zoom: 1.35 });
  assert.deepEqual(discs, [[0, 0], [100, 0]]);
});

test("in lecture mode every line has 3:1 on the light ground and on the dark one, and is wider", () => {
  const context = recorder();
  const lines = [0.01, -0.01, 5].map((weight, path) => line(weight, path));
  drawLines(context, lines, { phase: null, chosen: -1, ink: "#000", bold: true });
  const style = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");
  const grounds = [...style.matchAll(/--panel: (#\w{6})/g)].map(([, colour]) => colour);
  assert.equal(grounds.length, 2);
  for (const { strokeStyle, globalAlpha } of context.strokes) {
    assert.equal(globalAlpha, 1);
    for (const ground of grounds) assert.ok(contrast(strokeStyle, ground) >= 3, `${strokeStyle} on ${ground}`);
  }
  assert.equal(context.strokes[1].strokeStyle, BOLD_NEGATIVE);
  assert.ok(context.strokes[2].lineWidth >= 13.5);
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

test("in the spotlight are a unit, its lines and their other ends; what is lit lies above what is dim", () => {
  const ends = [["x", "0.0"], ["y", "0.0"], ["x", "0.1"], ["0.0", "1.0"], ["0.1", "1.0"]];
  const lines = ends.map((each, path) => ({ ...line(0.1, path, path === 4 ? "cut" : null), ends: each }));
  const isDim = light(/** @type {any} */ (lines), "0.0");
  assert.deepEqual(lines.map(({ lit }) => lit), [true, true, false, true, false]);
  assert.deepEqual(["x", "y", "0.0", "0.1", "1.0", "xSquared"].map(isDim), [false, false, false, true, false, true]);
  const context = recorder();
  drawLines(context, lines, { phase: null, chosen: -1, ink: "#000" });
  assert.deepEqual(context.strokes.map(({ path }) => path), [2, 4, 0, 1, 3]);
  const alphas = context.strokes.map(({ globalAlpha }) => globalAlpha);
  assert.ok(alphas[0] <= 0.15 && alphas[1] <= 0.15);
  assert.deepEqual([alphas.slice(2), context.marks], [[1, 1, 1], 0]);
  assert.equal(light(/** @type {any} */ (lines), null)("0.1"), false);
  assert.equal(lines[0].lit, null);
});
