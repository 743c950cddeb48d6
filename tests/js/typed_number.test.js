// What people type for numbers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { typedNumber, withPoint } from "../../static/js/ui/text.js";

test("a decimal comma is a decimal point", () => {
  const cases = [
    ["0,5", 0.5], ["0.5", 0.5], ["-0,25", -0.25], ["−0,25", -0.25], ["1e-3", 0.001], ["1,5e-3", 0.0015], [",5", 0.5],
    [" 2 ", 2], ["1,500", 1.5], ["1,000,000", 1e6], ["1,234.5", 1234.5], ["+3", 3],
  ];
  for (const [text, value] of cases) assert.equal(typedNumber(text), value, text);
});

test("nonsense is no number", () => {
  for (const text of ["", "abc", "0,5,5", "1.2.3", "0x10", "1e999", "NaN", "Infinity", "1,2.3,4", "--1", "5 6"]) {
    assert.equal(typedNumber(text), undefined, text);
  }
});

test("a whole number may have its digits grouped", () => {
  assert.equal(withPoint("1,500", true), "1500");
  assert.equal(withPoint("1,500", false), "1.500");
  assert.equal(withPoint("0,5", true), "0.5"); // and is refused as no whole number
});
