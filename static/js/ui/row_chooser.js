// Which row the views of an autoencoder show: a field with its number, and the row that is rebuilt worst. And when they
// are drawn.

import { chosenRow, rowsOf, worstRows } from "../model/autoencoder.js";
import { whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { onPixelRatio } from "./canvas.js";
import { element } from "./element.js";
import { onTheme } from "./theme.js";

/**
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {import("../model/state.js").RunOf} runOf
 * @returns {{controls: HTMLElement[], show(): void}}
 */
export function rowChooser(model, actions, runOf) {
  const rows = () => rowsOf(runOf(model.get()));
  const field = element("input", { type: "number", min: "1", step: "1", class: "row-field" });
  field.onchange = () => {
    const known = rows();
    const id = Number(field.value) - 1;
    if (known?.ids.includes(id)) actions.chooseRow(id);
    else {
      actions.toast(`There is no row ${field.value || "without a number"} among those that are shown.`, [], true);
      show();
    }
  };
  const worst = element("button", { type: "button", class: "small" }, "Worst row");
  worst.onclick = () => {
    const known = rows();
    if (known) actions.chooseRow(known.ids[worstRows(known)[0]]);
  };
  function show() {
    const known = rows();
    if (!known || document.activeElement === field) return;
    field.value = String(known.ids[chosenRow(known, model.get().row)] + 1);
  }
  return { controls: [element("label", { class: "row-label" }, "Row ", field), worst], show };
}

/**
 * Draw a view of rows when they, the row that is chosen, its size, or the look of the page have changed.
 * @param {import("../model/state.js").Model} model
 * @param {() => void} draw
 * @param {object} options
 * @param {HTMLElement} options.area whose size counts
 * @param {() => boolean} options.visible
 * @param {import("../model/state.js").RunOf} options.runOf
 * @param {number} options.rest milliseconds between two drawings while the run trains
 */
export function drawRows(model, draw, { area, visible, runOf, rest }) {
  new ResizeObserver(draw).observe(area);
  onPixelRatio(draw);
  onTheme(draw);
  on(model, (state) => {
    const run = runOf(state);
    const seen = visible() ? [run.parts.codes, run.parts.principal, run.parts.decoded] : [];
    return [visible(), ...seen, state.row, run.spec, run.playing, state.tables];
  }, draw, whileTraining(rest, runOf));
}
