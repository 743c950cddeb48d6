// The chart's axes, texts and gaps, and what is drawn where.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  axesOf, drawChart, gapsOf, logTicks, niceStep, plotOf, projection, tickText,
} from "../../static/js/draw/curves.js";

const SIZE = { width: 332, height: 150, zoom: 1 };
const textsOf = (ticks) => ticks.map(({ text }) => text);
const curves = (train, test = train) => ({ epochs: train.map((_, i) => i), train, test });

test("a loss begins at 0 and ends at a whole step", () => {
  const axes = axesOf(curves([0.51, 0.2, 0.003]), "loss", SIZE);
  assert.deepEqual(axes.up, [0, 0.6]);
  assert.deepEqual(textsOf(axes.yTicks), ["0", "0.2", "0.4", "0.6"]);
  assert.deepEqual(axes.across, [0, 10]);
});

test("a metric ends at 1, even if it never changes; R² has no lower end", () => {
  assert.deepEqual(axesOf(curves([1, 1]), "metric", SIZE).up, [0.9, 1]);
  assert.deepEqual(axesOf(curves([-7.3, 0.4]), "metric", SIZE).up, [-10, 1]);
  assert.deepEqual(textsOf(axesOf(curves([-7.3, 0.4]), "metric", SIZE).yTicks), ["−10", "−5", "0"]);
});

test("every tick of a logarithmic axis is a whole number, and the outermost hold all values", () => {
  const ends = [[0.003, 0.5], [0.4, 0.5], [0.02, 8], [1e-9, 1e32], [5, 5], [1e-12, 1e-11], [1, 1], [0.1, 10]];
  for (const [low, high] of ends) {
    for (const most of [2, 3, 6]) {
      const ticks = logTicks([low, high], most);
      const told = `${low} ${high} ${most}: ${textsOf(ticks)}`;
      assert.ok(ticks.length >= 2 && ticks.length <= most + 2, told);
      assert.ok(ticks[0].at <= low * 1.001 && ticks.at(-1).at >= high * 0.999, told);
      for (const { at, text } of ticks) assert.equal(text, tickText(at));
      for (const [i, { at }] of ticks.slice(1).entries()) assert.ok(at > ticks[i].at, told);
    }
  }
});

test("numbers at an axis are short, and say their power of ten", () => {
  const told = {
    0: "0", 0.1: "0.1", 20: "20", 1500: "1,500", 0.0001: "0.0001", 5e32: "5×10³²", 1e-7: "10⁻⁷", 2e-5: "2×10⁻⁵",
  };
  for (const [value, text] of Object.entries(told)) assert.equal(tickText(Number(value)), text);
  assert.equal(tickText(-0.5, 1), "−0.5");
  assert.equal(tickText(0.2, 2), "0.20");
  for (let power = -300; power <= 300; power += 7) assert.ok(tickText(Number(`5e${power}`)).length <= 8);
});

test("steps are 1, 2 or 5 times a power of ten", () => {
  for (const [least, step] of [[0.11, 0.2], [1, 1], [2.1, 5], [60, 100], [0.3, 0.5]]) {
    assert.equal(niceStep(least), step);
  }
});

test("the axes leave room for the longest number, in steps, and for a lane below", () => {
  const axes = axesOf(curves([3e32]), "loss", SIZE);
  const plot = plotOf(axes, SIZE, (text) => 7 * text.length);
  const widest = Math.max(...axes.yTicks.map(({ text }) => 7 * text.length));
  assert.ok(plot.left > widest);
  const laned = plotOf(axes, { ...SIZE, lane: 20 }, (text) => 7 * text.length);
  assert.equal(plot.bottom - laned.bottom, 20);
  assert.ok(laned.bottom - laned.top >= 60, "the plot stays readable above a lane");
});

test("a place in the chart is the epoch that is there", () => {
  const axes = axesOf(curves([0.5, 0.4, 0.3]), "log", SIZE);
  const plot = plotOf(axes, SIZE, () => 20);
  const { x, y, epoch } = projection(axes, plot);
  assert.ok(Math.abs(epoch(x(7)) - 7) < 1e-9);
  assert.equal(y(axes.up[0]), plot.bottom);
  assert.ok(Math.abs(y(axes.up[1]) - plot.top) < 1e-9);
});

test("gaps lie between two values; what is missing at an end is none", () => {
  assert.deepEqual(gapsOf([0, 1, 2, 3, 4, 5], [null, 1, null, null, 2, null]), [[1, 4]]);
  assert.deepEqual(gapsOf([0, 1], [1, 2]), []);
});

/** A context that notes what is drawn. */
function noted() {
  const calls = [];
  const context = new Proxy({ calls }, {
    get: (own, name) => own[name] ?? ((...given) => { calls.push([name, ...given, own.strokeStyle, own.lineWidth]); }),
    set: (own, name, value) => { own[name] = value; return true; },
  });
  return context;
}

test("two curves of three pixels, broken at a gap that is shaded; a cursor marks both", () => {
  const theme = { ink: "ink", muted: "muted", line: "line", edge: "edge", panel: "panel", font: "f", zoom: 1 };
  const data = curves([0.5, 0.4, null, 0.2, 0.1]);
  const axes = axesOf(data, "loss", SIZE);
  const context = noted();
  drawChart(context, data, axes, plotOf(axes, SIZE, () => 20), theme, 3);
  const strokes = context.calls.filter(([name]) => name === "stroke").map(([, colour, width]) => `${colour} ${width}`);
  assert.deepEqual(strokes.slice(1, 3), ["muted 3", "ink 3"]);
  assert.equal(context.calls.filter(([name]) => name === "fillRect").length, 1);
  assert.equal(context.calls.filter(([name]) => name === "arc").length, 2);
  const begins = context.calls.filter(([name, , , colour]) => name === "moveTo" && ["muted", "ink"].includes(colour));
  assert.equal(begins.length, 4, "each curve begins twice");
});
