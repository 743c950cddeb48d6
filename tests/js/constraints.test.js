// What fits together on the page is what fits in engine/spec/spec.py: all combinations are asked of both.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { constraintsOf } from "../../static/js/model/constraints.js";
import { remember } from "../../static/js/model/tables.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env.PYTHON ?? `${root}/.venv/bin/python`;
const dump = `
import json
from itertools import product
from tinkernet.engine import Spec, SpecError, schema
fields = schema()
keys = {field["name"]: [choice["key"] for choice in field["choices"] or ()] for field in fields}
names = ["problem", "dataset", "output", "loss"]
cases = []
for *chosen, classes in product(*(keys[name] for name in names), range(2, 7)):
    given = dict(zip(names, chosen), classes=classes)
    try:
        task = Spec(seed="1", **given).task()
        cases.append([given, {"output": task.output, "loss": task.loss, "classes": task.classes}])
    except SpecError:
        cases.append([given, None])
print(json.dumps([fields, cases]))
`;
const dumped = execFileSync(python, ["-c", dump], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
const [fields, cases] = JSON.parse(dumped);
const constraints = constraintsOf(new Map(fields.map((field) => [field.name, field])));
const defaults = Object.fromEntries(fields.map((field) => [field.name, field.default]));
const NAMES = ["problem", "dataset", "output", "loss", "classes"];
const textOf = (given) => JSON.stringify(NAMES.map((name) => given[name]));
const fits = new Set(cases.filter(([, active]) => active).map(([given]) => textOf(given)));

test("what fits is left alone, and is taken for what it is", () => {
  assert.ok(fits.size > 500 && fits.size < cases.length - 500, `${fits.size} of ${cases.length}`);
  for (const [given, active] of cases) {
    if (!active) continue;
    const spec = { ...defaults, ...given };
    assert.deepEqual(constraints.mended(spec), { patch: {}, said: [] }, textOf(given));
    assert.equal(constraints.active("output", spec), active.output);
    assert.equal(constraints.active("loss", spec), active.loss);
    if (active.classes > 2) assert.ok(constraints.classRange(spec)?.[1] >= active.classes);
  }
});

test("an automatic number is that of the data set in use", () => {
  const field = fields.find(({ name }) => name === "points");
  assert.equal(constraints.own(field, defaults), 500);
  assert.equal(constraints.own(field, { ...defaults, problem: "regression" }), 1200);
  assert.equal(constraints.own(fields.find(({ name }) => name === "noise"), defaults), null);
});

test("a share of the second class counts where there are two classes", () => {
  const field = fields.find(({ name }) => name === "class_balance");
  for (const [given, isThere] of [
    [{}, true], [{ dataset: "moons", classes: 6 }, true], [{ dataset: "rings", classes: 2 }, true],
    [{ dataset: "rings", classes: 3 }, false], [{ problem: "regression" }, false],
  ]) assert.equal(constraints.counts(field, { ...defaults, ...given }), isThere, JSON.stringify(given));
});

test("classes that are drawn count with those of the set", () => {
  const counts = (given) => {
    const spec = { ...defaults, ...given };
    return [constraints.ownClassCount(spec), constraints.classCount(spec)];
  };
  assert.deepEqual(counts({ drawn_classes: 4 }), [2, 4]);
  assert.deepEqual(counts({ dataset: "rings", classes: 5, drawn_classes: 4 }), [5, 5]);
  assert.deepEqual(counts({ problem: "regression", drawn_classes: 4 }), [0, 0]);
});

test("a training share counts unless a column of the table says which rows train", () => {
  const field = fields.find(({ name }) => name === "train_percent");
  for (const split of [false, true]) {
    const data = `9x${split ? 3 : 4}c2.${"0".repeat(64)}`;
    remember({ type: "table", reference: data, split, columns: [], targets: [], classes: [] });
    assert.equal(constraints.counts(field, { ...defaults, data }), !split);
  }
});

test("what does not fit is made to, with a sentence for each change", () => {
  for (const [given, active] of cases) {
    if (active) continue;
    const { patch, said } = constraints.mended({ ...defaults, ...given });
    assert.ok(fits.has(textOf({ ...given, ...patch })), `${textOf(given)} became ${JSON.stringify(patch)}`);
    assert.equal(said.length, Object.keys(patch).length);
    assert.ok(said.length > 0 && said.every((sentence) => /^[A-Z].*\.$/.test(sentence)), said.join(" "));
    assert.equal("problem" in patch || "dataset" in patch, false);
  }
});

test("only what fits is offered", () => {
  for (const name of ["output", "loss"]) {
    const field = fields.find((each) => each.name === name);
    for (const [given, active] of cases) {
      if (!active) continue;
      const spec = { ...defaults, ...given };
      for (const one of field.choices) {
        const asked = { ...given, [name]: one.key, ...(name === "output" ? { loss: "auto" } : {}) };
        const isOffered = constraints.offered(field, spec).includes(one);
        assert.equal(isOffered, fits.has(textOf(asked)), `${one.key} beside ${textOf(given)}`);
      }
    }
  }
});

test("a setting counts while what it belongs to is chosen", () => {
  const field = (name) => fields.find((each) => each.name === name);
  const counts = (name, patch) => constraints.counts(field(name), { ...defaults, ...patch });
  const beside = (name, optimisers) => optimisers.map((optimiser) => counts(name, { optimiser }));
  assert.deepEqual(beside("momentum", ["sgd", "momentum", "nesterov", "adam"]), [false, true, true, false]);
  assert.deepEqual(beside("weight_decay", ["sgd", "adamw", "lion"]), [false, true, true]);
  assert.equal(counts("schedule_factor", { schedule: "step" }), true);
  assert.equal(counts("schedule_factor", { schedule: "cosine" }), false);
  assert.equal(counts("classes", { dataset: "blobs" }), true);
  assert.equal(counts("classes", { dataset: "circle" }), false);
  assert.equal(counts("dropout", {}), true);
  assert.deepEqual(constraints.ends(field("classes"), { ...defaults, dataset: "rings" }), [2, 5]);
});

test("a setting of a choice counts where the choice is automatic", () => {
  const settingsOf = ({ key }) => (key === "crossEntropy" ? ["epsilon"] : []);
  const changed = fields.map((field) => {
    return { ...field, choices: field.choices?.map((each) => ({ ...each, settings: settingsOf(each) })) };
  });
  const of = constraintsOf(new Map(changed.map((field) => [field.name, field])));
  const epsilon = fields.find(({ name }) => name === "epsilon");
  assert.ok(of.counts(epsilon, { ...defaults, output: "softmax", loss: "auto" }));
  assert.ok(!of.counts(epsilon, { ...defaults, output: "tanh", loss: "auto" }));
});
