// What a person can do with two runs side by side: the main run and its twin, a copy of it from epoch 0 with some
// settings changed throughout. Part of the actions; it comes with the first comparison.

import { fieldFromName } from "./catalog.js";
import { sameSpec } from "./link.js";
import { edited } from "./state.js";
import { MAIN, TWIN } from "../wire/protocol.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./catalog.js").Patch} Patch */

/**
 * Whether a change of settings is the twin's alone: one that was asked for, or of what differs while the twin is shown.
 * @param {State} state
 * @param {string[]} names of the settings
 */
export function isForTwin({ runs, current, forTwin }, names) {
  const { twin } = runs[MAIN];
  if (!twin || !runs[TWIN]?.spec) return false;
  return forTwin || (current === TWIN && names.some((name) => twin.fields.includes(name)));
}

/**
 * What is to be said of a comparison, in a sentence and a hint.
 * @param {State} state
 * @returns {{said: string, hint: string}|null} null where there is none
 */
export function comparisonLine({ runs, forTwin }) {
  const [lead, own] = [runs[MAIN], runs[TWIN]];
  if (!lead.twin) return null;
  const { letter, fields } = lead.twin;
  const mine = lead.kept[0]?.letter ?? "A";
  if (!own?.frame || !lead.frame) return { said: `${letter} is being made.`, hint: "" };
  const counted = (/** @type {number} */ epoch) => epoch.toLocaleString("en");
  if (own.divergedAt !== null && lead.divergedAt === null) {
    return { said: `${letter} stopped at epoch ${counted(own.divergedAt)}: its loss is not a number.`, hint: "" };
  }
  if (own.frame.epoch < lead.frame.epoch && !lead.past) {
    const where = `${counted(own.frame.epoch)} of ${counted(lead.frame.epoch)}`;
    return own.halted ? { said: `${letter} stopped at epoch ${counted(own.frame.epoch)}.`, hint: own.halted.message }
      : { said: `${letter} is catching up: ${where}.`, hint: "" };
  }
  if (forTwin) {
    const [said, what] = fields.length ? [only(fields), "Change another setting"]
      : [`${letter} is a copy of ${mine}.`, "Change one setting"];
    return { said, hint: `${what}, for ${letter} only.` };
  }
  if (!fields.length) return { said: `${letter} is a copy of ${mine}.`, hint: "Every change is made to both." };
  return { said: only(fields), hint: "Every other change is made to both." };
}

/** @param {string[]} fields that differ */
function only(fields) {
  const names = fields.map((name) => (fieldFromName.get(name)?.label ?? name).toLowerCase());
  const last = names.pop();
  return names.length ? `Only ${names.join(", ")} and ${last} differ.` : `Only the ${last} differs.`;
}

/**
 * @param {import("./store.js").Store<State>} store
 * @param {object} ways
 * @param {(command: import("../wire/protocol.js").Compare | import("../wire/protocol.js").SettleTwin) => boolean
 *   } ways.tell
 * @param {(spec: import("./catalog.js").Spec) => Patch} ways.mend
 */
export function comparingActions(store, { tell, mend }) {
  /** @param {string} id */
  function show(id) {
    store.update((state) => (id in state.runs ? {
      ...state, current: id, pinned: null, hovered: null, hoveredLink: null, spotlight: null,
    } : state));
  }

  /**
   * @param {import("./catalog.js").Spec} spec of the twin
   * @param {string[]} fields in which it may differ
   */
  function ask(spec, fields) {
    const revision = store.get().runs[MAIN].revision + 1;
    if (!tell({ type: "compare", revision, spec, fields })) return;
    store.update((state) => edited(TWIN in state.runs ? edited(state, TWIN, spec) : state, MAIN, {}));
  }

  return {
    /** Begin: the twin is a copy until a setting of it is changed, which the next change is. */
    begin() {
      const { spec, twin } = store.get().runs[MAIN];
      if (!spec || twin) return;
      ask(spec, []);
      const stop = store.subscribe((state) => {
        if (!state.runs[TWIN]?.spec) return;
        queueMicrotask(() => {
          stop();
          store.update((now) => ({ ...now, forTwin: now.runs[MAIN].twin?.fields.length === 0 }));
          show(TWIN);
        });
      });
    },
    show,
    /** Show the other one of the two. */
    showOther() { show(store.get().current === TWIN ? MAIN : TWIN); },
    /** @param {boolean} forTwin whether the next change is made to the twin alone */
    changeTwin(forTwin) { store.update((state) => ({ ...state, forTwin })); },
    /** @param {"drop"|"keep"|"take"|"swap"} how */
    settle(how) { tell({ type: "settle_twin", how }); },
    /**
     * Make a change to the twin alone.
     * @param {Patch} patch
     * @returns {boolean} false where it is a change for both
     */
    takes(patch) {
      const state = store.get();
      const { spec } = state.runs[TWIN] ?? {};
      if (!spec || !isForTwin(state, Object.keys(patch))) return false;
      const next = /** @type {import("./catalog.js").Spec} */ ({ ...spec, ...patch, ...mend({ ...spec, ...patch }) });
      if (sameSpec(next, spec)) return true;
      const lead = /** @type {import("./catalog.js").Spec} */ (state.runs[MAIN].spec);
      const before = state.runs[MAIN].twin?.fields ?? [];
      const fields = Object.keys(next).filter((name) => {
        return before.includes(name) || JSON.stringify(next[name]) !== JSON.stringify(lead[name]);
      });
      ask(next, fields);
      store.update((now) => ({ ...now, forTwin: false }));
      return true;
    },
  };
}
