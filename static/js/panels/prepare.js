// What a lecturer takes away before handing out the link: a box for each control.

import { fieldFromName } from "../model/catalog.js";
import { on } from "../model/store.js";
import { element, part } from "../ui/element.js";

/** Keys, and names where the settings have none; the first ones are those of TensorFlow Playground. */
const PARTS = [
  ["playButton", "Play"], ["stepButton", "Step"], ["resetButton", "Reset"], ["speed", "Epochs per second"],
  ["learningRate", ""], ["activation", ""], ["regularization", ""], ["regularizationRate", ""], ["problem", ""],
  ["moreButton", "More settings"],
  ["dataset", "Data set"], ["points", ""], ["percTrainData", ""], ["noise", ""], ["batchSize", ""], ["seed", ""],
  ["regenerateButton", "Regenerate"],
  ["moreFeatures", "More features"], ["numHiddenLayers", "Layers and neurons"], ["layers", "Adding layers"],
  ["views", "Views"], ["showTestData", "Show test data"], ["discretize", "Discretize"], ["chart", "Chart"],
  ["prepare", "This list"],
];

/**
 * @param {HTMLDialogElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns {() => void} opens it
 */
export function mountPrepare(root, model, actions) {
  const labels = new Map([...fieldFromName.values()].map((field) => [field.key, field.label]));
  const text = box("Explanations", (isChecked) => actions.look({ hideText: !isChecked }));
  const boxes = PARTS.map(([key, label]) => ({
    key,
    ...box(label || labels.get(key) || key, (isChecked) => {
      const { hidden } = model.get().view;
      actions.look({ hidden: isChecked ? hidden.filter((each) => each !== key) : [...hidden, key] });
    }),
  }));
  part(root, "hide-controls").append(...boxes.map(({ root: holder }) => holder), text.root);
  part(root, "prepare-close").onclick = () => root.close();
  on(model, (state) => [state.view.hidden, state.view.hideText], ({ view }) => {
    for (const { key, input } of boxes) input.checked = !view.hidden.includes(key);
    text.input.checked = !view.hideText;
  });
  return () => root.showModal();
}

/**
 * @param {string} label
 * @param {(isChecked: boolean) => void} change
 */
function box(label, change) {
  const input = element("input", { type: "checkbox" });
  input.onchange = () => change(input.checked);
  return { root: element("label", { class: "check" }, input, label), input };
}
