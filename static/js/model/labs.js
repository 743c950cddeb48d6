// The labs, as the server tells them; and what was there before one was opened, to go back to.

import { site } from "../wire/address.js";

/**
 * @typedef {object} Lab
 * @property {string} key
 * @property {string} title
 * @property {string} line
 * @property {string[]} text paragraphs
 * @property {boolean} own a table of one's own can take the place of its data
 * @property {string} counted what the first number in the titles of its sets counts, where the test loss is drawn
 *   against it; or empty
 * @property {[string, string][]} sets title and reference of the data sets that it offers
 * @property {string} link the fragment that opens it
 */
/** @typedef {{link: string, letter: string}} Before what was shown, and the letter of its run */

const STORED = "before-lab";
export const START = "v=1&dataset=circle"; // where one goes who came by a link to a lab

/** @type {Promise<Lab[]>|null} */
let asked = null;

/**
 * All labs. Fails while the server cannot be reached.
 * @returns {Promise<Lab[]>}
 */
export function labs() {
  asked ??= fetch(new URL("static/labs.json", site)).then((answer) => answer.json()).catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** @returns {Before|null} */
export function before() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "null");
  } catch {
    return null; // a browser that keeps nothing, or what somebody else has kept there
  }
}

/** @param {Before|null} now */
export function keepBefore(now) {
  try {
    if (now) sessionStorage.setItem(STORED, JSON.stringify(now));
    else sessionStorage.removeItem(STORED);
  } catch { /* a browser that keeps nothing */ }
}
