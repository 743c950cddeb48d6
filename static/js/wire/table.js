// Tables on their way to the server, which reads them.

import { ask } from "./address.js";

/** What the server says instead of reading. */
export class Refused extends Error {}

/**
 * Let the server read a table. Throws Refused with its sentence, or what `fetch` throws.
 * @param {string} session the path of the session
 * @param {object} asked how it is read, and whether the session keeps it for use
 * @param {Blob|string} content
 * @param {{signal?: AbortSignal, progress?: (row: number) => void}} [options]
 * @returns {Promise<any>} the server's answer
 */
export async function readTable(session, asked, content, { signal, progress } = {}) {
  const body = new Blob([`${JSON.stringify(asked)}\n`, content]);
  const response = await ask(`${session}/table`, { method: "POST", body, signal });
  if (!response.ok || !response.body) throw new Refused((await response.json()).detail);
  let last = null;
  for await (const line of lines(pieces(response.body))) {
    const said = JSON.parse(line);
    if (said.row === undefined) last = said;
    else progress?.(said.row);
  }
  if (!last) throw new Error("no answer");
  return last;
}

/**
 * The whole lines of a text that comes in pieces.
 * @param {AsyncIterable<string>} pieces
 */
export async function* lines(pieces) {
  let rest = "";
  for await (const piece of pieces) {
    const [...whole] = (rest + piece).split("\n");
    rest = whole.pop() ?? "";
    yield* whole;
  }
  if (rest) yield rest;
}

/**
 * The text of a stream, as it comes. Not every browser can go through a stream by itself.
 * @param {ReadableStream<Uint8Array>} stream
 */
async function* pieces(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
