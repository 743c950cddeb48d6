import assert from "node:assert/strict";
import { test } from "node:test";

import { createStore, on } from "../../static/js/model/store.js";

/** A store that paints when told. */
function manual(initial) {
  const due = [];
  const store = createStore(initial, (paint) => due.push(paint));
  return { store, due, paint: () => due.splice(0).forEach((each) => each()) };
}

test("five updates make one paint", () => {
  const { store, due, paint } = manual(0);
  const seen = [];
  store.subscribe((state) => seen.push(state));
  for (let i = 0; i < 5; i++) store.update((n) => n + 1);
  assert.equal(due.length, 1);
  paint();
  assert.deepEqual(seen, [0, 5]);
});

test("an update that changes nothing paints nothing", () => {
  const { store, due } = manual({ a: 1 });
  store.update((state) => state);
  assert.equal(due.length, 0);
});

test("a view draws only when what it picked has changed", () => {
  const { store, paint } = manual({ a: 1, b: 1 });
  let draws = 0;
  on(store, (state) => [state.a], () => { draws += 1; });
  store.update((state) => ({ ...state, b: 2 }));
  paint();
  assert.equal(draws, 1);
  store.update((state) => ({ ...state, a: 2 }));
  paint();
  assert.equal(draws, 2);
});

test("a view that rests between drawings draws the first news at once, and of the rest the newest, once", (t) => {
  let clock = 0;
  t.mock.method(performance, "now", () => clock);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const pass = (milliseconds) => { clock += milliseconds; t.mock.timers.tick(milliseconds); };
  const { store, paint } = manual(0);
  const show = (value) => { store.update(() => value); paint(); };
  const seen = [];
  on(store, (state) => [state], (state) => { seen.push(state); }, (state) => (state < 9 ? 20 : 0));
  show(1);
  pass(15);
  show(2);
  assert.deepEqual(seen, [0]);
  pass(5);
  show(3); // the first that comes after the rest
  assert.deepEqual(seen, [0, 3]);
  pass(10);
  show(4);
  pass(100); // and when none comes, the last
  assert.deepEqual(seen, [0, 3, 4]);
  show(5);
  assert.deepEqual(seen, [0, 3, 4]);
  show(9); // the rest is over as soon as the state says so
  pass(100);
  assert.deepEqual(seen, [0, 3, 4, 9]);
});

test("an update made while painting is painted next, not lost", () => {
  const { store, paint, due } = manual(0);
  const seen = [];
  store.subscribe((state) => {
    seen.push(state);
    if (state === 1) store.update(() => 2);
  });
  store.update(() => 1);
  paint();
  assert.equal(due.length, 1);
  paint();
  assert.deepEqual(seen, [0, 1, 2]);
});

test("a view that has left is not painted", () => {
  const { store, paint } = manual(0);
  let draws = 0;
  const leave = store.subscribe(() => { draws += 1; });
  leave();
  store.update(() => 1);
  paint();
  assert.equal(draws, 1);
});
