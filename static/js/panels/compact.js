// The compact layout: for a projector, where all is large, and for a frame in another page, where all is small. Its
// style, and the tab that opens the data column, which is folded then.

import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

let isMounted = false;

/**
 * @param {HTMLElement} data the column that is folded
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 */
export async function mountCompact(data, model, _actions) {
  if (isMounted) return;
  isMounted = true;
  const tab = element("button", { type: "button", class: "data-tab", "aria-controls": data.id }, "Data");
  /** @param {boolean} isOpen */
  const open = (isOpen) => tab.setAttribute("aria-expanded", String(isOpen));
  open(false);
  tab.onclick = () => open(tab.getAttribute("aria-expanded") === "false");
  data.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !tab.checkVisibility()) return;
    event.stopPropagation();
    open(false);
    tab.focus();
  });
  await loadStyle("compact");
  data.before(tab);
  const show = () => {
    const { lecture, embed } = model.get().view;
    const isOn = { lecture, embed, compact: lecture || embed };
    for (const [name, is] of Object.entries(isOn)) document.documentElement.toggleAttribute(`data-${name}`, is);
  };
  on(model, (state) => [state.view.lecture, state.view.embed], show);
}
