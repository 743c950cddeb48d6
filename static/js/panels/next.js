// A quiet line in the masthead that invites on: what happened, and a link to what to try next.

import { catalog, featureKeys, fieldFromName } from "../model/catalog.js";
import { formatLink } from "../model/link.js";
import { nextStep } from "../model/next.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

const LOOK_EVERY = 1000; // milliseconds

/**
 * @param {HTMLElement} tagline whose place the line takes
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{after: HTMLElement}} options what has the focus once the line is closed
 */
export async function mountNext(tagline, model, actions, { after }) {
  await loadStyle("next");
  const words = element("span", { role: "status" });
  const close = element("button", {
    type: "button", class: "tiny quiet", "aria-label": "Close the suggestion",
  }, icon("close"));
  const line = element("p", { class: "try-next", hidden: true }, words, close);
  tagline.after(line);

  /** @type {Set<string>} */
  const refused = new Set();
  let shown = "";
  close.onclick = () => {
    refused.add(shown);
    line.hidden = true;
    after.focus();
  };

  on(model, (state) => {
    const { spec, losses, divergedAt } = currentRun(state);
    return [spec, losses, divergedAt, state.view];
  }, (state) => {
    const { view } = state;
    const run = currentRun(state);
    const found = nextStep(run);
    const isHidden = (/** @type {string} */ name) => view.hidden.includes(fieldFromName.get(name)?.key ?? "");
    const isOffered = found && run.spec && !view.hideText && !refused.has(found.key)
      && !Object.keys(found.patch).some(isHidden);
    line.hidden = !isOffered;
    if (!isOffered || !run.spec) return;
    const link = formatLink({ ...run.spec, ...found.patch }, view, catalog.fields, featureKeys, run.speed);
    const href = `#${link}`;
    const same = words.querySelector("a");
    if (same?.getAttribute("href") === href && shown === found.key) return; // it may have the focus
    shown = found.key;
    const visit = (/** @type {Event} */ event) => {
      event.preventDefault();
      actions.visit(link);
    };
    words.replaceChildren(`${found.said} Try next: `, element("a", { href, onclick: visit }, found.next), ".");
  }, () => LOOK_EVERY);
}
