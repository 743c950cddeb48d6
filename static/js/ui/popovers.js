// Small boxes that open over the page at a summary, and close when somebody goes on elsewhere.

import { element } from "./element.js";

/** @typedef {ReturnType<typeof createPopovers>} Popovers */

/**
 * The popovers of one part of the page.
 * @param {HTMLElement} root what they are in
 */
export function createPopovers(root) {
  /** @type {Set<string>} keys of those that are open: what they are in is built anew with every shape */
  const opened = new Set();

  addEventListener("pointerdown", ({ target }) => {
    const at = /** @type {Element} */ (target);
    for (const each of /** @type {NodeListOf<HTMLDetailsElement>} */ (root.querySelectorAll("details[open]"))) {
      if (!each.contains(at) && !at.closest("[role=dialog]")) each.open = false;
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = /** @type {Element} */ (event.target).closest("details[open]");
    const each = /** @type {HTMLDetailsElement|null} */ (open);
    if (!each) return;
    event.stopPropagation();
    each.open = false;
    each.querySelector("summary")?.focus();
  });

  /**
   * @param {string} key by which it stays open when its surroundings are built anew
   * @param {string} label
   * @param {string} name for screen readers
   * @param {() => HTMLElement[]} fill what is in it, made when it is first opened
   */
  return function popover(key, label, name, fill) {
    const box = element("div", { class: "popover-box", role: "group", "aria-label": name });
    const summary = element("summary", { "aria-label": name, title: name, "data-focus": key }, label);
    const made = element("details", { class: "popover", open: opened.has(key) }, summary, box);
    const follow = () => {
      if (made.open) opened.add(key);
      else opened.delete(key);
      if (made.open && !box.hasChildNodes()) box.append(...fill());
    };
    made.ontoggle = follow;
    if (made.open) follow();
    return made;
  };
}
