import assert from "node:assert/strict";
import { test } from "node:test";

import { lossText } from "../../static/js/ui/text.js";

test("small losses are plain numbers with two digits", () => {
  assert.deepEqual([0.5, 0.0005, 0.00031, 0.0000999, 1.04e-6].map(lossText),
    ["0.500", "0.001", "0.00031", "0.00010", "0.0000010"]);
});

test("tiny and huge losses are powers of ten", () => {
  assert.deepEqual([3.1e-8, 2.04e-30, 999_999, 1e6, 1.26e12].map(lossText),
    ["3.1×10⁻⁸", "2.0×10⁻³⁰", "999999.000", "1.0×10⁶", "1.3×10¹²"]);
});

test("no loss, and one that is no number", () => {
  assert.deepEqual([undefined, NaN, Infinity, 0].map(lossText), ["–", "NaN", "NaN", "0.000"]);
});
