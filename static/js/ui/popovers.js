// Small boxes that open over the page at a summary, and close when somebody goes on elsewhere.

import { element } from "./element.js";

/** Keys of those that stand open: what they are in is built anew with every shape. @type {Set<string>} */
const opened = new Set();

/**
 * @param {string} key by which it stays open when its surroundings are built anew
 * @param {string} label
 * @param {string} name for screen readers
 * @param {() => HTMLElement[]} fill what is in it, made when it is first opened
 */
export function popover(key, label, name, fill) {
  const box = element("div", { class: "popover-box", role: "group", "aria-label": name });
  const root = element("details", { class: "popover", open: opened.has(key) }, element("summary", { "aria-label": name, title: name, "data-focus": key }, label), box);
  const follow = () => {
    if (root.open) opened.add(key);
    else opened.delete(key);
    if (root.open && !box.hasChildNodes()) box.append(...fill());
  };
  root.ontoggle = follow;
  if (root.open) follow();
  return root;
}

/**
 * Close what stands open when somebody goes on elsewhere.
 * @param {HTMLElement} root
 */
export function closeOutside(root) {
  addEventListener("pointerdown", ({ target }) => {
    for (const each of /** @type {NodeListOf<HTMLDetailsElement>} */ (root.querySelectorAll("details[open]"))) {
      if (!each.contains(/** @type {Node} */ (target)) && !(/** @type {Element} */ (target).closest("#card"))) each.open = false;
    }
  });
  root.addEventListener("keydown", (event) => {
    const each = /** @type {HTMLDetailsElement|null} */ (event.key === "Escape" && /** @type {Element} */ (event.target).closest("details[open]"));
    if (!each) return;
    event.stopPropagation();
    each.open = false;
    each.querySelector("summary")?.focus();
  });
}
