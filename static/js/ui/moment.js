// A moment of a run as a link names it. The server knows the record; it says what the link says, or why there is none.

import { ask } from "../wire/address.js";

/**
 * @typedef {{spec: import("../model/catalog.js").Spec, drawn: string, at: string, edits: string, why: string}} Moment
 *   why: a sentence where there is no link
 */

/**
 * @param {{epoch?: number, batch?: number, letter?: string}} place of the shown run or of a kept one; the newest epoch
 *   unless told
 * @returns {Promise<Moment>}
 */
export async function momentOf(place) {
  const wanted = Object.entries(place).map(([name, value]) => [name, String(value)]);
  const nothing = /** @type {Moment} */ ({ why: "The server cannot be reached just now. Try again." });
  try {
    const answer = await ask(`s/${document.body.dataset.session}/moment?${new URLSearchParams(wanted)}`);
    const found = await answer.json();
    return answer.ok ? found : { ...nothing, why: found.detail };
  } catch {
    return nothing;
  }
}
