// The page reads and writes links by the same rules as engine/spec/link.py. One corpus, tests/links.json, holds both to
// them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { DEFAULT_VIEW, PAGE_PARTS, formatLink, newSeed, sameSpec } from "../../static/js/model/link.js";
import { parseLink } from "../../static/js/model/link_reading.js";
import { SIGNS } from "../../static/js/model/repair.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env.PYTHON ?? `${root}/.venv/bin/python`;
const dump = `
import json
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine import schema
print(json.dumps([schema(), [feature.key for feature in FEATURES]]))
`;
const [fields, featureKeys] = JSON.parse(execFileSync(python, ["-c", dump], { cwd: root, encoding: "utf8" }));
const corpus = JSON.parse(readFileSync(`${root}/tests/links.json`, "utf8"));
const read = (link) => parseLink(link, fields, featureKeys);

for (const { link, spec, error, said } of corpus) {
  if (error) {
    test(`refuses ${error} of ${link.slice(0, 60)}`, () => {
      const { problems } = read(link);
      assert.ok(problems.some(({ field }) => field === error), JSON.stringify(problems));
    });
  } else {
    test(`reads ${link.slice(0, 80) || "the empty link"}`, () => {
      const got = read(link);
      assert.deepEqual(got.problems, []);
      for (const [name, value] of Object.entries(spec)) assert.deepEqual(got.spec[name], value, name);
      assert.equal(got.remarks.length > 0, said !== undefined, got.remarks.join());
      for (const part of said ?? []) assert.ok(got.remarks.join(" ").includes(part), got.remarks.join());
    });
  }
}

test("what is written reads back the same, spec and view", () => {
  const { spec } = read("#activation=relu&networkShape=8,3&seed=abc&sinX=true&noise=35");
  const view = { ...DEFAULT_VIEW, discretize: true, hidden: ["playButton", "noise"] };
  const again = read(formatLink(spec, view, fields, featureKeys));
  assert.ok(sameSpec(again.spec, spec));
  assert.deepEqual(again.view, view);
});

test("every field, otherwise than by default, comes back: here, and in the engine", () => {
  /** One more value of each kind, from the schema itself. */
  const otherwise = Object.fromEntries(fields.map((field) => {
    const { name, kind, default: usual, choices, minimum, maximum } = field;
    const other = (choices ?? []).map(({ key }) => key).filter((key) => key !== usual);
    switch (kind) {
      case "choice": return [name, name === "problem" ? usual : other.at(-1)];
      case "flag": return [name, !usual];
      case "text": return [name, name === "data" ? `9x2c2.${"0".repeat(64)}` : "0.123/b"];
      case "features": return [name, [...featureKeys.filter((_, i) => i % 3 === 0), "=max(x; y)^2", "=x - 1"]];
      case "formula": return [name, "min(x; y) + 1 / x"];
      case "formulas": return [name, ["x < 1 and y != 2", "max(x;y) > 3"]];
      case "sizes": return [name, [3, 17, 100]];
      case "list": return [name, choices ? other.slice(0, 3) : ["0.1", "0.2.1"]];
      default: return [name, kind === "integer" ? Math.min(maximum, minimum + 4) : (minimum / 7) * 6 + maximum / 7];
    }
  }));
  const spec = { ...otherwise, output: "sigmoid", loss: "huber" };
  const link = formatLink(spec, DEFAULT_VIEW, fields, featureKeys);
  const got = read(link);
  assert.deepEqual(got.problems, []);
  assert.deepEqual(got.spec, spec);
  const code = `
import json, sys
from tinkernet.engine import spec_from_link
print(json.dumps(spec_from_link(sys.argv[1]).to_dict()))
`;
  assert.deepEqual(JSON.parse(execFileSync(python, ["-c", code, `#${link}`], { cwd: root, encoding: "utf8" })), spec);
});

test("a seed that cannot be used is no seed: the page draws one", () => {
  assert.equal(read("#seed=1").seeded, true);
  assert.equal(read("#dataset=xor").seeded, false);
  assert.equal(read(`#seed=${"x".repeat(4097)}`).seeded, false);
});

test("signs on weights, lecture mode and the embed view are in the link", () => {
  const { spec } = read("#seed=1");
  assert.equal(read("#seed=1&embed=1").view.embed, true);
  for (const flag of ["signs", "lecture", "embed"]) {
    const link = formatLink(spec, { ...DEFAULT_VIEW, [flag]: true }, fields, featureKeys, 60);
    assert.ok(link.endsWith(`&${flag}=true`));
    assert.deepEqual([read(link).view[flag], read(link).remarks, read("#seed=1").view[flag]], [true, [], false]);
  }
});

test("the speed and the logarithmic axis are in the link; what is no speed is said", () => {
  const { spec } = read("#seed=1");
  for (const speed of [250, null, 60]) {
    const link = formatLink(spec, { ...DEFAULT_VIEW, logLoss: true }, fields, featureKeys, speed);
    assert.equal(link.includes("speed="), speed !== 60);
    const got = read(link);
    assert.deepEqual([got.speed, got.view.logLoss, got.problems, got.remarks], [speed, true, [], []]);
  }
  assert.deepEqual([read("#seed=1").speed, read("#seed=1").view.logLoss], [60, false]);
  for (const text of ["0", "-5", "fast", "1e9", "NaN"]) {
    const got = read(`#speed=${text}`);
    assert.equal(got.speed, 60);
    assert.deepEqual(got.problems.map(({ key, value, allowed }) => [key, value, allowed]),
      [["speed", text, "a number from 1 to 100000, or fastest"]]);
  }
  assert.equal(read("#speed=30").empty, false);
});

test("no hidden layer is written and read", () => {
  const { spec } = read("#networkShape=&seed=1");
  assert.deepEqual(read(formatLink(spec, DEFAULT_VIEW, fields, featureKeys)).spec.hidden, []);
});

test("an address with nothing in it is told from one that asks for the defaults", () => {
  assert.equal(read("").empty, true);
  assert.equal(read("#utm=1").empty, true);
  assert.equal(read("#activation=tanh").empty, false);
  assert.equal(read("#hideText=true").empty, false);
});

test("the engine knows every key that the page writes, and reads the same signs as the beginnings of keys", () => {
  const { spec } = read("#v=1&seed=1");
  const hidden = [...PAGE_PARTS, ...featureKeys, "dataset", "noise"];
  const view = { showTestData: true, discretize: true, hideText: true, hidden };
  const link = formatLink(spec, view, fields, featureKeys);
  assert.deepEqual(read(link).remarks, []);
  const code = `
import json, sys
from tinkernet.engine.spec.link import read_link
from tinkernet.engine.spec.repair import SIGNS
print(json.dumps([read_link(sys.argv[1]).remarks, SIGNS]))
`;
  const [remarks, signs] = JSON.parse(execFileSync(python, ["-c", code, `#${link}`], { cwd: root, encoding: "utf8" }));
  assert.deepEqual(remarks, []);
  assert.deepEqual(signs, SIGNS);
});

test("a link of the original hides the buttons of layers and keeps those of neurons; ours hides both", () => {
  assert.deepEqual(read("#numHiddenLayers_hide=true&noise_hide=true").view.hidden, ["layers", "noise"]);
  assert.deepEqual(read("#v=1&numHiddenLayers_hide=true").view.hidden, ["numHiddenLayers"]);
  const { spec, view } = read("#numHiddenLayers_hide=true&seed=1");
  assert.deepEqual(read(formatLink(spec, view, fields, featureKeys)).view, view);
});

test("a stored data set is named with its inputs; what does not go with it is said", () => {
  const data = `40x4n2.${"0".repeat(64)}`;
  const spec = { ...read("#v=1&seed=1").spec, data, problem: "regression" };
  for (const features of [["in.0", "in.2"], []]) {
    const got = read(formatLink({ ...spec, features }, DEFAULT_VIEW, fields, featureKeys));
    assert.deepEqual([got.spec, got.problems, got.remarks], [{ ...spec, features }, [], []]);
  }
  const whole = formatLink({ ...spec, features: ["in.0"] }, DEFAULT_VIEW, fields, featureKeys);
  const changes = [["40x4n2", "40x4c2"], ["inputs=0", "inputs=4"], ["40x4n2", "40x0n2"], ["inputs=0", "x=true"]];
  for (const [from, to] of changes) {
    const got = read(whole.replace(from, to));
    assert.deepEqual(got.problems.map(({ field }) => field), ["data"]);
    assert.deepEqual([got.spec.data, got.spec.features], ["", ["x", "y"]]);
  }
});

test("a seed is five digits", () => assert.match(newSeed(), /^[01]\.\d{5}$/));
