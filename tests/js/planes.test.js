// Planes through the inputs of a stored data set, and the names of what it has: in raw units, from the server's facts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { histogram } from "../../static/js/draw/histogram.js";
import { className, unitName, withClassName } from "../../static/js/model/names.js";
import { axesOf, planeName, readPlane } from "../../static/js/model/planes.js";
import { sizeText, tableInputs } from "../../static/js/model/table_words.js";
import { remember } from "../../static/js/model/tables.js";

const reference = (shape) => `${shape}.${"0".repeat(64)}`;
const column = (name, offset, scale) => ({
  name, unit: "cm", offset, scale, low: offset - scale, high: offset + scale, counts: [1, 0, 4, 2],
});
const FACTS = {
  type: "table", title: "Flowers", source: "", licence: "", split: false,
  targets: [], classes: ["Rose", "Tulip", "Lily"],
};
const FOUR = reference("150x4c3");
const spec = {
  data: FOUR, problem: "classification", features: ["in.0", "in.1", "in.2", "in.3"], hidden: [4], output: "softmax",
  class_names: [],
};
const unknown = { ...spec, data: reference("9x4c3").replace("000", "111") };
remember({ ...FACTS, reference: FOUR, columns: ["a", "b", "c", "d"].map((name, i) => column(name, 10 * i, i + 1)) });
remember({ ...FACTS, reference: reference("20x2c3"), columns: [column("left", 5, 2), column("down", -1, 0.1)] });

test("units and classes have the names of the data, and numbers while these are not known", () => {
  assert.equal(unitName("in.2", spec), "Input c");
  assert.equal(className(1, spec), "Tulip");
  assert.equal(unitName("in.2", unknown), "Input Column 3");
  assert.equal(className(1, unknown), "Class 2");
  assert.equal(className(1, { ...unknown, class_names: ["cat", "dog"] }), "dog");
  assert.deepEqual(withClassName(1, " dog, small ", 3, unknown), ["Class 1", "dog small", "Class 3"]);
  assert.deepEqual(withClassName(0, "", 2, { ...unknown, class_names: ["cat", "Class 2"] }), []);
  assert.equal(sizeText(spec), "150 rows, 4 columns, 3 classes");
  const { key, label, range } = tableInputs(spec)[1];
  assert.deepEqual([key, label, range], ["in.1", "b", "8 – 12 cm"]);
  assert.equal(tableInputs(unknown).length, 4);
});

test("the name of a plane is read and written", () => {
  for (const text of ["2,0", "2,0@17"]) assert.equal(planeName(readPlane(text)), text);
  assert.equal(readPlane(""), null);
  assert.equal(planeName(null), "");
});

test("axes along columns have their raw numbers", () => {
  const axes = new Float64Array(8);
  [axes[3], axes[4]] = [0.5, 0.25]; // d across, a up
  const points = { plane: "3,0", origin: Float64Array.of(1, 0, 0, 2), axes };
  const [across, up] = axesOf(spec, points);
  assert.deepEqual([across.name, up.name], ["d (cm)", "a (cm)"]);
  assert.equal(across.text(2), "42 cm"); // 30 + 4 * (2 + 2 * 0.5)
  assert.equal(up.text(-4), "0 cm"); // 0 + 1 * (1 - 4 * 0.25)
  for (const { at, text } of across.ticks) assert.ok(Math.abs(30 + 4 * (2 + at * 0.5) - Number(text)) < 1e-9);
  assert.ok(across.ticks.length >= 3 && across.ticks.every(({ at }) => Math.abs(at) <= 6));
});

test("main directions say how much of the variance they hold", () => {
  const shares = Float64Array.of(0.73, 0.226);
  const points = { plane: "", origin: new Float64Array(4), axes: new Float64Array(8), shares };
  const [across, up] = axesOf(spec, points);
  assert.deepEqual([across.name, up.name, across.ticks], ["Direction 1 (73 %)", "Direction 2 (23 %)", []]);
});

test("two columns of a stored set are the plane itself; generated points have no names", () => {
  const [across, up] = axesOf({ ...spec, data: reference("20x2c3"), features: ["x"] }, {});
  assert.deepEqual([across.text(1), up.text(2)], ["7 cm", "−0.8 cm"]);
  assert.equal(unitName("x", { ...spec, data: reference("20x2c3") }), "Input left");
  assert.equal(axesOf({ ...spec, data: "" }, {}), null);
  assert.equal(axesOf(spec, { origin: new Float64Array(2) }), null); // points of the data before
});

test("a histogram rises from its ground as the counts do", () => {
  const rows = [...histogram([0, 1, 4, 2])].reduce((found, byte, i) => {
    if (i % 4 === 0) found.push("");
    found[found.length - 1] += byte ? "#" : ".";
    return found;
  }, []);
  assert.deepEqual(rows, ["....", "..#.", "..##", ".###"]);
});
