// What the page subscribes to follows what it shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createActions } from "../../static/js/model/actions.js";
import { initialState } from "../../static/js/model/state.js";
import { createStore } from "../../static/js/model/store.js";

const names = ({ topics }) => topics.map(({ topic }) => topic);

/** A page whose time is moved by hand. */
function page(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1000;
  context.mock.method(performance, "now", () => now);
  const sent = [];
  const store = createStore(initialState(), (paint) => paint());
  let isOpen = true;
  const actions = createActions(store, (command) => {
    if (isOpen) sent.push(command);
    return isOpen;
  });
  return {
    sent, store, actions,
    pass: (milliseconds) => { now += milliseconds; context.mock.timers.tick(milliseconds); },
    setOpen: (value) => { isOpen = value; },
  };
}

test("only what is shown is subscribed to, all of it in one message, and only when it changes", (context) => {
  const { sent, store, actions, pass } = page(context);
  assert.deepEqual(names(sent[0]), ["data", "losses", "network"]);
  let tab = "map";
  for (let place = 0; place < 2; place++) { // the same at both
    actions.show(({ current: run }) => (tab === "map" ? [{ topic: "map", run, unit: "output" }] : []));
  }
  actions.show(({ current: run, chart }) => (chart === "metric" ? [{ topic: "metrics", run }] : []));
  pass(40);
  assert.deepEqual(names(sent.at(-1)), ["data", "losses", "network", "map"]);
  const count = sent.length;
  store.update((state) => ({ ...state, logLoss: true }));
  pass(40);
  assert.equal(sent.length, count);
  tab = "numbers";
  store.update((state) => ({ ...state, places: { right: tab } }));
  pass(40);
  assert.deepEqual(names(sent.at(-1)), ["data", "losses", "network"]);
  store.update((state) => ({ ...state, chart: "metric" }));
  pass(40);
  assert.deepEqual(names(sent.at(-1)), ["data", "losses", "network", "metrics"]);
});

test("a moving pointer is sent now and then, and where it stops", (context) => {
  const { sent, store, actions, pass } = page(context);
  actions.show(({ current: run, pointer }) => (pointer ? [{ topic: "reading", run, unit: "x", ...pointer }] : []));
  pass(40);
  const count = sent.length;
  for (let x = 1; x <= 20; x++) {
    store.update((state) => ({ ...state, pointer: { x, y: 0 } }));
    pass(10);
  }
  pass(40);
  assert.ok(sent.length - count <= 6, `${sent.length - count} messages in 240 ms`);
  assert.equal(sent.at(-1).topics.at(-1).x, 20);
});

test("on a new connection all is subscribed to anew", (context) => {
  const { sent, actions, pass, setOpen } = page(context);
  setOpen(false);
  actions.show(({ current: run }) => [{ topic: "metrics", run }]);
  pass(40);
  const count = sent.length;
  setOpen(true);
  actions.subscribeAnew();
  assert.equal(sent.length, count + 1);
  assert.deepEqual(names(sent.at(-1)), ["data", "losses", "network", "metrics"]);
  actions.subscribeAnew();
  assert.equal(sent.length, count + 2);
});
