// The page reads formulas as the server does (engine/data/expression_parser.py): the same errors, and the same values
// up to the last digits. Both read the same texts, which are drawn by chance.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { ParseError, columnText, numbered, parsed } from "../../static/js/model/expressions.js";
import { classesPreview, valuePreview } from "../../static/js/model/previews.js";
import { canonical, encoded, isWritten, readable } from "../../static/js/model/written.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env.PYTHON ?? `${root}/.venv/bin/python`;
const PLACES = [[0, 2], [1, 3], [2, -1], [-1, 0.5]];
const answer = `
import json, sys
import numpy as np
from tinkernet.engine.data.expression_parser import ParseError, parsed
from tinkernet.engine.data.expressions import canonical, values
from tinkernet.engine.data.written import classes_at, height, _grid

def told(text):
    try:
        found = values(text, *np.array(${JSON.stringify(PLACES)}, float).T)
        return [parsed(text).kind, [None if np.isnan(each) else each for each in found.tolist()], canonical(text)]
    except ParseError as error:
        return [error.position, str(error)]

regions = classes_at(("log(x) > y", "y > 2"), _grid())
counts = [int((regions == number).sum()) for number in range(3)] + [int(np.isnan(regions).sum())]
print(json.dumps([[told(text) for text in json.load(sys.stdin)], counts, height("x*y")]))
`;

let state = 1;
/** A number below `count`, from a generator that is the same everywhere. */
const below = (count) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * count);
};
const pick = (items) => items[below(items.length)];
const PARTS = ("x y pi e 2 .5 3e2 X + - − * / ^ < <= > >= = != and or not ( ) ) sin( cos( log( sqrt( min( atan2( "
  + "gauss( , ; é foo ==").split(" ");
const jumble = () => Array.from({ length: 1 + below(12) }, () => pick(PARTS)).join(pick(["", " "]));
const ONE = "sin cos tan exp log sqrt abs sign floor gauss".split(" ");
function number(depth) {
  const kind = depth > 0 ? below(6) : 0;
  if (kind < 2) return pick(["x", "y", "pi", "2", "0.5", "10"]);
  if (kind === 2) return `(${number(depth - 1)}${pick([..."+-*/^"])}${number(depth - 1)})`;
  if (kind === 3) return `${pick([..."+-"])}${number(depth - 1)} ${pick([..."+-*/^"])} ${number(depth - 1)}`;
  return kind === 4 ? `${pick(ONE)}(${number(depth - 1)})`
    : `${pick(["min", "max", "atan2"])}(${number(depth - 1)}, ${number(depth - 1)})`;
}
const condition = (depth) => (depth < 1 || below(2)
  ? `${number(2)} ${pick(["<", "<=", ">", ">=", "=", "!="])} ${number(2)}`
  : `${pick(["", "not "])}(${condition(depth - 1)}) ${pick(["and", "or"])} ${condition(depth - 1)}`);
const texts = [
  ...Array.from({ length: 1500 }, jumble), ...Array.from({ length: 700 }, () => number(4)),
  ...Array.from({ length: 300 }, () => condition(2)),
  "(".repeat(40), `${"-".repeat(40)}x`, `x${"^x".repeat(40)}`, `${"x+".repeat(100)}x`, "x".repeat(400),
  `${"not ".repeat(40)}x<1`,
];
const [told, counts, height] = JSON.parse(execFileSync(python, ["-c", answer], {
  cwd: root, encoding: "utf8", input: JSON.stringify(texts), maxBuffer: 1e8,
}));

test("the page and the server read every text alike", () => {
  let good = 0;
  texts.forEach((text, i) => {
    const [first, second, kept] = told[i];
    try {
      const { kind, value } = parsed(text);
      assert.equal(kind, first, text);
      good += 1;
      PLACES.forEach(([x, y], place) => {
        const [here, there] = [value(x, y), second[place]];
        if (there === null) return assert.ok(Number.isNaN(here), `${text} at ${x}, ${y}: ${here}`);
        const isNear = Math.abs(here - there) <= 1e-9 * Math.max(1, Math.abs(there));
        assert.ok(isNear, `${text} at ${x}, ${y}: ${here}, ${there}`);
      });
      assert.equal(canonical(text), kept);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      assert.deepEqual([error.position, error.message], [first, second], text);
    }
  });
  assert.ok(good > 900, String(good));
});

test("a preview looks where the server does", () => {
  const { shares, holes } = classesPreview(["log(x) > y", "y > 2"].map((text) => parsed(text).value));
  assert.deepEqual([...shares, holes], counts.map((count) => count / 61 ** 2));
  assert.equal(valuePreview(parsed("x*y").value).scale, height);
});

test("a formula is kept without commas, and shown with them", () => {
  assert.equal(canonical("  max(x,  y) − 1 "), "max(x; y) - 1");
  assert.equal(readable("max(x;y) - min(1; y)"), "max(x, y) - min(1, y)");
  assert.equal(encoded("a*(b)'!,<"), "a%2A%28b%29%27%21,%3C");
  assert.ok(isWritten("=x") && !isWritten("x"));
});

test("a formula of a table's columns names them, in quotation marks where it must", () => {
  const names = ["Petal width", "price", "Größe", "x", "e", 'a "b"', "Price"];
  assert.deepEqual(names.map((_, column) => columnText(column, names)), [
    '"Petal width"', "price", "Größe", "x", '"e"', "in.5", '"Price"',
  ]);
  assert.equal(numbered('"Petal width" * PRICE - größe^2 + max(x, "e") / e', names),
    "in.0 * in.1 - in.2^2 + max(in.3, in.4) / e");
  assert.equal(numbered('in.5+"Price"', names), "in.5+in.6");
  assert.equal(parsed('min("Petal width"; price)', "a number", names).kind, "a number");
  for (const [text, position, said] of [
    ["price + y", 8, "Expected the name of a column, pi, e or a function at character 8, found “y”."],
    ['"Petal"', 0, 'Expected the name of a column, pi, e or a function at character 0, found “"Petal"”.'],
    ['2 * "price', 4, 'Expected a number, a name or “(” at character 4, found “"”.'],
    ["in.7", 0, "Expected the name of a column, pi, e or a function at character 0, found “in.7”."],
  ]) assert.throws(() => parsed(text, "a number", names), { position, message: said });
});
