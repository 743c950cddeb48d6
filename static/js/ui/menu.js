// A menu: its button opens and closes it, arrows walk, Esc gives the focus back, a click elsewhere closes it.

/**
 * @param {HTMLElement} root what holds the menu
 * @param {object} options
 * @param {HTMLElement} options.opener the button that opens and closes it
 * @param {HTMLElement[]} options.items
 * @param {() => void} [options.opened] brings the items up to date
 * @returns {(isOpen: boolean) => void} opens or closes it
 */
export function createMenu(root, { opener, items, opened }) {
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-controls", root.id);

  /** @param {boolean} isOpen */
  function show(isOpen) {
    root.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    opened?.();
    const there = shown();
    (there.find((item) => item.matches("[role=menuitemradio][aria-checked=true]")) ?? there[0])?.focus();
  }
  const shown = () => items.filter((item) => item.offsetParent); // some are on phones only
  show(false);
  opener.onclick = () => show(Boolean(root.hidden));

  root.onkeydown = (event) => {
    if (event.key === "Tab") return;
    event.stopPropagation(); // an open menu has all keys to itself
    const there = shown();
    const at = there.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const columns = getComputedStyle(items[0].parentElement ?? root).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? there.length - 1 : step && at + step;
    if (next !== undefined) {
      event.preventDefault();
      there[next]?.focus();
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
  return show;
}

/**
 * A menu of the masthead, whose items the template has.
 * @param {HTMLElement} root
 * @param {HTMLElement} opener
 * @returns {() => void} opens it
 */
export function mountPageMenu(root, opener) {
  const show = createMenu(root, { opener, items: /** @type {HTMLElement[]} */ ([...root.children]) });
  root.addEventListener("click", () => { // first: what was chosen may take the focus
    if (root.hidden) return; // a key has done it
    opener.focus();
    show(false);
  }, true);
  return () => show(true);
}
