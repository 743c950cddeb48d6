// Which links and units are frozen or cut, as engine/network/network.py has it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Masks } from "../../static/js/model/masks.js";

/** @param {string[]} frozen @param {string[]} cut */
const masks = (frozen, cut) => new Masks({ features: ["x", "sinX"], hidden: [3, 2], frozen, cut });
const link = (layer, neuron, input) => ({ layer, neuron, input });

test("a cut neuron gives nothing, a frozen one keeps what it takes", () => {
  const { cut, frozen } = { cut: masks([], ["0.1"]), frozen: masks(["0.1"], []) };
  const ofLinks = (each, ...links) => links.map((one) => each.ofLink(link(...one)));
  assert.deepEqual(ofLinks(cut, [0, 1, 0], [1, 0, 1], [1, 0, 2]), [null, "cut", null]);
  assert.deepEqual(ofLinks(frozen, [0, 1, 0], [1, 0, 1], [0, 2, 0]), ["frozen", null, null]);
});

test("an input masks all its links, a cut output those that come in", () => {
  const both = [masks([], ["sinX"]), masks(["sinX"], []), masks(["x"], [])];
  assert.deepEqual(both.map((each) => each.ofLink(link(0, 2, 1))), ["cut", "frozen", null]);
  assert.deepEqual([masks([], ["2.0"]).ofLink(link(2, 0, 1)), masks([], ["1.0"]).ofLink(link(1, 0, 1))], ["cut", null]);
});

test("a link masks by itself; cut wins; what the network does not have is missing and does not count", () => {
  const both = masks(["1.0.2", "7.7"], ["1.0.2"]);
  assert.equal(both.ofLink(link(1, 0, 2)), "cut");
  assert.deepEqual(both.ofUnit("7.7"), ["frozen"]);
  assert.equal(both.count, 2);
  assert.deepEqual([both.missing("frozen"), both.missing("cut")], [["7.7"], []]);
  const parts = ["x", "y", "in.0", "0.2", "0.3", "2.0", "3.0", "0.0.1", "0.0.2", "1.1.2", "1.1.3"];
  assert.deepEqual(masks(parts, []).missing("frozen"), ["y", "in.0", "0.3", "3.0", "0.0.2", "1.1.3"]);
});
