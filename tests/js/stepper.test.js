// Undo and redo wait for the server, whose answers come late.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepper } from "../../static/js/model/stepper.js";

/** A page whose server answers when it is told to. */
function page() {
  const sent = [];
  const state = { drawn: null };
  const steps = stepper({ drawn: () => state.drawn, undo: (edit) => sent.push(edit), said: () => {} });
  const answer = (undo, redo = null) => {
    state.drawn = { points: 0, text: "", undo, redo };
    steps.next();
  };
  return { sent, steps, answer };
}

test("an edit that was just sent is the one that is undone", () => {
  const { sent, steps, answer } = page();
  steps.sent();
  answer(1);
  steps.sent();
  steps.ask("undo");
  assert.deepEqual(sent, []); // not the first one, which the server would refuse
  answer(2);
  assert.deepEqual(sent, [2]);
});

test("two edits that are told in one state are both waited for", () => {
  const { sent, steps, answer } = page();
  steps.sent();
  steps.sent();
  steps.ask("undo");
  steps.ask("undo");
  answer(2);
  assert.deepEqual(sent, [2]);
  answer(1, 3);
  assert.deepEqual(sent, [2, 1]);
});

test("an edit after an undo waits for both", () => {
  const { sent, steps, answer } = page();
  steps.sent();
  answer(1);
  steps.ask("undo");
  steps.sent();
  steps.ask("undo");
  answer(null, 2);
  assert.deepEqual(sent, [1]);
  answer(3);
  assert.deepEqual(sent, [1, 3]);
});

test("redo undoes the undoing", () => {
  const { sent, steps, answer } = page();
  steps.sent();
  answer(1);
  steps.ask("undo");
  steps.ask("redo");
  answer(null, 2);
  assert.deepEqual(sent, [1, 2]);
});

test("what is asked when nothing is left is forgotten", () => {
  const { sent, steps, answer } = page();
  steps.ask("undo");
  answer(1);
  assert.deepEqual(sent, []);
});

test("after a refusal, and with other points, nothing is waited for", () => {
  const { sent, steps, answer } = page();
  answer(4);
  steps.sent();
  steps.refused();
  steps.ask("undo");
  assert.deepEqual(sent, [4]);
  answer(1); // a run of its own
  steps.ask("undo");
  assert.deepEqual(sent, [4, 1]);
});
