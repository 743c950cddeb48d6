import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { connect } from "../../static/js/wire/connection.js";

/** A connection whose other side is the test, by a clock of its own. */
function connected() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"], now: 1e12 });
  const sockets = [];
  const sent = [];
  globalThis.WebSocket = class {
    readyState = 0;
    constructor() { sockets.push(this); }
    send(text) { sent.push(JSON.parse(text).type); }
    close() { this.readyState = 2; } // the other side does not answer
  };
  const listeners = {};
  globalThis.addEventListener = (name, listener) => { listeners[name] = listener; };
  globalThis.document = { hidden: false, addEventListener: globalThis.addEventListener };
  const heard = { opened: 0, closed: 0, events: [] };
  connect("ws://here/", [], {
    opened: () => heard.opened++,
    closed: () => heard.closed++,
    text: (event) => heard.events.push(event.type),
    binary() {},
  });
  /** The newest opens and says this. */
  const open = (...events) => {
    const socket = sockets.at(-1);
    socket.readyState = 1;
    socket.onopen();
    events.forEach((event) => say(event));
  };
  const say = (event, socket = sockets.at(-1)) => socket.onmessage({ data: JSON.stringify(event) });
  return { sockets, sent, heard, open, say, listeners };
}

/** Second by second, as far as all timers ring in their turn. */
function pass(seconds) {
  for (let i = 0; i < seconds; i++) mock.timers.tick(1000);
}

const BEAT = { type: "heartbeat", seconds: 3 };

test("a network that has gone silent is a lost connection, and another one is opened", () => {
  const { sockets, heard, open, say } = connected();
  open(BEAT);
  pass(8);
  assert.deepEqual([heard.closed, sockets.length], [0, 1]);
  pass(1);
  assert.equal(heard.closed, 1);
  pass(1);
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0].readyState, 2);
  sockets[0].onclose({ code: 1006 }); // the browser gives up on it, at last
  say(BEAT, sockets[0]);
  assert.deepEqual([heard.closed, heard.events], [1, ["heartbeat"]]);
  open(BEAT);
  assert.equal(heard.opened, 2);
});

test("heartbeats keep a connection, whatever else is said", () => {
  const { heard, open, say } = connected();
  open(BEAT);
  for (let i = 0; i < 20; i++) {
    pass(3);
    say(BEAT);
  }
  assert.equal(heard.closed, 0);
});

test("from a server that has not said when it will be heard again, silence means nothing", () => {
  const { heard, open } = connected();
  open({ type: "state" });
  pass(60);
  assert.equal(heard.closed, 0);
});

test("a page that was asleep hears first what came meanwhile", () => {
  const { heard, open, say } = connected();
  open(BEAT);
  pass(1);
  for (const asleep of [60_000, 3_600_000]) { // timers of a hidden tab, once a minute; a closed lid
    mock.timers.setTime(Date.now() + asleep);
    pass(1);
    assert.equal(heard.closed, 0);
    say(BEAT);
  }
  pass(9); // awake, and silent
  assert.equal(heard.closed, 1);
});

const WAKING = { online: {}, pageshow: { persisted: true }, visibilitychange: {}, offline: {} };

for (const [name, event] of Object.entries(WAKING)) {
  test(`on ${name} a socket that has died is replaced within a second, one that answers stays`, () => {
    const { sockets, sent, heard, open, say, listeners } = connected();
    open(BEAT);
    pass(1);
    listeners[name](event);
    assert.deepEqual(sent, ["beat"]);
    mock.timers.tick(500);
    say(BEAT);
    mock.timers.tick(500);
    assert.deepEqual([heard.closed, sockets.length], [0, 1]);
    listeners[name](event);
    mock.timers.tick(900);
    assert.deepEqual([heard.closed, sockets.length, sockets[0].readyState], [1, 2, 2]);
    open(BEAT);
    assert.equal(heard.opened, 2);
  });
}

test("whoever looks at the page again does not wait for the next attempt, nor for one that hangs", () => {
  const { sockets, open, listeners } = connected();
  open(BEAT);
  for (let i = 0; i < 6; i++) { // each pause is longer than the one before
    sockets.at(-1).onclose({ code: 1006 });
    mock.timers.tick(20_000);
  }
  sockets.at(-1).onclose({ code: 1006 });
  const before = sockets.length;
  listeners.visibilitychange({});
  assert.equal(sockets.length, before + 1);
  listeners.visibilitychange({}); // it has only begun
  assert.equal(sockets.length, before + 1);
  mock.timers.tick(3000);
  listeners.visibilitychange({});
  assert.equal(sockets.length, before + 2);
});

test("a page that is not looked at asks for nothing", () => {
  const { sent, open, listeners } = connected();
  open(BEAT);
  document.hidden = true;
  listeners.visibilitychange({});
  listeners.pageshow({ persisted: false });
  assert.deepEqual(sent, []);
});
