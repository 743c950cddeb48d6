// The clock of play and step: whole epochs, batches or single examples; and the line that says where in the epoch
// it is.

import { currentRun, READABLE, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element, part } from "./element.js";
import { createMenu } from "./menu.js";
import { batchText, placeText } from "../model/clock.js";

/** @typedef {import("../model/run.js").Run["clock"]} Clock */

/** @type {Record<Clock, string>} */
const LABELS = { example: "Example", batch: "Batch", epoch: "Epoch" };

/**
 * @param {HTMLElement} root the bar
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns {() => void} opens the menu
 */
export function mountClock(root, model, actions) {
  const [opener, label, readout] = ["clock", "epoch-label", "epoch"].map((id) => part(root, id));
  const items = /** @type {Clock[]} */ (Object.keys(LABELS)).map((clock) => element("button", {
    type: "button", class: "quiet", role: "menuitemradio", tabIndex: -1, "data-clock": clock,
    onclick() {
      show(false);
      actions.setClock(clock);
      opener.focus();
    },
  }, `One ${clock}`));
  const menu = element("div", {
    class: "panel page-menu clock-menu", id: "clock-menu", role: "menu", "aria-label": "What a step is", hidden: true,
  }, ...items);
  opener.parentElement?.after(menu);
  const show = createMenu(menu, { opener, items, opened() {
    const { clock } = currentRun(model.get());
    for (const item of items) item.setAttribute("aria-checked", String(item.dataset.clock === clock));
  } });

  actions.show((state) => {
    return currentRun(state).clock === "epoch" ? [] : [{ topic: "batch", run: state.current }];
  });

  const said = element("span", { role: "status" });
  const back = element("button", { type: "button", class: "button", onclick: () => actions.setClock("epoch") },
    "Back to epochs");
  const line = element("p", { class: "watching clock-line", hidden: true }, said, back);
  const tagline = document.getElementById("tagline");
  (tagline ?? document.getElementById("watching"))?.after(line);

  on(model, (state) => {
    const { clock, parts } = currentRun(state);
    return [clock, parts.batch];
  }, (state) => {
    const { clock, parts } = currentRun(state);
    label.textContent = LABELS[clock];
    if (clock !== "epoch") readout.textContent = parts.batch ? placeText(clock, parts.batch) : "…";
  }, whileTraining(READABLE));
  on(model, (state) => {
    const { clock, parts, playing, spec } = currentRun(state);
    return [clock, playing, playing || parts.batch, spec?.short_batch, state.watching];
  }, (state) => {
    const { clock, parts, playing, spec } = currentRun(state);
    line.hidden = clock === "epoch";
    back.hidden = state.watching;
    if (tagline) tagline.hidden = clock !== "epoch";
    if (clock === "epoch") return;
    const isCarried = spec?.short_batch === "carry";
    const batch = parts.batch ? batchText(clock, parts.batch, { playing, isCarried }) : "";
    said.textContent = `One ${clock} at a time${batch}`;
    line.title = said.textContent;
  });
  return () => show(true);
}
