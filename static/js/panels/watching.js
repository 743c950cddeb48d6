// The page of somebody who watches: what only an owner may use is out of reach.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { part } from "../ui/element.js";
import { spaced } from "../ui/join_code.js";
import { forgetLecture, rememberLecture } from "../ui/lecture_back.js";
import { site } from "../wire/address.js";

/** What only an owner may use: the browser takes everything in them out of reach, whatever is added later. */
const OWNERS = ["drive", "settings", "choices-controls", "in-use", "data-controls"];

/**
 * The page of somebody who watches.
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountWatching(root, model, actions) {
  for (const id of OWNERS) part(root, id).disabled = true;
  part(root, "drive").title = "Only the owner of this session can train it.";
  for (const id of ["open-class", "tagline"]) part(root, id).remove();
  part(root, "watching").hidden = false;
  const [words] = part(root, "watching").children;
  on(model, (state) => [state.classroom], ({ classroom }) => {
    words.textContent = classroom ? `Class ${spaced(classroom.code)}. You are ${classroom.name}.` : "You are watching.";
  });
  forgetLecture();
  const copy = part(root, "own-copy");
  copy.onclick = async (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own, from the start
    event.preventDefault();
    const { momentOf } = await import("../ui/moment.js");
    const moment = await momentOf({});
    rememberLecture();
    // Where no link can say the record, the copy begins at the start.
    location.href = moment.why ? copy.href : `${site}#${actions.momentLink(moment)}`;
  };
  on(model, (state) => [currentRun(state).spec, state.view], (state) => {
    if (currentRun(state).spec) copy.href = `${site}#${actions.fragment()}`;
  });
}
