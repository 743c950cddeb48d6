// My talk: its items, their order, and the file that holds them.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import {
  LONGEST_NAME, fileOf, itemFor, keep, kept, moved, plainLink, readFile, renamed, stepped,
} from "../../static/js/model/talk.js";

const items = ["a", "b", "c"].map((name) => ({ name, link: `v=1&seed=${name}` }));
const names = (list) => list.map(({ name }) => name).join("");

afterEach(() => { delete globalThis.localStorage; });

/** @param {Record<string, string>} stored */
function withStorage(stored) {
  globalThis.localStorage = /** @type {any} */ ({
    getItem: (key) => stored[key] ?? null,
    setItem: (key, value) => { stored[key] = value; },
    removeItem: (key) => { delete stored[key]; },
  });
  return stored;
}

test("an item has what is shown, named by data and layers, but not the size of a hall", () => {
  const spec = { problem: "classification", dataset: "xor", reg_dataset: "reg-plane", hidden: [4, 2] };
  const datasets = [{ key: "xor", label: "Exclusive or" }, { key: "reg-plane", label: "Plane" }];
  assert.deepEqual(itemFor("v=1&dataset=xor&lecture=true", spec, datasets),
    { name: "Exclusive or, 4–2", link: "v=1&dataset=xor" });
  assert.equal(itemFor("v=1", { ...spec, problem: "regression", hidden: [] }, datasets).name, "Plane, no hidden layer");
  assert.equal(plainLink("https://lab.example/#v=1&embed=1&seed=1&lecture=true"), "v=1&seed=1");
});

test("items are moved and renamed; a blank name changes nothing, a long one is cut", () => {
  assert.deepEqual([moved(items, 0, 2), moved(items, 2, 0), moved(items, 1, 1)].map(names), ["bca", "cab", "abc"]);
  assert.equal(names(renamed(items, 1, " x ")), "axc");
  assert.equal(names(renamed(items, 1, "  ")), "abc");
  assert.equal(renamed(items, 0, "n".repeat(500))[0].name.length, LONGEST_NAME);
  assert.equal(names(items), "abc");
});

test("a step begins at an end and stops at an end", () => {
  assert.deepEqual([stepped(-1, 1, 3), stepped(-1, -1, 3), stepped(0, 1, 3), stepped(2, 1, 3), stepped(0, -1, 3)],
    [0, 2, 1, 2, 0]);
});

test("a file gives back the talk that it was made of", () => {
  assert.deepEqual(readFile(fileOf(items)), { items });
});

test("a bad file gets a sentence that says what is wrong with it", () => {
  const talk = JSON.parse(fileOf(items));
  const cases = [
    ["no", /not JSON/], ["", /not JSON/], ["null", /not a talk/], ["[]", /not a talk/], ["{}", /not a talk/],
    [JSON.stringify({ ...talk, items: {} }), /not a talk/],
    [JSON.stringify({ ...talk, version: 2 }), /newer version/],
    [JSON.stringify({ ...talk, items: [] }), /empty/],
    [JSON.stringify({ ...talk, items: [items[0], { name: "x" }] }), /Entry 2 .* no link/],
    [JSON.stringify({ ...talk, items: [{ name: "x", link: 5 }] }), /Entry 1/],
    [JSON.stringify({ ...talk, items: [{ name: "x", link: "javascript:alert(1)" }] }), /Entry 1/],
    [JSON.stringify({ ...talk, items: [null] }), /Entry 1/],
    [" ".repeat(2_000_000), /too large/],
  ];
  for (const [text, said] of cases) {
    const { problem } = /** @type {any} */ (readFile(/** @type {string} */ (text)));
    assert.match(problem ?? "", /** @type {RegExp} */ (said), String(text).slice(0, 80));
  }
});

test("what the browser keeps comes back; what somebody else has kept there does no harm", () => {
  const stored = withStorage({});
  assert.deepEqual(kept(), []);
  assert.equal(keep(items), true);
  assert.deepEqual(kept(), items);
  keep([]);
  assert.deepEqual(stored, {});
  for (const talk of ["{", "5", "null", "[5, null, {}]"]) {
    withStorage({ talk });
    assert.deepEqual(kept(), []);
  }
  delete globalThis.localStorage;
  assert.deepEqual([kept(), keep(items)], [[], false]);
});
