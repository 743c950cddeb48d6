// What the picture has no room for, one click away: the other features, and the neurons of a wide layer without maps.

import { drawField } from "../draw/field.js";
import { SMOOTH } from "../draw/palette.js";
import { catalog, featureMap } from "../model/catalog.js";
import { element } from "../ui/element.js";
import { popover } from "../ui/popovers.js";
import { SMALL_MOST } from "../wire/protocol.js";

/**
 * Inputs that the original has not.
 * @param {string[]} chosen
 * @param {(key: string) => void} toggle
 */
export function moreFeatures(chosen, toggle) {
  const root = popover("more-features", "More", "More features", () => catalog.features.filter(({ basic }) => !basic).map((feature) => {
    const canvas = element("canvas");
    const button = element("button", {
      type: "button", class: "tile", title: feature.formula, "aria-pressed": String(chosen.includes(feature.key)), "data-focus": `tile-${feature.key}`, onclick: () => toggle(feature.key),
    }, canvas, feature.label);
    drawField(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false })), featureMap(feature), SMOOTH);
    return button;
  }));
  root.classList.add("features-popover");
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
  const root = popover(`fold-${layer}`, `+${count}`, `${count} more neuron${count === 1 ? "" : "s"} in layer ${layer + 1}`,
    () => Array.from({ length: count }, (_, i) => cell(`${layer}.${SMALL_MOST + i}`, String(SMALL_MOST + i + 1))));
  root.classList.add("fold");
  root.style.left = `${x}px`;
  root.style.top = `${y}px`;
  return root;
}
