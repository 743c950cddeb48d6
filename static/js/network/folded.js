// What the picture has no room for, one click away: the other features, and the neurons of a wide layer without maps.

import { drawField } from "../draw/field.js";
import { SMOOTH } from "../draw/palette.js";
import { catalog, constraints, featureMap, featureOf } from "../model/catalog.js";
import { isWritten, writtenBefore, writtenMap } from "../model/written.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { SMALL_MOST } from "../wire/protocol.js";

/** @typedef {import("../ui/popovers.js").Popovers} Popovers */

/**
 * The inputs that TensorFlow Playground does not have.
 * @param {Popovers} popover
 * @param {import("../model/catalog.js").Spec} spec
 * @param {(key: string) => void} toggle
 */
export function moreFeatures(popover, spec, toggle) {
  const own = [...writtenBefore].flatMap((key) => featureOf(key) ?? []);
  const further = catalog.features.filter(({ basic, key }) => !basic && constraints.hasFeature(key, spec));
  const others = [...further, ...own];
  const root = popover("more-features", "More features", "More features", () => others.map((feature) => {
    const canvas = element("canvas");
    const context = contextOf(canvas, { alpha: false });
    const map = () => (isWritten(feature.key) ? writtenMap(feature.key, draw) : featureMap(feature));
    const draw = () => drawField(context, map(), SMOOTH);
    draw();
    return element("button", {
      type: "button", class: "tile", title: feature.formula, "data-focus": `tile-${feature.key}`,
      "aria-pressed": String(spec.features.includes(feature.key)), onclick: () => toggle(feature.key),
    }, canvas, feature.label);
  }));
  root.classList.add("features-popover");
  root.dataset.control = "moreFeatures";
  return root;
}

/**
 * The neurons of a layer after those that have maps.
 * @param {Popovers} popover
 * @param {number} layer
 * @param {number} size
 * @param {import("../draw/geometry.js").Place} place
 * @param {(unit: string, label: string) => HTMLElement} cell
 */
export function foldedNeurons(popover, layer, size, { x, y }, cell) {
  const count = size - SMALL_MOST;
  const name = `${count} more neuron${count === 1 ? "" : "s"} in layer ${layer + 1}`;
  const root = popover(`fold-${layer}`, `+${count}`, name, () => Array.from({ length: count }, (_, i) => {
    const neuron = SMALL_MOST + i;
    return cell(`${layer}.${neuron}`, String(neuron + 1));
  }));
  root.classList.add("fold");
  root.style.left = `${x}px`;
  root.style.top = `${y}px`;
  return root;
}
