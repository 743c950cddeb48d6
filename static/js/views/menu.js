// The menu of all views: a picture, a name and a line of each. It opens over the network, never over map or chart.

import { element, icon } from "../ui/element.js";

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {HTMLElement} options.opener the button that opens and closes it
 * @param {{key: string, label: string, line: string, picture: string}[]} options.views
 * @param {() => string} options.shown key of the view that is shown
 * @param {(key: string) => void} options.choose
 */
export function mountMenu(root, { opener, views, shown, choose }) {
  const items = views.map(({ key, label, line, picture }) => element("button", {
    type: "button", role: "menuitemradio", tabIndex: -1, "aria-label": label, title: line, "data-view": key,
    onclick: () => {
      show(false);
      choose(key);
    },
  }, icon(picture), element("span", {}, element("strong", {}, label), element("span", {}, line))));
  root.append(element("h2", { id: "views-menu-title" }, "This network"),
    element("div", { role: "menu", "aria-labelledby": "views-menu-title" }, ...items));
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-controls", root.id);

  /** @param {boolean} isOpen */
  function show(isOpen) {
    root.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    for (const item of items) item.setAttribute("aria-checked", String(item.dataset.view === shown()));
    (items.find((item) => item.ariaChecked === "true") ?? items[0]).focus();
  }
  show(false);
  opener.onclick = () => show(root.hidden);

  root.onkeydown = (event) => {
    if (event.key === "Tab") return;
    event.stopPropagation(); // an open menu has all keys to itself
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const columns = getComputedStyle(items[0].parentElement ?? root).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : step && at + step;
    if (next !== undefined) {
      event.preventDefault();
      items[next]?.focus();
    }
    if (event.key !== "Escape") return;
    show(false);
    opener.focus();
  };
  root.addEventListener("focusout", ({ relatedTarget }) => {
    const next = /** @type {Node|null} */ (relatedTarget);
    if (next && !root.contains(next) && !opener.contains(next)) show(false);
  });
  addEventListener("pointerdown", ({ target }) => {
    const at = /** @type {Node} */ (target);
    if (!root.hidden && !root.contains(at) && !opener.contains(at)) show(false);
  });
}
