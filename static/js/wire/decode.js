// Binary messages from the server -> parts: typed views on one buffer. app/wire/frames.py says what a tick looks like;
// what is in a part is generated into protocol.js.

import { ARRAYS, ARRAY_TYPES, MAGIC, MAIN, PACKED, RECORDS, VERSION } from "./protocol.js";

/** @typedef {import("./protocol.js").Part} Part */
/**
 * @typedef {object} Entry of the table
 * @property {string} name
 * @property {keyof typeof ARRAY_TYPES} type
 * @property {number[]} shape
 * @property {number|null} packed how many bytes it has; null if it is plain
 */

const HEADER_BYTES = MAGIC.length + 1;

/**
 * The parts of a tick, in the server's order.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<Part[]>}
 * @throws where the bytes are not this wire's
 */
export async function decode(buffer) {
  const head = new Uint8Array(buffer, 0, Math.min(HEADER_BYTES, buffer.byteLength));
  const magic = String.fromCharCode(...head.subarray(0, MAGIC.length));
  if (magic !== MAGIC || head.length < HEADER_BYTES) {
    throw new Error(`Not a message of this wire: it begins with “${magic}”.`);
  }
  const version = head[MAGIC.length];
  if (version !== VERSION) {
    throw new Error(`The server speaks version ${version} of the wire, this page version ${VERSION}: reload the page.`);
  }
  const reader = new Reader(buffer, HEADER_BYTES);
  const parts = [];
  while (reader.at < buffer.byteLength) parts.push(readPart(reader));
  return Promise.all(parts);
}

class Reader {
  /**
   * @param {ArrayBuffer} buffer
   * @param {number} at
   */
  constructor(buffer, at) {
    this.view = new DataView(buffer);
    this.at = at;
  }

  byte() {
    return this.view.getUint8(this.at++);
  }

  varint() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  }

  text() {
    return String.fromCharCode(...this.take(this.byte()));
  }

  /** @param {number} length */
  take(length) {
    this.at += length;
    return new Uint8Array(/** @type {ArrayBuffer} */ (this.view.buffer), this.at - length, length);
  }
}

/**
 * Reads synchronously up to the end of the part; what is packed comes later.
 * @param {Reader} reader
 * @returns {Promise<Part>}
 */
async function readPart(reader) {
  const code = reader.byte();
  const record = RECORDS[code - 1];
  if (!record) throw new Error(`Not a message of this wire: it has a record ${code}.`);
  const count = reader.byte();
  const run = reader.text() || MAIN;
  const texts = record.texts.map((name) => [name, reader.text()]);
  const scalars = record.scalars(reader.view, reader.at);
  reader.at += record.bytes;
  const varints = record.varints.map((name) => [name, reader.varint()]);
  const table = Array.from({ length: count }, () => readEntry(reader));
  const arrays = table.map((entry) => readArray(reader, entry));
  return /** @type {Part} */ (/** @type {unknown} */ ({
    topic: record.topic, run, ...Object.fromEntries(texts), ...scalars, ...Object.fromEntries(varints),
    ...Object.fromEntries(await Promise.all(arrays.map(async (array, i) => [table[i].name, await array]))),
    shapes: Object.fromEntries(table.map(({ name, shape }) => [name, shape])),
  }));
}

/**
 * @param {Reader} reader
 * @returns {Entry}
 */
function readEntry(reader) {
  const name = ARRAYS[reader.byte() - 1];
  const code = reader.byte();
  const shape = Array.from({ length: reader.byte() }, () => reader.varint());
  const type = /** @type {keyof typeof ARRAY_TYPES} */ (code % PACKED);
  return { name, type, shape, packed: code >= PACKED ? reader.varint() : null };
}

/**
 * @param {Reader} reader
 * @param {Entry} entry
 */
function readArray(reader, { type, shape, packed }) {
  const Type = ARRAY_TYPES[type];
  const length = shape.reduce((product, size) => product * size, 1);
  const bytes = reader.take(packed ?? length * Type.BYTES_PER_ELEMENT);
  if (packed !== null) return unpacked(bytes, shape);
  if (bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0) return new Type(bytes.buffer, bytes.byteOffset, length);
  return new Type(bytes.slice().buffer);
}

/**
 * Images from differences: of each pixel from the one to its left, of the first of a row from the one above.
 * @param {Uint8Array<ArrayBuffer>} bytes deflated
 * @param {number[]} shape (..., height, width)
 */
async function unpacked(bytes, shape) {
  const values = await inflated(bytes, shape.reduce((product, size) => product * size, 1));
  const [height, width] = shape.slice(-2);
  for (let image = 0; image < values.length; image += height * width) {
    for (let row = image; row < image + height * width; row += width) {
      if (row > image) values[row] += values[row - width];
      for (let i = row + 1; i < row + width; i++) values[i] += values[i - 1];
    }
  }
  return values;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length of what they hold
 */
async function inflated(bytes, length) {
  const { writable, readable } = new DecompressionStream("deflate-raw");
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
