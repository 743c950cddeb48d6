// The data column: a picture of each data set, and what is drawn from it.

import { pointsPicture } from "../draw/points.js";
import { catalog, fieldFromName } from "../model/catalog.js";
import { on } from "../model/store.js";
import { byId, element } from "../ui/element.js";
import { mountFields } from "../ui/fields.js";

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountData(store, actions) {
  const [basic, rest, more] = ["datasets", "more-datasets", "dataset-more"].map(byId);
  mountFields(byId("data-settings"), ["classes", "train_percent", "noise", "batch_size", "seed"], store, actions);
  byId("regenerate").onclick = actions.regenerate;
  byId("regenerate").title = "New data and new first weights: a new seed";

  on(store, (state) => [state.spec?.problem], ({ spec }) => {
    if (!spec) return;
    const offered = catalog.datasets.filter(({ problem }) => problem === spec.problem);
    basic.replaceChildren(...offered.filter((dataset) => dataset.basic).map((dataset) => thumbnail(dataset, actions)));
    rest.replaceChildren(...offered.filter((dataset) => !dataset.basic).map((dataset) => thumbnail(dataset, actions)));
    more.hidden = rest.children.length === 0;
  });
  on(store, (state) => [state.spec?.problem, state.spec?.dataset, state.spec?.reg_dataset], ({ spec }) => {
    const value = spec?.[fieldOf(spec.problem)];
    for (const root of [basic, rest]) {
      const buttons = [...root.querySelectorAll("button")];
      const chosen = buttons.find((button) => button.value === value);
      for (const button of buttons) {
        button.setAttribute("aria-checked", String(button === chosen));
        button.tabIndex = button === (chosen ?? buttons[0]) ? 0 : -1;
      }
      if (chosen && root === rest) more.open = true; // what is in use is in sight
    }
  });
  for (const root of [basic, rest]) {
    root.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const buttons = [...root.querySelectorAll("button")];
      const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
      event.preventDefault();
      event.stopPropagation();
      next.focus();
      next.click();
    };
  }
}

/** @param {string} problem */
const fieldOf = (problem) => (problem === "regression" ? "reg_dataset" : "dataset");

/**
 * @param {import("../model/catalog.js").Dataset} dataset
 * @param {import("../model/actions.js").Actions} actions
 */
function thumbnail(dataset, actions) {
  const classes = dataset.problem === "classification" ? new Set(dataset.points.map(([, , label]) => label)).size : 0;
  const note = fieldFromName.get(fieldOf(dataset.problem))?.choices?.find((choice) => choice.key === dataset.key)?.note;
  return element("button", {
    type: "button", role: "radio", value: dataset.key, "aria-label": dataset.label, title: note ? `${dataset.label}: ${note}` : dataset.label,
    onclick: () => actions.configure({ [fieldOf(dataset.problem)]: dataset.key }),
  }, pointsPicture(dataset.points, classes > 2 ? classes : 0));
}
