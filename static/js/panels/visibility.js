// Taking controls away for a class: the `_hide` keys and `hideText` of the link.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";

/**
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{rebuilt: HTMLElement, panels: HTMLElement[]}} options a part of the page that is built anew: what is hidden
 *   stays hidden in it; panels of which nothing is left when all their controls are hidden
 */
export function mountVisibility(root, model, _actions, { rebuilt, panels }) {
  on(model, ({ view, places }) => [view.hidden, view.hideText, places], ({ view }) => hide(root, view));
  on(model, (state) => [state.view.hidden, currentRun(state).spec], () => {
    for (const panel of panels) {
      panel.classList.toggle("bare", !panel.querySelector("[data-control]:not([hidden], .unused)"));
    }
  });
  new MutationObserver(() => hide(rebuilt, model.get().view)).observe(rebuilt, { childList: true, subtree: true });
}

/**
 * @param {HTMLElement} root
 * @param {import("../model/link.js").View} view
 */
function hide(root, { hidden, hideText }) {
  /** @type {NodeListOf<HTMLElement>} */
  const explanations = root.querySelectorAll("[data-text]");
  for (const each of explanations) if (each.hidden !== hideText) each.hidden = hideText;
  /** @type {NodeListOf<HTMLElement>} */
  const controls = root.querySelectorAll("[data-control]");
  for (const control of controls) {
    const isHidden = (control.dataset.control ?? "").split(" ").some((key) => hidden.includes(key));
    if (control.hidden !== isHidden) control.hidden = isHidden;
  }
}
