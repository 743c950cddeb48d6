// Topics of the run at another epoch, for this page alone: nothing that others see changes.

import { ask } from "../wire/address.js";
import { decode } from "../wire/decode.js";

/**
 * @param {number} epoch
 * @param {import("../wire/protocol.js").Topic[]} topics of the main run
 * @returns {Promise<{found: import("../model/alone.js").Found, parts: import("../wire/protocol.js").Part[]}>}
 * @throws {Error} with a sentence that says why not
 */
export async function lookAt(epoch, topics) {
  const body = JSON.stringify({ type: "subscribe", topics });
  let answer;
  let found;
  try {
    answer = await ask(`s/${document.body.dataset.session}/look?epoch=${epoch}`, { method: "POST", body });
    found = await answer.json();
  } catch {
    throw new Error("The server cannot be reached just now. Try again.");
  }
  const why = answer.ok ? found.why : found.detail;
  if (why) throw new Error(why);
  const bytes = Uint8Array.from(atob(found.tick), (char) => char.charCodeAt(0));
  return { found, parts: await decode(bytes.buffer) };
}
