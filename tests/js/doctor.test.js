// The doctor tells only what has held for a while, and remembers the last healthy epoch.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NOTHING, remediesOf, watched } from "../../static/js/model/doctor.js";

const seen = (...records) => records.reduce((watch, [key, epoch, restarts = 1]) => {
  return watched(watch, { key, epoch, restarts });
}, NOTHING);

test("a diagnosis is due after five records in a row", () => {
  const four = [["", 10], ["plateau", 20], ["plateau", 30], ["plateau", 40], ["plateau", 50]];
  assert.equal(seen(...four).isDue, false);
  const due = seen(...four, ["plateau", 60]);
  assert.deepEqual([due.isDue, due.key, due.healthy], [true, "plateau", 10]);
  assert.equal(seen(["plateau", 20], ["dead", 30], ["plateau", 40], ["plateau", 50], ["plateau", 60]).isDue, false);
  assert.equal(seen(...Array(9).fill(["plateau", 20])).isDue, false); // the same record
});

test("a loss that is no number is told at once", () => {
  const due = seen(["", 10], ["diverged", 12]);
  assert.deepEqual([due.isDue, due.healthy], [true, 10]);
});

test("it goes when it is gone twice, and with the run", () => {
  const due = [20, 25, 30, 35, 40].map((epoch) => ["plateau", epoch]);
  assert.equal(seen(...due, ["", 50]).isDue, true);
  assert.equal(seen(...due, ["", 50], ["", 60]).isDue, false);
  assert.equal(seen(...due, ["", 50], ["plateau", 60]).isDue, true);
  assert.deepEqual(seen(...due, ["", 0, 2]), { ...NOTHING, restarts: 2, held: -1, epoch: 0, healthy: 0 });
});

test("remedies are fields of the spec", () => {
  const part = { firstLabel: "Adam", firstChanges: '{"optimiser":"adam"}', secondLabel: "", secondChanges: "" };
  assert.deepEqual(remediesOf(part), [{ label: "Adam", changes: { optimiser: "adam" } }]);
});
