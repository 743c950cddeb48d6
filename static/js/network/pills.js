// Numbers on the network itself: outputs in white, shares of the error in black.

import { on } from "../model/store.js";
import { element } from "../ui/element.js";

/** @type {WeakSet<HTMLElement>} */
const mounted = new WeakSet();

/**
 * @param {HTMLElement} root of the network
 * @param {import("../model/state.js").Model} model
 */
export function mountPills(root, model) {
  if (mounted.has(root)) return;
  mounted.add(root);
  const graph = /** @type {HTMLElement} */ (root.querySelector(".graph"));
  const units = /** @type {HTMLElement} */ (graph.querySelector(":scope > div"));
  const layer = element("div", { class: "pills", "aria-hidden": "true" });
  graph.append(layer);

  function draw() {
    layer.replaceChildren(...(model.get().pills ?? []).flatMap(({ unit, text, kind }) => {
      const button = units.querySelector(`.unit[data-unit="${CSS.escape(unit)}"]`);
      if (!(button instanceof HTMLElement)) return []; // it has no map
      const pill = element("span", { class: `pill ${kind}` }, text);
      const isBelow = kind !== "value";
      pill.style.left = `${button.offsetLeft + button.offsetWidth / 2}px`;
      pill.style.top = `${button.offsetTop + (isBelow ? button.offsetHeight : 0)}px`;
      return [pill];
    }));
  }
  on(model, (state) => [state.pills], draw);
  new MutationObserver(draw).observe(units, { childList: true }); // built anew, they stand elsewhere
}
