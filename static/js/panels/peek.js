// A small map in the bar. On a small screen the big one scrolls away: the bar does not.

import { drawBigMap } from "../draw/field.js";
import { bigMap, mapTopics } from "../model/big_map.js";
import { fittingFrame } from "../model/run.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf } from "../ui/canvas.js";

/**
 * @param {HTMLElement} root a button with a canvas in it
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{target: HTMLElement}} options where a click leads
 */
export function mountPeek(root, model, actions, { target }) {
  const context = contextOf(/** @type {HTMLCanvasElement} */ (root.querySelector("canvas")), { alpha: false });
  let isSeen = false; // asked of the layout for every frame, it would have to be worked out for every frame
  function draw() {
    const state = model.get();
    const map = isSeen ? bigMap(state, currentRun(state)) : null;
    if (map) drawBigMap(context, map, state.view.discretize);
  }
  actions.show((state) => (isSeen ? mapTopics(state) : []));
  new ResizeObserver(([{ contentRect }]) => {
    isSeen = contentRect.width > 0;
    actions.refreshTopics();
    draw();
  }).observe(root);
  on(model, (state) => [fittingFrame(currentRun(state)), state.view.discretize], draw);
  root.onclick = () => target.scrollIntoView({ block: "center" });
}
