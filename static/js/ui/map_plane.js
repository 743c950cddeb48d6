// What a big map of a stored data set has besides: names and raw numbers of its axes, and the choice of its plane. It
// comes with the first such data.

import { axesOf, planeName, readPlane } from "../model/planes.js";
import { factsOf, isOnPlane, shapeOf } from "../model/tables.js";
import { element } from "./element.js";
import { planeChooser } from "./plane_chooser.js";
import { loadStyle } from "./style.js";
export { targetEnds, targetText } from "../model/table_words.js";

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../model/run.js").Run} Run */

const NEAR = 0.25; // of a point that is clicked
const HOLD = "Along two columns, Enter holds the others as at the point that is read.";

/**
 * @param {HTMLElement} foot of the map, where the line belongs
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mapPlane(foot, model, actions) {
  loadStyle("stored");
  const shows = element("p", { class: "map-axes" });
  const root = element("div", { class: "map-plane" }, shows);
  /** @type {HTMLElement|null} */
  let chooser = null;
  let chosenFor = "";
  return {
    /**
     * The axes of what a run shows, which the line names; null for the plane of generated points.
     * @param {Run} run
     * @returns {{across: import("../model/planes.js").Axis, up: import("../model/planes.js").Axis, said: string}|null}
     */
    show({ spec, points }) {
      const facts = spec && factsOf(spec);
      if (!spec || !facts) {
        root.remove();
        return null;
      }
      if (!root.isConnected) foot.prepend(root);
      if (chosenFor !== spec.data) {
        chosenFor = spec.data;
        chooser?.remove();
        const isChoice = !isOnPlane(spec) && (shapeOf(spec)?.columns ?? 0) > 2;
        chooser = isChoice ? planeChooser(facts.columns.map(({ name }) => name), () => readPlane(model.get().plane),
          (named) => actions.showPlane(planeName(named))) : null;
        if (chooser) root.append(chooser);
      }
      const axes = axesOf(spec, points);
      if (!axes) return null;
      const [across, up] = axes;
      shows.textContent = `→ ${across.name}${up.name ? ` ↑ ${up.name}` : ""}`;
      return { across, up, said: `across ${across.name}, up ${up.name || "nothing"}. ${HOLD}` };
    },
    /**
     * Hold the other columns at the point that is read, where the plane is along two columns.
     * @param {State} state
     * @param {Run} run
     */
    hold({ pointer, plane, view }, { points, spec }) {
      const named = readPlane(plane);
      if (!named || !pointer || !points || !spec || isOnPlane(spec)) return;
      const { rows, train, test, ids } = points;
      let [found, least] = [-1, NEAR ** 2];
      for (let i = 0; i < train + (view.showTestData ? test : 0); i++) {
        const away = (rows[3 * i] - pointer.x) ** 2 + (rows[3 * i + 1] - pointer.y) ** 2;
        if (away < least) [found, least] = [i, away];
      }
      if (found >= 0) actions.showPlane(planeName({ ...named, row: ids?.[found] ?? found }));
    },
    /**
     * A place on the map in the data's own numbers.
     * @param {{x: number, y: number}} pointer
     * @param {Run} run
     */
    place({ x, y }, { spec, points }) {
      const axes = spec && axesOf(spec, points);
      return axes && [axes[0].text(x), axes[1].text(y)].filter(Boolean).join(", ");
    },
  };
}
