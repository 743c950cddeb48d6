// What stands above the columns of the network: how many layers and neurons, and each layer's own activation.

import { isOnPlane } from "../model/tables.js";
import { fieldFromName } from "../model/catalog.js";
import { activationsOf, layersDiffer } from "../model/network_shape.js";
import { element, icon } from "../ui/element.js";
import { remSize } from "../ui/theme.js";
import { moreFeatures } from "./folded.js";

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../model/actions.js").Actions} Actions */

// A link may ask for more than the buttons add.
const most = fieldFromName.get("hidden")?.buttons ?? { layers: 8, neurons: 64 };
const { layers: MOST_LAYERS, neurons: MOST_NEURONS } = most;
const NEW_LAYER = 2; // neurons
const LARGE = 32; // rem: there is room for words
const ROOMY = 9.5; // rem from one column to the next

/**
 * @param {Spec} spec
 * @param {Actions} actions
 * @param {object} options
 * @param {import("../draw/geometry.js").Geometry} options.places
 * @param {import("../ui/popovers.js").Popovers} options.popover
 * @param {boolean} options.watching nothing can be changed
 * @param {() => number[]} options.hiddenNow the sizes of this moment, not of the last build: two quick clicks are two
 *   neurons
 * @param {(key: string) => void} options.toggleFeature
 */
export function columnHeaders(spec, actions, { places, popover, watching, hiddenNow, toggleFeature }) {
  const { hidden } = spec;
  const rem = remSize();
  const count = hidden.length;
  /** @param {(now: number[]) => number[]} changed */
  function change(changed) {
    const now = hiddenNow();
    const wanted = changed(now);
    if (wanted !== now) actions.configure({ hidden: wanted });
  }
  /**
   * @param {string} name
   * @param {string} label
   * @param {boolean} enabled
   * @param {(now: number[]) => number[]} changed
   */
  const round = (name, label, enabled, changed) => {
    return roundButton(name, label, enabled && !watching, () => change(changed));
  };

  const isLarge = places.width >= LARGE * rem;
  const features = columnHeader(3.625 * rem, element("strong", {}, "Features"), question("What goes in?", isLarge),
    watching || !isOnPlane(spec) ? null : moreFeatures(popover, spec, toggleFeature));
  features.dataset.heading = "features";
  const word = isLarge ? "hidden layer" : "layer";
  const layers = element("div", { class: "layers-head", "data-control": "numHiddenLayers" },
    ofLayers(round("minus", "Remove a hidden layer", count > 0, (now) => now.slice(0, -1))),
    element("span", {}, counted(count, word)),
    ofLayers(round("plus", "Add a hidden layer", count < MOST_LAYERS,
      (now) => (now.length < MOST_LAYERS ? [...now, NEW_LAYER] : now))));
  const from = count ? places.layers[0][0].x : (places.inputs[0]?.x ?? 0);
  const to = count ? places.layers[count - 1][0].x : places.layers[count][0].x;
  layers.style.left = `${(from + to) / 2}px`;
  layers.style.transform = "translateX(-50%)";

  const isRoomy = to - from >= ROOMY * rem * (count - 1) && isLarge;
  const differ = layersDiffer(spec);
  const headers = hidden.map((size, layer) => {
    /** @param {number} by */
    const resized = (by) => (/** @type {number[]} */ now) => {
      const wanted = now[layer] + by;
      const isAllowed = layer < now.length && wanted >= 1 && (by < 0 || wanted <= MOST_NEURONS);
      return isAllowed ? now.with(layer, wanted) : now;
    };
    const header = columnHeader(places.layers[layer][0].x,
      element("span", { class: `row ${places.heads}`, "data-control": "numHiddenLayers" },
        round("minus", `Remove a neuron from layer ${layer + 1}`, size > 1, resized(-1)),
        element("strong", { title: counted(size, "neuron") }, isRoomy ? counted(size, "neuron") : String(size)),
        round("plus", `Add a neuron to layer ${layer + 1}`, size < MOST_NEURONS, resized(1))),
      differ ? activationChoice(spec, layer, watching, actions) : null);
    header.classList.add("of-layer");
    return header;
  });
  const output = columnHeader(places.layers[count][0].x, element("strong", {}, "Output"),
    question("What comes out?", isLarge && places.heads === "row"));
  output.dataset.heading = "output";
  return [features, layers, ...headers, output];
}

/**
 * The list of activations for one layer.
 * @param {Spec} spec
 * @param {number} layer
 * @param {boolean} fixed it cannot be changed
 * @param {Actions} actions
 */
export function activationChoice(spec, layer, fixed, actions) {
  const name = `Activation of layer ${layer + 1}`;
  const choices = fieldFromName.get("activation")?.choices ?? [];
  const select = element("select", {
    class: "layer-activation", "aria-label": name, title: name, disabled: fixed,
    "data-focus": name, "data-control": "activation",
  }, ...choices.map(({ key, label, note }) => element("option", { value: key, title: note ?? "" }, label)));
  select.value = activationsOf(spec)[layer];
  select.onchange = () => actions.activateLayer(layer, select.value);
  return select;
}

/**
 * Links of TensorFlow Playground hide these alone.
 * @param {HTMLElement} button
 */
function ofLayers(button) {
  button.dataset.control = "layers";
  return button;
}

/**
 * Below a heading.
 * @param {string} text
 * @param {boolean} isRoomy
 */
const question = (text, isRoomy) => {
  return element("span", { class: `question${isRoomy ? "" : " tight"}`, "data-text": "" }, text);
};

/**
 * @param {number} count
 * @param {string} word
 */
const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/**
 * @param {number} x
 * @param {(HTMLElement|string|null)[]} parts
 */
function columnHeader(x, ...parts) {
  const header = element("div", { class: "column-head" }, ...parts);
  header.style.left = `${x}px`;
  return header;
}

/**
 * @param {string} name of its icon
 * @param {string} label
 * @param {boolean} enabled
 * @param {() => void} act
 */
function roundButton(name, label, enabled, act) {
  return element("button", {
    type: "button", class: "tiny", "aria-label": label, "data-focus": label, title: label,
    disabled: !enabled, onclick: act,
  }, icon(name));
}
