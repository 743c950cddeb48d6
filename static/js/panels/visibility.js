// Taking controls away for a class: the `_hide` keys and `hideText` of the link, and the boxes that set them.

import { fieldFromName } from "../model/catalog.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";

/** The keys of the original and what they hide here; inputs go by their own keys. */
const PARTS = [
  ["playButton", "Play"], ["stepButton", "Step"], ["resetButton", "Reset"],
  ["learningRate", ""], ["activation", ""], ["regularization", ""], ["regularizationRate", ""], ["problem", ""],
  ["dataset", "Data set"], ["percTrainData", ""], ["noise", ""], ["batchSize", ""],
  ["numHiddenLayers", "Layers and neurons"], ["layers", "Adding layers"], ["showTestData", "Show test data"], ["discretize", "Discretize"],
];

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{rebuilt: HTMLElement}} options a part of the page that is built anew: what is hidden stays hidden in it
 */
export function mountVisibility(root, model, actions, { rebuilt }) {
  const labels = new Map([...fieldFromName.values()].map((field) => [field.key, field.label]));
  const text = box("Explanations", (isChecked) => actions.look({ hideText: !isChecked }));
  const boxes = PARTS.map(([key, label]) => ({
    key,
    ...box(label || labels.get(key) || key, (isChecked) => {
      const { hidden } = model.get().view;
      actions.look({ hidden: isChecked ? hidden.filter((each) => each !== key) : [...hidden, key] });
    }),
  }));
  root.append(...boxes.map(({ root: holder }) => holder), text.root);

  on(model, (state) => [state.view.hidden, state.view.hideText, state.places], ({ view }) => {
    for (const { key, input } of boxes) input.checked = !view.hidden.includes(key);
    text.input.checked = !view.hideText;
    hide(view);
  });
  new MutationObserver(() => hide(model.get().view)).observe(rebuilt, { childList: true, subtree: true });
}

/** @param {import("../model/link.js").View} view */
function hide({ hidden, hideText }) {
  /** @type {NodeListOf<HTMLElement>} */
  const explanations = document.querySelectorAll("[data-text]");
  for (const each of explanations) if (each.hidden !== hideText) each.hidden = hideText;
  /** @type {NodeListOf<HTMLElement>} */
  const controls = document.querySelectorAll("[data-control]");
  for (const control of controls) {
    const isHidden = hidden.includes(control.dataset.control ?? "");
    if (control.hidden !== isHidden) control.hidden = isHidden;
  }
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
