// On a phone there is room for one pane at a time; the dock below chooses it. Wider windows show all of them.

import { element } from "../ui/element.js";

const PANES = [["map", "Map"], ["loss", "Loss"], ["network", "Network"], ["data", "Data"]];

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} _model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{panes: HTMLElement, peek: HTMLElement}} options what holds the panes; the small map, which leads to the
 *   large one
 */
export function mountDock(root, _model, actions, { panes, peek }) {
  const buttons = PANES.map(([pane, label]) => element("button", {
    type: "button", "data-pane": pane, onclick: () => show(pane),
  }, label));
  root.append(...buttons);

  /** @param {string} pane */
  function show(pane) {
    if (panes.dataset.pane !== pane) {
      actions.pin(null); // a card belongs to what is seen
      panes.dataset.pane = pane;
      if (root.checkVisibility()) scrollTo({ top: 0 });
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
  }
  peek.addEventListener("click", () => show("map"), { capture: true }); // before it scrolls there
  show("map");
}
