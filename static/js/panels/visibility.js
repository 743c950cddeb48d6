// Taking controls away for a class: the `_hide` keys and `hideText` of the link, and the boxes that set them.

import { fieldFromName } from "../model/catalog.js";
import { on } from "../model/store.js";
import { byId, element } from "../ui/element.js";

/** The keys of the original and what they hide here; inputs go by their own keys. */
const PARTS = [
  ["playButton", "Play"], ["stepButton", "Step"], ["resetButton", "Reset"], ["learningRate", ""], ["activation", ""], ["regularization", ""],
  ["regularizationRate", ""], ["problem", ""], ["dataset", "Data set"], ["percTrainData", ""], ["noise", ""], ["batchSize", ""],
  ["numHiddenLayers", "Layers and neurons"], ["showTestData", "Show test data"], ["discretize", "Discretize"],
];

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountVisibility(store, actions) {
  const labels = new Map([...fieldFromName.values()].map((field) => [field.key, field.label]));
  const root = byId("hide-controls");
  const text = box("Explanations", (checked) => actions.look({ hideText: !checked }));
  const boxes = PARTS.map(([key, label]) => ({
    key,
    ...box(label || labels.get(key) || key, (checked) => {
      const { hidden } = store.get().view;
      actions.look({ hidden: checked ? hidden.filter((each) => each !== key) : [...hidden, key] });
    }),
  }));
  root.append(...boxes.map(({ root: holder }) => holder), text.root);

  on(store, (state) => [state.view.hidden, state.view.hideText], ({ view }) => {
    for (const { key, input } of boxes) input.checked = !view.hidden.includes(key);
    text.input.checked = !view.hideText;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-text]"))) part.hidden = view.hideText;
    hide(view.hidden);
  });
  // The network is built anew with each shape; what is hidden must stay hidden in it.
  new MutationObserver(() => hide(store.get().view.hidden)).observe(byId("network"), { childList: true, subtree: true });
}

/** @param {string[]} hidden */
function hide(hidden) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-control]"))) {
    const gone = hidden.includes(part.dataset.control ?? "");
    if (part.hidden !== gone) part.hidden = gone;
  }
}

/**
 * @param {string} label
 * @param {(checked: boolean) => void} change
 */
function box(label, change) {
  const input = element("input", { type: "checkbox" });
  input.onchange = () => change(input.checked);
  return { root: element("label", { class: "check" }, input, label), input };
}
