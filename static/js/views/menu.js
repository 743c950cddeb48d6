// The menu of all views: a picture, a name and a line of each. It opens over the network, never over map or chart.

import { isAutoencoder } from "../model/autoencoder.js";
import { isNeuron } from "../model/neuron.js";
import { currentRun } from "../model/state.js";
import { element, icon } from "../ui/element.js";
import { createMenu } from "../ui/menu.js";
import { loadStyle } from "../ui/style.js";
import { site } from "../wire/address.js";

/** @typedef {"reconstruct"|"neuron"} Kind */

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {HTMLElement} options.opener the button that opens and closes it
 * @param {{key: string, label: string, line: string, picture: string, kind?: string}[]} options.views
 * @param {import("../model/state.js").Model} options.model
 * @param {string} options.place that shows one of them
 * @param {(key: string) => void} options.choose
 * @returns a promise of what opens or closes it
 */
export async function mountMenu(root, { opener, views, model, place, choose }) {
  await loadStyle("views_menu");
  const pictures = new URL("static/views.svg", site);
  const items = views.map(({ key, label, line, picture }) => element("button", {
    type: "button", role: "menuitemradio", tabIndex: -1, "aria-label": label, title: line, "data-view": key,
    onclick: () => {
      show(false);
      choose(key);
    },
  }, icon(picture, pictures), element("span", {}, element("strong", {}, label), element("span", {}, line))));
  root.append(element("h2", { id: "views-menu-title" }, "This network"),
    element("div", { role: "menu", "aria-labelledby": "views-menu-title" }, ...items));
  const show = createMenu(root, { opener, items, opened() {
    const fits = { reconstruct: isAutoencoder, neuron: isNeuron };
    const state = model.get();
    const { spec } = currentRun(state);
    items.forEach((item, i) => { // a view for other networks is offered only where it is shown already
      const isShown = item.dataset.view === state.places[place];
      item.setAttribute("aria-checked", String(isShown));
      item.hidden = !isShown && views[i].kind !== undefined && !fits[/** @type {Kind} */ (views[i].kind)](spec);
    });
  } });
  return show;
}
