// The one place where the views of a place are listed: a view is a record here and a file beside this one.

import { unitName } from "../model/names.js";
import { currentRun, watched } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { mountMap } from "./map.js";
import { mountMetrics } from "./metrics.js";
import { mountNumbers } from "./numbers.js";

/** @typedef {import("../model/state.js").Model} Model */
/** @typedef {import("../model/actions.js").Actions} Actions */
/**
 * @typedef {object} View
 * @property {string} key
 * @property {string} label
 * @property {(root: HTMLElement, model: Model, actions: Actions, options: {visible: () => boolean}) => void} mount
 */

/** @type {View[]} */
const VIEWS = [
  { key: "map", label: "Map", mount: mountMap },
  { key: "numbers", label: "Numbers", mount: mountNumbers },
  { key: "metrics", label: "Measures", mount: mountMetrics },
];

/**
 * Tabs, and below them the view that is chosen at this place of the page. A view is mounted when it is first shown.
 * @param {HTMLElement} root
 * @param {Model} model
 * @param {Actions} actions
 * @param {{place: string}} options its name in the state; each stage has its own
 */
export function mountStage(root, model, actions, { place }) {
  const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "View" });
  const unit = element("p", { class: "stage-unit", "aria-live": "polite" });
  const body = element("div", { class: "stage" });
  root.append(element("div", { class: "stage-head" }, tabs, unit), body);

  const stands = VIEWS.map((view) => {
    const [id, tabId] = [`${place}-${view.key}`, `${place}-tab-${view.key}`];
    const panel = element("div", { id, role: "tabpanel", "aria-labelledby": tabId, hidden: true });
    const tab = element("button", {
      type: "button", id: tabId, role: "tab", "aria-controls": id, onclick: () => actions.showView(place, view.key),
    }, view.label);
    return { view, panel, tab, mounted: false };
  });
  tabs.append(...stands.map(({ tab }) => tab));
  body.append(...stands.map(({ panel }) => panel));

  tabs.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.stopPropagation();
    const at = stands.findIndex(({ view }) => view.key === model.get().places[place]);
    const { view, tab } = stands[(at + step + stands.length) % stands.length];
    actions.showView(place, view.key);
    tab.focus();
  };

  actions.showView(place, VIEWS[0].key);
  on(model, (state) => [state.places[place]], ({ places }) => {
    for (const stand of stands) {
      const { view, panel, tab } = stand;
      const isShown = places[place] === view.key;
      panel.hidden = !isShown;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      if (!isShown || stand.mounted) continue;
      stand.mounted = true;
      view.mount(panel, model, actions, { visible: () => model.get().places[place] === view.key });
    }
  });
  on(model, (state) => [watched(state), currentRun(state).spec], (state) => {
    const { spec } = currentRun(state);
    unit.textContent = spec ? unitName(watched(state), spec) : "";
  });
}
