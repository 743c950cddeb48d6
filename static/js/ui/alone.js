// Who watches goes to another epoch alone, and comes back.

import { back, lookedAt } from "../model/alone.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { lookAt } from "./look.js";

const SOON = 100; // milliseconds after which another view is asked for

/**
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns what goes to an epoch; without one, back to the lecturer
 */
export function mountAlone(model, actions) {
  let topics = "";
  let asked = 0; // counts: a later wish takes the place of an earlier one

  /** @param {number} [epoch] */
  async function look(epoch) {
    const own = ++asked;
    if (epoch === undefined) return actions.changeRun(back);
    const wanted = actions.topics();
    topics = JSON.stringify(wanted);
    try {
      const { found, parts } = await lookAt(epoch, wanted);
      if (own === asked) actions.changeRun((run) => lookedAt(run, found, parts));
    } catch (error) {
      if (own !== asked) return;
      actions.toast(/** @type {Error} */ (error).message, [], true);
      actions.changeRun((run) => ({ ...run, seeking: null })); // nothing is on its way
      throw error;
    }
  }

  // Another view, or another neuron on the map: of the same epoch.
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  on(model, (state) => [currentRun(state).alone && JSON.stringify(actions.topics())], (state) => {
    clearTimeout(later);
    const { alone, past } = currentRun(state);
    if (!alone || !past || JSON.stringify(actions.topics()) === topics) return;
    later = setTimeout(() => look(past.epoch).catch(() => {}), SOON);
  });
  return look;
}
