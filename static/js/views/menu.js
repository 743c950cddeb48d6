// The menu of all views: a picture, a name and a line of each. It opens over the network, never over map or chart.

import { element, icon } from "../ui/element.js";
import { createMenu } from "../ui/menu.js";
import { loadStyle } from "../ui/style.js";
import { site } from "../wire/address.js";

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {HTMLElement} options.opener the button that opens and closes it
 * @param {{key: string, label: string, line: string, picture: string}[]} options.views
 * @param {() => string} options.shown key of the view that is shown
 * @param {(key: string) => void} options.choose
 * @returns a promise of what opens or closes it
 */
export async function mountMenu(root, { opener, views, shown, choose }) {
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
    for (const item of items) item.setAttribute("aria-checked", String(item.dataset.view === shown()));
  } });
  return show;
}
