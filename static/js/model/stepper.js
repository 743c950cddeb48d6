// Undo and redo: the server numbers the edits, and undoes the newest only, so a step waits for all that was sent
// before.

/** @typedef {"undo"|"redo"} Way */
/** @typedef {import("../wire/protocol.js").Drawn|null} Drawn */

const MOST = 100; // as many as the server keeps

/**
 * @param {object} options
 * @param {() => Drawn} options.drawn what the server said last
 * @param {(edit: number) => void} options.undo
 * @param {(text: string) => void} options.said
 */
export function stepper({ drawn, undo, said }) {
  /** @type {Way[]} */
  let asked = [];
  let known = 0; // the number of the newest edit that the server has told
  let awaited = 0; // that of the newest one that was sent; to undo is an edit too

  /** Go on where the server has answered. */
  function next() {
    const now = drawn();
    const newest = Math.max(now?.undo ?? 0, now?.redo ?? 0);
    if (newest < known) awaited = newest; // other points, which count anew
    known = newest;
    if (newest < awaited || asked.length === 0) return;
    const number = now?.[asked[0]] ?? null;
    if (number === null) return void (asked = []); // nothing is left to be undone
    said(asked.shift() === "undo" ? "Undone." : "Done again.");
    awaited = newest + 1;
    undo(number);
  }

  return {
    next,
    /** An edit was sent. */
    sent() { awaited = Math.max(awaited, known) + 1; },
    /** What was sent last may have been refused: nothing is waited for any more. */
    refused() {
      awaited = known;
      next();
    },
    /** @param {Way} way */
    ask(way) {
      asked = [...asked, way].slice(-MOST);
      next();
    },
  };
}
