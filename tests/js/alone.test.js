// Who watches looks at another epoch alone: what the lecturer shows waits, and is there on the way back.
import assert from "node:assert/strict";
import { test } from "node:test";

import { back, lookedAt } from "../../static/js/model/alone.js";
import { NEW_RUN, withState, withTick } from "../../static/js/model/run.js";
import { pastLine } from "../../static/js/model/timeline.js";

const stamp = (epoch) => ({ run: "main", restarts: 1, revision: 0, epoch });
const network = (epoch) => ({
  ...stamp(epoch), topic: "network", trainLoss: 0.1, testLoss: 0.2, playing: 0, diverged: 0, epochsPerSecond: 0,
  learningRate: 0.03, params: Float32Array.of(epoch), levels: 255, smallMaps: new Uint8Array(0),
  shapes: { smallMaps: [0, 16, 16] },
});
const event = (given) => ({
  type: "state", run: "main", revision: 0, restarts: 1, spec: { a: 2 }, past: null, runs: [], playing: true, ...given,
});
const run = withTick({ ...NEW_RUN, spec: { a: 1 }, restarts: 1 }, [network(10)]);
const found = { spec: { a: 0 }, epoch: 4, newest: 10, batches: 5 };

test("what comes meanwhile is held back, but for the curve", () => {
  const alone = lookedAt(run, found, [network(4)]);
  assert.deepEqual([alone.frame.epoch, alone.spec], [4, { a: 0 }]);
  assert.deepEqual(alone.past, { epoch: 4, batch: 0, batches: 5, newest: 10 });
  const rows = { ...stamp(12), topic: "losses", stride: 1, firstRow: 0, rows: Float32Array.of(1, 2, 3, 4) };
  const later = withTick(withTick(alone, [network(11)]), [rows, network(12)]);
  assert.deepEqual([later.frame.epoch, later.losses.count, later.past.newest], [4, 2, 12]);
  const returned = back(later);
  assert.deepEqual([returned.frame.epoch, returned.spec, returned.past, returned.alone], [12, { a: 1 }, null, null]);
});

test("where the lecturer goes is said, and a new start is seen by all", () => {
  const alone = lookedAt(run, found, [network(4)]);
  const theirs = { epoch: 7, batch: 0, batches: 5, newest: 10 };
  const moved = withState(alone, event({ past: theirs }), false);
  assert.deepEqual([moved.past.epoch, moved.spec], [4, { a: 0 }]);
  assert.deepEqual(pastLine(moved, true), {
    said: "You alone are looking at epoch 4.", hint: "The lecturer is at epoch 7.",
  });
  assert.deepEqual([back(moved).past, back(moved).spec], [theirs, { a: 2 }]);
  const anew = withState(alone, event({ restarts: 2 }), false);
  assert.deepEqual([anew.alone, anew.past, anew.spec], [null, null, { a: 2 }]);
});
