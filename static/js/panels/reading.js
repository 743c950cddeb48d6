// Read me: the present state as a paragraph, which is shown and read aloud.

import { account } from "../model/account.js";
import { shownLosses } from "../model/run.js";
import { currentRun } from "../model/state.js";
import { lossText } from "../ui/text.js";

/**
 * @param {HTMLElement} _root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns {() => void} tells it
 */
export function mountReading(_root, model, actions) {
  /** @type {import("../model/account.js").Facts|null} */
  let before = null;
  let said = "";

  return function tell() {
    const { toasts } = model.get();
    const run = currentRun(model.get());
    const { spec, frame, playing, points, halted, divergedAt } = run;
    if (!spec) return;
    const [train, test] = shownLosses(run).map(lossText);
    const now = {
      spec, playing, points, epoch: frame?.epoch ?? 0, losses: /** @type {[string, string]} */ ([train, test]),
      halted: divergedAt === null ? halted?.message ?? "" : "The loss is no longer a number",
    };
    for (const { id, text } of toasts) if (text === said) actions.dismiss(id); // one account at a time
    said = account(now, before);
    before = now;
    actions.toast(said, [], true);
  };
}
