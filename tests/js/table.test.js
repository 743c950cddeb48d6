// The import sheet: what its pickers ask for, and what is said of a table.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  badText, dataText, detailText, doubtful, guessed, isOpen, picked, sizeText, withKind, withRole,
} from "../../static/js/model/table.js";
import { lines } from "../../static/js/wire/table.js";

const column = (name, kind, role) => ({ name, unit: "", kind, kinds: ["number", "class"], role, roles: {} });
const columns = [column("a", "number", "input"), column("b", "number", "input"), column("c", "class", "target")];
const table = { rows: 9, taken: 9, left_out: 0, notes: [], scaled: true, bad: [], bad_count: 0, columns, shown: [] };
const answer = { refusal: "", text: null, layout: { separator: ";", decimal: ",", header: "names", ties: [] }, table };
const data = {
  rows: 1370, inputs: 4, kind: "class", targets: ["class"], classes: [["genuine", 761], ["forged", 609]], scales: {},
  split: false,
};

test("a picker keeps what is shown beside it, unless that hangs on it", () => {
  const chosen = { ...guessed(), encoding: "utf-8", kinds: { 1: "class" } };
  assert.deepEqual(picked(chosen, answer, "decimal", "."),
    { ...chosen, separator: ";", decimal: ".", header: "names" });
  const soon = picked({ ...chosen, separator: "|" }, answer, "decimal", "."); // before the answer
  assert.deepEqual([soon.separator, soon.decimal], ["|", "."]);
  assert.deepEqual(picked(chosen, answer, "separator", ","), { ...guessed(), encoding: "utf-8", separator: "," });
  assert.deepEqual(picked(chosen, answer, "encoding", "utf-16"), { ...guessed(), encoding: "utf-16" });
});

test("what several readings share is no question", () => {
  const open = (ties) => ["separator", "decimal", "header"].filter((key) => {
    return isOpen({ ...answer, layout: { ...answer.layout, ties } }, key);
  });
  assert.deepEqual(open([]), []);
  assert.deepEqual(open([[";", "."]]), ["decimal"]);
  assert.deepEqual(open([[",", "."]]), ["separator"]);
  assert.deepEqual(open([[",", "."], [";", "."]]), ["separator", "decimal"]);
});

test("a column that becomes words is no second target", () => {
  const chosen = withKind({ ...guessed(), roles: { 0: "input" } }, table, 0, "class");
  assert.deepEqual([chosen.kinds, chosen.roles], [{ 0: "class" }, { 0: "out" }]);
  const only = withKind(guessed(), { ...table, columns: columns.slice(0, 2) }, 1, "class");
  assert.deepEqual([only.kinds, only.roles], [{ 1: "class" }, {}]);
});

test("inputs are reconstructed all together", () => {
  const chosen = { ...guessed(), roles: { 0: "input", 1: "out", 2: "target" } };
  assert.deepEqual(withRole(chosen, 3, "reconstruct").roles, { 1: "out", 3: "reconstruct" });
  assert.deepEqual(withRole({ ...guessed(), roles: { 3: "reconstruct" } }, 0, "input").roles, { 0: "input" });
  assert.deepEqual(withRole(chosen, 1, "input").roles, { 0: "input", 1: "input", 2: "target" });
});

test("what the table makes, in words", () => {
  assert.equal(dataText(data), "1,370 rows, 4 inputs, 2 classes.");
  assert.equal(detailText(data, true), "genuine: 761, forged: 609. Inputs are standardised.");
  const numbers = { ...data, kind: "number", classes: [], inputs: 1, targets: ["price"], split: true };
  assert.equal(dataText(numbers), "1,370 rows, 1 input, learns “price”.");
  assert.equal(detailText(numbers, true),
    "Inputs are standardised, targets scaled to −1 to 1. The table says which rows are for training.");
  assert.equal(detailText({ ...numbers, split: false }, false), "");
  assert.deepEqual([37, 45_200, 2_500_000].map(sizeText), ["37 bytes", "45 kB", "2.5 MB"]);
});

test("cells that cannot be used are named by row and column", () => {
  const bad = [{ row: 118, column: 0, cell: "x", missing: false }, { row: 1041, column: 2, cell: "", missing: true }];
  const found = { ...table, bad, bad_count: 2 };
  assert.deepEqual(badText(found),
    { lead: "2 cells are missing or not numbers: ", cells: "row 118, a “x”; row 1,041, c empty." });
  assert.deepEqual(badText({ ...found, bad: bad.slice(0, 1), bad_count: 1 }).lead, "1 cell is not a number: ");
  assert.match(badText({ ...found, bad: Array(6).fill(bad[1]), bad_count: 6 }).cells, /(row 1,041, c empty; ){4}…$/);
  assert.deepEqual(doubtful(found), [0]);
});

test("lines are whole, however a text comes", async () => {
  async function* pieces() { yield* ["a\nb", "", "c\n\nd"]; }
  const found = [];
  for await (const line of lines(pieces())) found.push(line);
  assert.deepEqual(found, ["a", "bc", "", "d"]);
});
