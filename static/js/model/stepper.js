// Undo and redo: the server numbers what can be undone next, so a step waits for the one before it.

/** @typedef {"undo"|"redo"} Way */

const MOST = 100; // as many as the server keeps

/**
 * @param {object} options
 * @param {() => import("../wire/protocol.js").Drawn|null} options.drawn what the server said last
 * @param {(edit: number) => void} options.undo
 * @param {(text: string) => void} options.said
 */
export function stepper({ drawn, undo, said }) {
  /** @type {Way[]} */
  let asked = [];
  /** @type {number|null} */
  let last = null;

  /** Go on where the server has answered. */
  function next() {
    const now = drawn();
    if (now?.undo !== last && now?.redo !== last) last = null;
    const number = asked.length ? now?.[asked[0]] ?? null : null;
    if (number === null) asked = []; // nothing is left to be undone
    else if (number !== last) {
      said(asked.shift() === "undo" ? "Undone." : "Done again.");
      last = number;
      undo(number);
    }
  }

  return {
    next,
    /** @param {Way} way */
    ask(way) {
      asked = [...asked, way].slice(-MOST);
      next();
    },
  };
}
