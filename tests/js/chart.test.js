// What the chart shows of a run, and what is said about it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { chartOf } from "../../static/js/model/chart.js";
import { NEW_RUN } from "../../static/js/model/run.js";

const spec = { problem: "classification" };
const losses = (...train) => ({
  stride: 1, count: train.length, train: Float32Array.from(train), test: Float32Array.from(train), last: null,
});
const run = (given) => ({ ...NEW_RUN, spec, ...given });
const record = (epoch, accuracy) => ({ epoch, train: { accuracy }, test: { accuracy } });

test("a whole curve needs no word", () => {
  const { name, epochs, note } = chartOf(run({ losses: losses(0.5, 0.25) }), "loss", 100);
  assert.deepEqual([name, epochs, note], ["Loss", [0, 1], ""]);
});

test("a gap is explained, and so is a loss that is not a number", () => {
  const gap = losses(0.5, NaN, 0.25);
  assert.match(chartOf(run({ losses: gap }), "loss", 100).note, /^Shaded: .*did not arrive/);
  const diverged = run({ losses: losses(0.5, NaN), divergedAt: 1 });
  assert.equal(chartOf(diverged, "loss", 100).note, "At epoch 1 the loss is not a number.");
  assert.match(chartOf(run({ losses: losses(0.5, 0) }), "log", 100).note, /0 has no place/);
  assert.equal(chartOf(run({ losses: losses(0.5, 0) }), "loss", 100).note, "");
  const untested = run({ losses: losses(0.5), points: { train: 1, test: 0 } });
  assert.equal(chartOf(untested, "loss", 100).note, "There are no test points.");
});

test("accuracy says since when it is measured, unless it is from the start", () => {
  const late = chartOf(run({ metrics: [record(1200, 0.5), record(1201, 0.75)] }), "metric", 100);
  assert.deepEqual([late.name, late.train, late.note], ["Accuracy", [0.5, 0.75], "Measured since epoch 1,200."]);
  assert.equal(chartOf(run({ metrics: [record(0, 0.5)] }), "metric", 100).note, "");
  assert.equal(chartOf(run({}), "metric", 100).note, "Measuring…");
});

test("a loss that stays above where it began is said not to fall", () => {
  const at = (values) => chartOf(run({ losses: losses(...values) }), "loss", 200).note;
  const said = "The loss is not falling: lower the rate.";
  const shaken = Array.from({ length: 100 }, (_, i) => (i === 0 ? 0.5 : 1.1 + 0.05 * Math.sin(7 * i)));
  assert.equal(at(shaken), said);
  assert.equal(at(shaken.slice(0, 40)), "", "too early to say");
  assert.equal(at(shaken.map((value, i) => value * 0.98 ** i)), "", "it falls");
  assert.equal(at(Array(100).fill(0.5)), "", "a lower rate would not help");
  assert.equal(at([0.5, ...Array(20).fill(1.1), ...Array(80).fill(0.01)]), "", "it fell");
  assert.equal(at([NaN, ...Array(100).fill(1.1)]), "", "the start is not known");
});
