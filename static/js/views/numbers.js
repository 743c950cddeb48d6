// Every weight and bias as a table: to check a number by hand, to copy it, to hear it read.

import { answerSign, unitSign } from "../model/names.js";
import { inputsOf, layerSizes, layout, parameterCount } from "../model/network_shape.js";
import { on, whileLearning } from "../model/store.js";
import { element } from "../ui/element.js";

const REFRESH = 250; // milliseconds: a table takes longer to read than a number

/**
 * @param {HTMLElement} root
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} _actions
 * @param {() => boolean} visible
 */
export function mountNumbers(root, store, _actions, visible) {
  const holder = element("div", { class: "parameter-table", tabIndex: 0, "aria-label": "Weights and biases" });
  holder.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  root.append(holder);
  on(store, (state) => [visible(), visible() && state.frame, state.spec], ({ frame, spec }) => {
    if (!frame || !spec || !visible() || parameterCount(spec) !== frame.params.length) return;
    holder.replaceChildren(...layout(spec).map((_, layer) => layerTable(layer, spec, frame.params)));
  }, whileLearning(REFRESH));
}

/**
 * @param {number} layer
 * @param {import("../model/catalog.js").Spec} spec
 * @param {Float32Array} params
 */
function layerTable(layer, spec, params) {
  const { inputs, neurons, weights, biases } = layout(spec)[layer];
  const title = layer === layerSizes(spec).length - 1 ? "Output" : `Hidden layer ${layer + 1}`;
  const head = ["", ...inputsOf(layer, spec).map(unitSign), "bias"].map((text) => element("th", { scope: "col" }, text));
  const rows = Array.from({ length: neurons }, (_, neuron) => element("tr", {},
    element("th", { scope: "row" }, answerSign(`${layer}.${neuron}`, spec)),
    ...Array.from({ length: inputs }, (__, input) => element("td", {}, exact(params[weights + neuron * inputs + input]))),
    element("td", {}, exact(params[biases + neuron]))));
  return element("table", {}, element("caption", {}, title), element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

/**
 * Five significant digits: enough to check a number by hand.
 * @param {number} value
 */
function exact(value) {
  return Number.isFinite(value) ? value.toPrecision(5).replace(/-/g, "−") : "NaN";
}
