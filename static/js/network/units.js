// The units of the network as buttons: inputs, neurons with a map, and neurons without one.

import { swatch } from "../draw/shapes.js";
import { className, unitName } from "../model/names.js";
import { classOf, neuronOf } from "../model/network_shape.js";
import { outputLabel } from "../model/outputs.js";
import { targetFacts } from "../model/tables.js";
import { element } from "../ui/element.js";

const RANGED = 34; // CSS pixels of a tile beside which there is room for a third line

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../draw/geometry.js").Place} Place */

/**
 * @param {{key: string, label: string, formula: string, range?: string}} feature range: of a column, its numbers
 * @param {Place} place
 * @param {Spec} spec
 * @param {{fixed: boolean, toggle: (key: string) => void}} options fixed: it can only be looked at
 */
export function inputButton(feature, place, spec, { fixed, toggle }) {
  const isOn = spec.features.includes(feature.key);
  const button = unitButton(feature.key, place, unitName(feature.key, spec));
  button.classList.toggle("off", !isOn);
  button.setAttribute("aria-pressed", String(isOn));
  if (fixed) button.setAttribute("aria-disabled", "true"); // not disabled: it can still be pointed at
  button.dataset.control = feature.key;
  button.title = feature.formula;
  const name = element("span", { class: "name", "aria-hidden": "true" }, feature.label);
  if (feature.range !== undefined) {
    name.classList.add("column");
    if (place.size >= RANGED) name.append(element("small", {}, feature.range));
    button.dataset.range = feature.range;
  }
  button.append(name);
  button.onclick = () => { if (!fixed) toggle(feature.key); };
  return button;
}

/**
 * @param {string} unit
 * @param {Place} place
 * @param {Spec} spec
 * @param {(kind: "neuron"|"bias") => void} pin
 * @returns {{button: HTMLButtonElement, bias: HTMLElement, own: number|null}} own: the class that it is the output of
 */
export function neuronButton(unit, place, spec, pin) {
  const own = classOf(unit, spec);
  const button = unitButton(unit, place, unitName(unit, spec));
  const bias = element("span", { class: "bias" });
  button.append(bias);
  /** @param {(Node|string)[]} parts */
  const tag = (...parts) => button.append(element("span", { class: "tag", "aria-hidden": "true" }, ...parts));
  if (own !== null) tag(swatch(own), className(own, spec));
  else if (neuronOf(unit)?.layer === spec.hidden.length) {
    tag(targetFacts(neuronOf(unit)?.neuron ?? 0, spec)?.name ?? outputLabel(spec));
  }
  button.onclick = (event) => pin(event.target === bias ? "bias" : "neuron");
  return { button, bias, own };
}

/**
 * A neuron without a map, in its layer's popover.
 * @param {string} unit
 * @param {string} label
 * @param {Spec} spec
 * @param {() => void} pin
 */
export function foldedButton(unit, label, spec, pin) {
  return element("button", {
    type: "button", class: "cell", "aria-label": `${unitName(unit, spec)}. Open its numbers.`,
    "data-unit": unit, "data-focus": unit, onclick: pin,
  }, label);
}

/**
 * @param {string} unit
 * @param {Place} place
 * @param {string} name
 */
function unitButton(unit, { x, y, size }, name) {
  const button = element("button", {
    type: "button", class: "unit", "aria-label": name, "data-unit": unit, "data-focus": unit,
  });
  const [left, top, side] = [x - size / 2, y - size / 2, size].map((length) => `${length}px`);
  Object.assign(button.style, { left, top, width: side, height: side });
  return button;
}
