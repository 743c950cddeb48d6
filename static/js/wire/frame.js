// What the page draws of a run, put together from the parts of its ticks; and its metrics, by set, with null for what
// is not defined.

import { bigMap, classMap, smallMaps } from "./maps.js";
import { NO_CLASS } from "./protocol.js";

/** @typedef {import("./protocol.js").Part} Part */
/** @typedef {import("./maps.js").ClassMap} ClassMap */
/**
 * @typedef {object} Frame
 * @property {number} revision
 * @property {number} restarts
 * @property {number} epoch
 * @property {number} trainLoss
 * @property {number} testLoss
 * @property {boolean} playing
 * @property {number} pace epochs per second, measured
 * @property {number} rate the learning rate of the present epoch, as schedule and warm-up make it
 * @property {number|null} divergedAt
 * @property {number} stride epochs between loss rows
 * @property {number} firstRow
 * @property {Float32Array} rows train, test for epochs (firstRow + k) * stride
 * @property {Float32Array} params
 * @property {Uint8Array[]} small one map for each hidden and output neuron, of each layer SMALL_MOST at most: a byte
 *   of 0 is -1, of 254 is 1, 255 is no finite number
 * @property {string} unit that the big map is of, as it was subscribed to; empty before there is one
 * @property {string} plane that it is over, as it was subscribed to
 * @property {Uint8Array} big its map, as the small ones; empty where it is one of classes
 * @property {ClassMap|null} classMap
 * @property {number} value under the pointer, NaN if none
 * @property {number|null} winner where all outputs are read together: whose output the value is
 */
/**
 * @typedef {object} Points x, y, target of each point, training points first
 * @property {number} restarts
 * @property {number} train
 * @property {number} test
 * @property {Float32Array} rows
 * @property {Uint32Array} [ids] of the points; left out where they are their places
 * @property {string} [plane] that they are shown on
 * @property {Float64Array} [origin] the inputs in the middle of the map, where that is not the plane
 * @property {Float64Array} [axes] what one step to the right adds to them, then what one step up adds
 * @property {Float64Array} [shares] of the variance along each of the two, where they are main directions
 */

/**
 * The next frame of a run. What a tick leaves out stays as it was: nothing, where the run has started again. Loss rows
 * are those of this tick alone.
 * @param {Part[]} parts of one tick and one run
 * @param {{frame: Frame|null, losses: {stride: number, count: number}}} before
 * @returns {Frame|null} null as long as nothing is known of the network, and where the tick brings nothing for a frame
 */
export function frameOf(parts, { frame, losses: known }) {
  const [network, losses] = [partOf(parts, "network"), partOf(parts, "losses")];
  const [map, reading] = [partOf(parts, "map"), partOf(parts, "reading")];
  const news = network ?? losses ?? map ?? reading;
  const kept = news && frame && frame.restarts === news.restarts ? frame : null;
  const now = network ? nowOf(network) : kept;
  if (!news || !now) return null;
  return {
    ...now,
    stride: losses?.stride ?? known.stride,
    firstRow: losses?.firstRow ?? known.count,
    rows: losses?.rows ?? new Float32Array(),
    ...(map ? { unit: map.unit, plane: map.plane, big: bigMap(map), classMap: classMap(map) } : pickMap(kept)),
    value: reading ? reading.value : kept?.value ?? NaN,
    winner: reading ? (reading.winner === NO_CLASS ? null : reading.winner) : kept?.winner ?? null,
  };
}

/** @param {import("./protocol.js").NetworkPart} network */
function nowOf(network) {
  const { restarts, revision, epoch, trainLoss, testLoss, playing, diverged, params } = network;
  const { epochsPerSecond: pace, learningRate: rate } = network;
  const [divergedAt, small] = [diverged ? epoch : null, smallMaps(network)];
  return { restarts, revision, epoch, trainLoss, testLoss, playing, pace, rate, divergedAt, params, small };
}

/** @param {Frame|null} frame */
function pickMap(frame) {
  const nothing = { unit: "", plane: "", big: new Uint8Array(), classMap: null };
  const { unit, plane, big, classMap: classes } = frame ?? nothing;
  return { unit, plane, big, classMap: classes };
}

/**
 * The points of a run, where a tick brings them.
 * @param {Part[]} parts
 * @returns {Points|null}
 */
export function pointsOf(parts) {
  const data = partOf(parts, "data");
  if (!data) return null;
  const rows = new Float32Array(data.train.length + data.test.length);
  rows.set(data.train);
  rows.set(data.test, data.train.length);
  const { restarts, shapes, ids, plane, origin, axes, shares } = data;
  return { restarts, train: shapes.train[0], test: shapes.test[0], rows, ids, plane, origin, axes, shares };
}

/**
 * @template {Part["topic"]} T
 * @param {Part[]} parts
 * @param {T} topic
 * @returns {Extract<Part, {topic: T}>|undefined}
 */
export function partOf(parts, topic) {
  return /** @type {Extract<Part, {topic: T}>|undefined} */ (parts.find((part) => part.topic === topic));
}

/**
 * @typedef {object} SetMetrics on one set of points; the first three for classification, the others for regression
 * @property {number|null} [accuracy]
 * @property {number[][]} [confusion] points by [class][predicted class]
 * @property {(number|null)[]} [f1]
 * @property {number|null} [r2]
 * @property {number|null} [rmse]
 * @property {(number|null)[]} [predicted] outputs for the first points of the set
 */
/** @typedef {{restarts: number, epoch: number, train: SetMetrics, test: SetMetrics}} Metrics */

/**
 * The metrics of a run, where a tick brings them.
 * @param {Part[]} parts
 * @returns {Metrics|null}
 */
export function metricsOf(parts) {
  const part = partOf(parts, "metrics");
  if (!part) return null;
  const { restarts, epoch, accuracy, confusion, f1, r2, rmse } = part;
  const classes = part.shapes.f1?.[1] ?? 0;
  const [train, test] = [part.predictedTrain, part.predictedTest].map((predicted, set) => {
    if (r2 && rmse && predicted) {
      return { r2: defined(r2[set]), rmse: defined(rmse[set]), predicted: Array.from(predicted, defined) };
    }
    if (!accuracy || !confusion || !f1) return {};
    const rows = Array.from({ length: classes }, (_, row) => (set * classes + row) * classes);
    return {
      accuracy: defined(accuracy[set]),
      confusion: rows.map((at) => [...confusion.subarray(at, at + classes)]),
      f1: Array.from(f1.subarray(set * classes, (set + 1) * classes), defined),
    };
  });
  return { restarts, epoch, train, test };
}

/** @param {number} value */
const defined = (value) => (Number.isFinite(value) ? value : null);
