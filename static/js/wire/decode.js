// Bytes from the server -> typed views on one buffer. The layout is app/wire's, generated into protocol.js.

import {
  FLAG_DEFLATED, FLAG_PLAYING, FRAME_HEADER, FRAME_HEADER_BYTES, KIND_FRAME, KIND_POINTS, MAGIC, NO_CLASS, NOT_FINITE,
  POINTS_HEADER, POINTS_HEADER_BYTES, VERSION,
} from "./protocol.js";

/**
 * @typedef {object} Frame
 * @property {"frame"} kind
 * @property {number} revision
 * @property {number} restarts
 * @property {number} epoch
 * @property {number} trainLoss
 * @property {number} testLoss
 * @property {number} value under the pointer, NaN if none
 * @property {number|null} winner on a map of classes: whose answer the value is
 * @property {boolean} playing
 * @property {number} pace epochs per second, measured
 * @property {number|null} divergedAt
 * @property {number} stride
 * @property {number} firstRow
 * @property {Float32Array} rows train, test for epochs (firstRow + k) * stride
 * @property {Float32Array} params
 * @property {Uint8Array[]} small one map for each hidden and output neuron, of each layer SMALL_MOST at most: a byte
 *   of 0 is -1, of 254 is 1, 255 is no finite number
 * @property {Uint8Array} big the watched unit's, the same; empty where that is a map of classes
 * @property {ClassMap|null} classMap
 */
/**
 * @typedef {object} ClassMap
 * @property {Uint8Array} winners by pixel the class, or NO_CLASS
 * @property {Float32Array} leads by pixel the lead of that class, from 0 to 1
 */
/**
 * @typedef {object} Points
 * @property {"points"} kind
 * @property {number} restarts
 * @property {number} train how many are training points; they come first
 * @property {number} test how many are test points
 * @property {Float32Array} rows x, y, label of each point
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Promise<Frame|Points>}
 * @throws where the bytes are not this wire's
 */
export async function decode(buffer) {
  const head = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer).subarray(0, 4));
  const kind = buffer.byteLength < POINTS_HEADER_BYTES ? 0 : head.getUint8(FRAME_HEADER.kind.offset);
  if (magic !== MAGIC || (kind !== KIND_FRAME && kind !== KIND_POINTS)) {
    throw new Error(`Not a message of this wire: it begins with “${magic}”, kind ${kind}.`);
  }
  const version = head.getUint16(FRAME_HEADER.version.offset, true);
  if (version !== VERSION) {
    throw new Error(`The server speaks version ${version} of the wire, this page version ${VERSION}: reload the page.`);
  }
  return kind === KIND_POINTS ? decodePoints(head) : decodeFrame(head);
}

/**
 * @template {string} Name
 * @param {DataView} head
 * @param {Readonly<Record<Name, {offset: number, read: "getUint8"|"getUint16"|"getUint32"|"getFloat64"}>>} layout
 * @returns {Record<Name, number>}
 */
function readHeader(head, layout) {
  const names = /** @type {Name[]} */ (Object.keys(layout));
  return /** @type {Record<Name, number>} */ (Object.fromEntries(names.map((name) => {
    const { offset, read } = layout[name];
    return [name, head[read](offset, true)];
  })));
}

/**
 * @param {DataView<ArrayBuffer>} head
 * @returns {Points}
 */
function decodePoints(head) {
  const { restarts, train, test } = readHeader(head, POINTS_HEADER);
  const rows = new Float32Array(head.buffer, POINTS_HEADER_BYTES, 3 * (train + test));
  return { kind: "points", restarts, train, test, rows };
}

/**
 * @param {DataView<ArrayBuffer>} head
 * @returns {Promise<Frame>}
 */
async function decodeFrame(head) {
  const h = readHeader(head, FRAME_HEADER);
  const paramsAt = FRAME_HEADER_BYTES + 8 * h.rows;
  const deflated = (h.flags & FLAG_DEFLATED) !== 0;
  const sent = new Uint8Array(head.buffer, paramsAt + 4 * h.params, h.maps_length);
  const smallBytes = h.small_side * h.small_side;
  const bigAt = h.neurons * smallBytes;
  const maps = deflated ? await inflated(sent, bigAt + h.big_side * h.big_side) : sent;
  const small = Array.from({ length: h.neurons }, (_, i) => maps.subarray(i * smallBytes, (i + 1) * smallBytes));
  const big = maps.subarray(bigAt, bigAt + h.big_side * h.big_side);
  if (deflated) for (const map of [...small, big]) sum(map);
  spread(maps.subarray(0, bigAt), h.small_levels);
  const classMap = h.classes > 0 ? classesOf(big, h.big_levels) : null;
  if (!classMap) spread(big, h.big_levels);
  return {
    kind: "frame",
    revision: h.revision,
    restarts: h.restarts,
    epoch: h.epoch,
    trainLoss: h.train_loss,
    testLoss: h.test_loss,
    value: h.value,
    winner: h.winner === NO_CLASS ? null : h.winner,
    playing: (h.flags & FLAG_PLAYING) !== 0,
    pace: h.epochs_per_second,
    divergedAt: Number.isNaN(h.diverged_at) ? null : h.diverged_at,
    stride: h.stride,
    firstRow: h.first_row,
    rows: new Float32Array(head.buffer, FRAME_HEADER_BYTES, 2 * h.rows),
    params: new Float32Array(head.buffer, paramsAt, h.params),
    small,
    big: classMap ? big.subarray(0, 0) : big,
    classMap,
  };
}

/**
 * From differences to values: each pixel is sent as its difference from the one on its left, the first of a row from
 * the one above.
 * @param {Uint8Array} map
 */
function sum(map) {
  const side = Math.sqrt(map.length);
  for (let row = 0; row < map.length; row += side) {
    if (row > 0) map[row] += map[row - side];
    for (let i = row + 1; i < row + side; i++) map[i] += map[i - 1];
  }
}

/**
 * From so many levels to the 255 that the palette has.
 * @param {Uint8Array} map
 * @param {number} levels
 */
function spread(map, levels) {
  const byteFromLevel = Uint8Array.from({ length: 256 }, (_, level) => {
    return level === NOT_FINITE ? NOT_FINITE : (level * 254) / (levels - 1) + 0.5;
  });
  for (let i = 0; i < map.length; i++) map[i] = byteFromLevel[map[i]];
}

/**
 * @param {Uint8Array} map
 * @param {number} levels
 * @returns {ClassMap}
 */
function classesOf(map, levels) {
  return {
    winners: map.map((byte) => (byte === NOT_FINITE ? NO_CLASS : Math.floor(byte / levels))),
    leads: Float32Array.from(map, (byte) => (byte === NOT_FINITE ? NaN : (byte % levels) / (levels - 1))),
  };
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes in zlib format
 * @param {number} length of what they hold
 */
async function inflated(bytes, length) {
  const { writable, readable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  // Without a Blob and a Response, which involve other processes. The reader gets the errors of the writer too.
  for (const step of [writer.write(bytes), writer.close()]) step.catch(() => {});
  const found = new Uint8Array(length);
  const reader = readable.getReader();
  for (let at = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return found;
    found.set(value, at);
    at += value.length;
  }
}
