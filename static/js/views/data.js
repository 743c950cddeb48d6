// The data column: a picture of each data set, and what is drawn from it.

import { catalog, fieldFromName } from "../catalog.js";
import { on } from "../store.js";
import { mountFields } from "./controls.js";
import { byId, element } from "./element.js";
import { drawPoints } from "./points.js";

const SIDE = 64;

/**
 * @param {import("./controls.js").Store} store
 * @param {import("../actions.js").Actions} actions
 */
export function mountData(store, actions) {
  const root = byId("datasets");
  mountFields(byId("data-settings"), ["train_percent", "noise", "batch_size", "seed"], store, actions);
  mountFields(byId("more-settings"), ["short_batch", "init_zero"], store, actions);
  byId("regenerate").onclick = actions.regenerate;
  byId("regenerate").title = "New data and new first weights: a new seed";

  const isBasic = new Map(catalog.datasets.map(({ key, basic }) => [key, basic]));
  const unusual = (/** @type {any} */ spec) => spec && !isBasic.get(spec[fieldOf(spec.problem)]) ? spec[fieldOf(spec.problem)] : "";
  on(store, (state) => [state.spec?.problem, unusual(state.spec)], ({ spec }) => {
    if (!spec) return;
    const offered = catalog.datasets.filter(({ key, problem, basic }) => problem === spec.problem && (basic || key === unusual(spec)));
    root.replaceChildren(...offered.map((dataset) => thumbnail(dataset, actions)));
  });
  on(store, (state) => [state.spec?.problem, state.spec?.dataset, state.spec?.reg_dataset], ({ spec }) => {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("button"))) {
      const chosen = spec?.[fieldOf(spec.problem)] === button.value;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
  });
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

/** @param {string} problem */
const fieldOf = (problem) => (problem === "regression" ? "reg_dataset" : "dataset");

/** @param {import("../catalog.js").Dataset} dataset @param {import("../actions.js").Actions} actions */
function thumbnail(dataset, actions) {
  const canvas = element("canvas", { width: 2 * SIDE, height: 2 * SIDE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const classes = dataset.problem === "classification" ? new Set(dataset.points.map(([, , label]) => label)).size : 0;
  const look = { side: 2 * SIDE, radius: 3.2, test: false, outline: null, classes: classes > 2 ? classes : 0 };
  drawPoints(context, Float32Array.from(dataset.points.flat()), 0, dataset.points.length, look);
  const note = fieldFromName.get(fieldOf(dataset.problem))?.choices?.find((choice) => choice.key === dataset.key)?.note;
  return element("button", {
    type: "button", role: "radio", value: dataset.key, "aria-label": dataset.label, title: note ? `${dataset.label}: ${note}` : dataset.label,
    onclick: () => actions.configure({ [fieldOf(dataset.problem)]: dataset.key }),
  }, canvas);
}
