// The one place where a view is chosen: a view is a record here and a file beside this one.

import { unitName } from "../model/names.js";
import { watched } from "../model/state.js";
import { on } from "../model/store.js";
import { byId, element } from "../ui/element.js";
import { mountMap } from "./map.js";
import { mountMetrics } from "./metrics.js";
import { mountNumbers } from "./numbers.js";

/**
 * @type {{key: string, label: string, mount: (root: HTMLElement, store: import("../ui/fields.js").Store, actions:
 *   import("../model/actions.js").Actions, visible: () => boolean) => void}[]}
 */
const VIEWS = [
  { key: "map", label: "Map", mount: mountMap },
  { key: "numbers", label: "Numbers", mount: mountNumbers },
  { key: "metrics", label: "Measures", mount: mountMetrics },
];

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountStage(store, actions) {
  const tabs = byId("stage-tabs");
  const panels = VIEWS.map((view) => element("div", { id: `stage-${view.key}`, role: "tabpanel", "aria-labelledby": `tab-${view.key}`, hidden: true }));
  const buttons = VIEWS.map((view, i) => element("button", {
    type: "button", id: `tab-${view.key}`, role: "tab", "aria-controls": `stage-${view.key}`, onclick: () => show(i),
  }, view.label));

  /** @param {number} chosen */
  function show(chosen) {
    panels.forEach((panel, i) => { panel.hidden = i !== chosen; });
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
    });
    store.update((state) => ({ ...state, tab: VIEWS[chosen].key })); // the view that has become visible draws what it missed
  }

  tabs.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.stopPropagation();
    const at = (buttons.findIndex((button) => button.tabIndex === 0) + step + buttons.length) % buttons.length;
    show(at);
    buttons[at].focus();
  };
  tabs.append(...buttons);
  byId("stage").append(...panels);
  VIEWS.forEach((view, i) => view.mount(panels[i], store, actions, () => !panels[i].hidden));
  show(0);
  on(store, (state) => [watched(state), state.spec], (state) => {
    byId("stage-unit").textContent = state.spec ? unitName(watched(state), state.spec) : "";
  });
}
