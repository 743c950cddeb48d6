// The data sets that somebody keeps: their names, and the file that carries them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fileOf, freeName, pointsIn, readFile } from "../../static/js/model/own_sets.js";

const SETS = [{ name: "Moons", csv: "x,y,class\n1,2,a\n3,4,b\n" }, { name: "Moons 2", csv: "x,y,class\n1,2,a" }];

test("a name is free, short and never empty", () => {
  assert.equal(freeName("  My   data ", []), "My data");
  assert.equal(freeName("Moons", SETS), "Moons 3");
  assert.equal(freeName("", SETS), "My data");
  const long = "n".repeat(80);
  assert.equal(freeName(long, []).length, 60);
  assert.equal(freeName(long, [{ name: freeName(long, []), csv: "" }]), `${"n".repeat(56)} 2`);
});

test("a file gives its sets back, and a sentence for anything else", () => {
  assert.deepEqual(readFile(fileOf(SETS)), { sets: SETS });
  assert.deepEqual(SETS.map(pointsIn), [2, 1]);
  for (const [text, problem] of [
    ["", /not JSON/],
    ["{}", /no data sets/],
    ["[1]", /no data sets/],
    [fileOf([]), /no set in this file/],
    [fileOf([SETS[0], { name: " ", csv: "x" }]), /^Set 2 of this file has no name or no table/],
    [fileOf([{ name: "a", csv: 3 }]), /^Set 1/],
    [JSON.stringify({ ...JSON.parse(fileOf(SETS)), version: 2 }), /newer version/],
    [fileOf(Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, csv: "x" }))), /more than 100/],
  ]) assert.match(readFile(text).problem, problem);
});
