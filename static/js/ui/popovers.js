// What the picture has no room for, one click away: the other features, and the neurons of a wide layer without maps.

import { catalog, featureMap } from "../model/catalog.js";
import { SMOOTH } from "../draw/palette.js";
import { SMALL_MOST } from "../wire/protocol.js";
import { element } from "./element.js";
import { drawField } from "../draw/field.js";

/** Keys of those that stand open: what they are in is built anew with every shape. @type {Set<string>} */
const opened = new Set();

/** @param {string} key @param {string} label @param {string} name @param {() => HTMLElement[]} fill what is in it, made when it is first opened */
function drawer(key, label, name, fill) {
  const box = element("div", { class: "drawer-box", role: "group", "aria-label": name });
  const root = element("details", { class: "drawer", open: opened.has(key) }, element("summary", { "aria-label": name, title: name, "data-focus": key }, label), box);
  const follow = () => {
    if (root.open) opened.add(key);
    else opened.delete(key);
    if (root.open && !box.hasChildNodes()) box.append(...fill());
  };
  root.ontoggle = follow;
  if (root.open) follow();
  return root;
}

/** Close what stands open when somebody goes on elsewhere. @param {HTMLElement} root */
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

/** Inputs that the original has not. @param {string[]} chosen @param {(key: string) => void} toggle */
export function moreFeatures(chosen, toggle) {
  const root = drawer("more-features", "More", "More features", () => catalog.features.filter(({ basic }) => !basic).map((feature) => {
    const canvas = element("canvas");
    const button = element("button", {
      type: "button", class: "tile", title: feature.formula, "aria-pressed": String(chosen.includes(feature.key)), "data-focus": `tile-${feature.key}`, onclick: () => toggle(feature.key),
    }, canvas, feature.label);
    drawField(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false })), featureMap(feature), SMOOTH);
    return button;
  }));
  root.classList.add("features-drawer");
  return root;
}

/**
 * The neurons of a layer after those that have maps.
 * @param {number} layer
 * @param {number} size
 * @param {import("../draw/geometry.js").Place} place
 * @param {(unit: string, label: string) => HTMLElement} cell
 */
export function foldedNeurons(layer, size, { x, y }, cell) {
  const count = size - SMALL_MOST;
  const root = drawer(`fold-${layer}`, `+${count}`, `${count} more neuron${count === 1 ? "" : "s"} in layer ${layer + 1}`,
    () => Array.from({ length: count }, (_, i) => cell(`${layer}.${SMALL_MOST + i}`, String(SMALL_MOST + i + 1))));
  root.classList.add("fold");
  root.style.left = `${x}px`;
  root.style.top = `${y}px`;
  return root;
}
