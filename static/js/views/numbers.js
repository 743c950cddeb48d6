// Every weight and bias as a table: to check a number by hand, to copy it, to hear it read.

import { answerSign, unitSign } from "../model/names.js";
import { inputsOf, layerSizes, layout } from "../model/network_shape.js";
import { fittingFrame } from "../model/run.js";
import { currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

const REFRESH = 250; // milliseconds: a table takes longer to read than a number

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{visible: () => boolean, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountNumbers(root, model, _actions, { visible, runOf = currentRun }) {
  await loadStyle("tables");
  const holder = element("div", { class: "parameter-table", tabIndex: 0, "aria-label": "Weights and biases" });
  holder.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  root.append(holder);
  on(model, (state) => [visible() && fittingFrame(runOf(state))], (state) => {
    const run = runOf(state);
    const { spec } = run;
    const frame = fittingFrame(run);
    if (!visible() || !frame || !spec) return;
    holder.replaceChildren(...layout(spec).map((_, layer) => layerTable(layer, spec, frame.params)));
  }, whileTraining(REFRESH, runOf));
}

/**
 * @param {number} layer
 * @param {import("../model/catalog.js").Spec} spec
 * @param {Float32Array} params
 */
function layerTable(layer, spec, params) {
  const { inputs, neurons, weights, biases } = layout(spec)[layer];
  const title = layer === layerSizes(spec).length - 1 ? "Output" : `Hidden layer ${layer + 1}`;
  const names = [...inputsOf(layer, spec).map((unit) => unitSign(unit, spec)), "bias"];
  const rows = Array.from({ length: neurons }, (_, neuron) => element("tr", {},
    element("th", { scope: "row" }, answerSign(`${layer}.${neuron}`, spec)),
    ...Array.from({ length: inputs }, (__, input) => cell(params[weights + neuron * inputs + input])),
    cell(params[biases + neuron])));
  return element("table", {},
    element("caption", {}, title),
    element("thead", {},
      element("tr", {}, element("td"), ...names.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...rows));
}

/**
 * Five significant digits: enough to check a number by hand.
 * @param {number} value
 */
function cell(value) {
  return element("td", {}, Number.isFinite(value) ? value.toPrecision(5).replace(/-/g, "−") : "NaN");
}
