// Where epochs are on the other axes of the chart.
import assert from "node:assert/strict";
import { test } from "node:test";

import { EPOCHS, axesOf, plotOf, projection } from "../../static/js/draw/curves.js";
import { alongOf } from "../../static/js/model/effort.js";
import { NEW_RUN } from "../../static/js/model/run.js";

const knots = (...rows) => Float64Array.from(rows.flat());
const OWN = knots([0, 0, 0, 0], [10, 30, 500, 0.5], [20, 530, 1000, 2.5]);
const run = (efforts) => ({ ...NEW_RUN, restarts: 1, efforts });

test("an epoch is where its updates, examples and seconds are", () => {
  const branch = { restarts: 1, knots: knots([0, 0, 0, 0], [10, 10, 0, 0]) };
  const found = run({ "": { restarts: 1, knots: OWN }, B: branch });
  const [updates, examples, time] = ["updates", "examples", "time"].map((across) => alongOf(found, across));
  assert.deepEqual([0, 5, 10, 15, 20].map((epoch) => updates.to(epoch)), [0, 15, 30, 280, 530]);
  assert.deepEqual([15, 280].map(updates.from), [5, 15]);
  assert.equal(examples.to(15), 750);
  assert.equal(time.to(15), 1.5);
  assert.equal(updates.to(5, "B"), 5);
  assert.ok(Number.isNaN(updates.to(5, "C")), "nothing is known of it");
  assert.deepEqual([updates.text(15), examples.text(2), time.text(15)], ["280 updates", "100 examples", "1.5 s"]);
  assert.equal(updates.to(21), 580, "beyond the newest count as before it");
});

test("nothing is on another axis before it is counted, nor by the count of a run that has begun anew", () => {
  assert.equal(alongOf(run({}), "time"), null);
  assert.equal(alongOf(run({ "": { restarts: 0, knots: OWN } }), "time"), null);
  assert.equal(alongOf(run({ "": { restarts: 1, knots: knots([7, 0, 0, 0]) } }), "time").since, 7);
});

test("the ends and ticks of the axis are of its own numbers, its places of epochs", () => {
  const along = alongOf(run({ "": { restarts: 1, knots: OWN } }), "time");
  const size = { width: 332, height: 150, zoom: 1 };
  const axes = axesOf({ epochs: [0, 10, 20], train: [1, 1, 1], test: [1, 1, 1] }, "loss", size, along);
  assert.deepEqual(axes.across, [0, 2.5]);
  assert.deepEqual(axes.xTicks.slice(0, 2).map(({ text }) => text), ["0", "0.5"]);
  const { x, epoch } = projection(axes, plotOf(axes, size, () => 20));
  assert.equal(epoch(x(15)), 15);
  assert.ok(x(10) < projection(axesOf({ epochs: [20], train: [1], test: [1] }, "loss", size, EPOCHS),
    plotOf(axes, size, () => 20)).x(10), "the first epochs were the faster ones");
});
