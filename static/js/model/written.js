// Formulas that a person writes: how they are kept in a spec and in links (engine/data/expressions.py). What they mean
// is known to expressions.js, which comes when the first one is there.

import { SMALL_SIDE } from "../wire/protocol.js";

const UNKNOWN = 127; // of a map that is on its way: as zero

/** The data set whose classes are written. */
export const FORMULA = "formula";
export const MOST_WRITTEN = 8;

/**
 * Is this the key of a feature that somebody has written?
 * @param {string} key
 */
export const isWritten = (key) => key.startsWith("=");

/**
 * A formula as it is kept: single spaces, and no comma, which separates formulas in a list.
 * @param {string} text
 */
export const canonical = (text) => text.trim().split(/\s+/).join(" ").replaceAll(",", ";").replaceAll("−", "-");

/**
 * A formula as a person reads it.
 * @param {string} text
 */
export const readable = (text) => text.replace(/; ?/g, ", ");

/**
 * The record of a written feature, as the catalog has one of the others.
 * @param {string} key
 * @returns {import("./catalog.js").Feature}
 */
export function writtenFeature(key) {
  const formula = readable(key.slice(1));
  return { key, label: formula, formula, map: "", basic: false };
}

/** @type {Map<string, Uint8Array>} */
const maps = new Map();

/**
 * The small map of a written feature; grey before it is there.
 * @param {string} key
 * @param {() => void} whenThere draws again
 */
export function writtenMap(key, whenThere) {
  const found = maps.get(key);
  if (!found && !/\bin\.\d/i.test(key)) { // of the columns of a table there is none
    import("./previews.js").then(({ featureBytes }) => {
      maps.set(key, featureBytes(key.slice(1)));
      whenThere();
    }).catch(() => {}); // the picture does without: there is no module, or the server has yet to refuse the formula
  }
  return found ?? new Uint8Array(SMALL_SIDE ** 2).fill(UNKNOWN);
}

/** The written features that this page has seen: one that is switched off can be switched on again. */
export const writtenBefore = new Set(/** @type {string[]} */ ([]));

/**
 * As a formula stands in an address. The commas between several stay.
 * @param {string} text
 */
export function encoded(text) {
  const hex = (/** @type {string} */ sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex).replaceAll("%2C", ",");
}
