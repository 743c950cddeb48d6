// Bytes from the server -> typed views on one buffer. The layout is app/protocol.py's, generated into protocol.js.

import { FLAG_DEFLATED, FLAG_PLAYING, FRAME_HEADER, FRAME_HEADER_BYTES, KIND_FRAME, KIND_POINTS, MAGIC, POINTS_HEADER, POINTS_HEADER_BYTES, VERSION } from "./protocol.js";

/**
 * @typedef {object} Frame
 * @property {"frame"} kind
 * @property {number} revision
 * @property {number} run
 * @property {number} epoch
 * @property {number} trainLoss
 * @property {number} testLoss
 * @property {number} value under the pointer, NaN if none
 * @property {boolean} playing
 * @property {number} pace epochs per second, measured
 * @property {number|null} divergedAt
 * @property {number} stride
 * @property {number} firstRow
 * @property {Float32Array} rows train, test for epochs (firstRow + k) * stride
 * @property {Float32Array} params
 * @property {Uint8Array[]} small one map for each hidden and output neuron
 * @property {Uint8Array} big
 */
/** @typedef {{kind: "points", run: number, train: number, test: number, rows: Float32Array}} Points x, y, label of each point, training points first */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Promise<Frame|Points>}
 * @throws where the bytes are not this wire's
 */
export async function decode(buffer) {
  const head = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer).subarray(0, 4));
  const kind = buffer.byteLength < POINTS_HEADER_BYTES ? 0 : head.getUint8(FRAME_HEADER.kind.offset);
  if (magic !== MAGIC || (kind !== KIND_FRAME && kind !== KIND_POINTS)) throw new Error(`Not a message of this wire: it begins with “${magic}”, kind ${kind}.`);
  const version = head.getUint16(FRAME_HEADER.version.offset, true);
  if (version !== VERSION) throw new Error(`The server speaks version ${version} of the wire, this page version ${VERSION}: reload the page.`);
  return kind === KIND_POINTS ? decodePoints(head) : decodeFrame(head);
}

/**
 * @param {DataView} head
 * @param {Record<string, {offset: number, read: string}>} layout
 * @returns {Record<string, number>}
 */
function readHeader(head, layout) {
  return Object.fromEntries(Object.entries(layout).map(([name, { offset, read }]) => [name, /** @type {any} */ (head)[read](offset, true)]));
}

/** @param {DataView<ArrayBuffer>} head @returns {Points} */
function decodePoints(head) {
  const { run, train, test } = readHeader(head, POINTS_HEADER);
  return { kind: "points", run, train, test, rows: new Float32Array(head.buffer, POINTS_HEADER_BYTES, 3 * (train + test)) };
}

/** @param {DataView<ArrayBuffer>} head @returns {Promise<Frame>} */
async function decodeFrame(head) {
  const h = readHeader(head, FRAME_HEADER);
  const rows = new Float32Array(head.buffer, FRAME_HEADER_BYTES, 2 * h.rows);
  const bodyAt = FRAME_HEADER_BYTES + 8 * h.rows;
  const sent = new Uint8Array(head.buffer, bodyAt, h.body_length);
  const body = h.flags & FLAG_DEFLATED ? await inflated(sent) : sent;
  const smallBytes = h.small_side * h.small_side;
  const smallAt = body.byteOffset + 4 * h.params;
  return {
    kind: "frame", revision: h.revision, run: h.run, epoch: h.epoch, trainLoss: h.train_loss, testLoss: h.test_loss, value: h.value,
    playing: (h.flags & FLAG_PLAYING) !== 0, pace: h.epochs_per_second, divergedAt: Number.isNaN(h.diverged_at) ? null : h.diverged_at,
    stride: h.stride, firstRow: h.first_row, rows,
    params: new Float32Array(body.buffer, body.byteOffset, h.params),
    small: Array.from({ length: h.neurons }, (_, i) => new Uint8Array(body.buffer, smallAt + i * smallBytes, smallBytes)),
    big: new Uint8Array(body.buffer, smallAt + h.neurons * smallBytes, h.big_side * h.big_side),
  };
}

/** @param {Uint8Array<ArrayBuffer>} bytes in zlib format */
async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
