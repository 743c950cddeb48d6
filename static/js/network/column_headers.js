// What stands above the columns of the network: how many layers and neurons, and each layer's own activation.

import { fieldFromName } from "../model/catalog.js";
import { activationsOf, layersDiffer } from "../model/network_shape.js";
import { moreFeatures } from "./folded.js";
import { element, icon } from "../ui/element.js";

const shape = fieldFromName.get("hidden");
const MOST_LAYERS = shape?.longest ?? 8;
const MOST_NEURONS = shape?.maximum ?? 64;
const LARGE = 520; // CSS pixels: there is room for words

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 * @param {import("../draw/geometry.js").Geometry} places
 * @param {(key: string) => void} toggleFeature
 */
export function columnHeaders(store, actions, places, toggleFeature) {
  const { spec, watching } = store.get();
  if (!spec) return [];
  const hidden = /** @type {number[]} */ (spec.hidden);
  const count = hidden.length;
  /** @param {(now: number[]) => number[]} change */
  const changeLayers = (change) => actions.configure({ hidden: change(store.get().spec?.hidden ?? []) });
  /** @param {string} name @param {string} label @param {boolean} enabled @param {() => void} act */
  const round = (name, label, enabled, act) => roundButton(name, label, enabled && !watching, act);

  const features = columnHead(58, element("strong", {}, "Features"), watching ? null : "on or off", watching ? null : moreFeatures(spec.features, toggleFeature));
  features.dataset.heading = "features";
  const layers = element("div", { class: "layers-head", "data-control": "numHiddenLayers" },
    round("minus", "Remove a hidden layer", count > 0, () => changeLayers((now) => now.slice(0, -1))),
    element("span", {}, `${count} ${places.width < LARGE ? "" : "hidden "}layer${count === 1 ? "" : "s"}`),
    round("plus", "Add a hidden layer", count < MOST_LAYERS, () => changeLayers((now) => (now.length < MOST_LAYERS ? [...now, 2] : now))));
  const from = count ? places.layers[0][0].x : (places.inputs[0]?.x ?? 0);
  const to = count ? places.layers[count - 1][0].x : places.layers[count][0].x;
  layers.style.left = `${(from + to) / 2}px`;
  layers.style.transform = "translateX(-50%)";

  const roomy = to - from >= 150 * (count - 1) && places.width >= LARGE;
  const differ = layersDiffer(spec);
  const heads = hidden.map((size, layer) => {
    // From the spec of this moment, not of the last build: two quick clicks are two neurons.
    const resize = (/** @type {number} */ by) => {
      const now = /** @type {number[]} */ (store.get().spec?.hidden);
      if (now[layer] + by >= 1 && (by < 0 || now[layer] < MOST_NEURONS)) actions.configure({ hidden: now.map((each, i) => (i === layer ? each + by : each)) });
    };
    const head = columnHead(places.layers[layer][0].x,
      element("span", { class: "row", "data-control": "numHiddenLayers" },
        round("minus", `Remove a neuron from layer ${layer + 1}`, size > 1, () => resize(-1)),
        element("strong", { title: `${size} neuron${size === 1 ? "" : "s"}` }, roomy ? `${size} neuron${size === 1 ? "" : "s"}` : String(size)),
        round("plus", `Add a neuron to layer ${layer + 1}`, size < MOST_NEURONS, () => resize(1))),
      differ ? activationChoice(spec, layer, watching, actions) : null);
    head.style.top = "44px";
    return head;
  });
  return [features, layers, ...heads, columnHead(places.layers[count][0].x, element("strong", {}, "Output"))];
}

/**
 * The list of activations for one layer.
 * @param {import("../model/catalog.js").Spec} spec
 * @param {number} layer
 * @param {boolean} fixed
 * @param {import("../model/actions.js").Actions} actions
 */
export function activationChoice(spec, layer, fixed, actions) {
  const name = `Activation of layer ${layer + 1}`;
  const select = element("select", { class: "layer-activation", "aria-label": name, title: name, disabled: fixed, "data-focus": name, "data-control": "activation" },
    ...(fieldFromName.get("activation")?.choices ?? []).map(({ key, label, note }) => element("option", { value: key, title: note ?? "" }, label)));
  select.value = activationsOf(spec)[layer];
  select.onchange = () => actions.activateLayer(layer, select.value);
  return select;
}

/**
 * @param {number} x
 * @param {(HTMLElement|string|null)[]} parts
 */
function columnHead(x, ...parts) {
  const column = element("div", { class: "column-head" }, ...parts);
  column.style.left = `${x}px`;
  return column;
}

/**
 * @param {string} name
 * @param {string} label
 * @param {boolean} enabled
 * @param {() => void} act
 */
function roundButton(name, label, enabled, act) {
  return element("button", { type: "button", class: "tiny", "aria-label": label, "data-focus": label, title: label, disabled: !enabled, onclick: act }, icon(name));
}
