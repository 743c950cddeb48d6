// What the page knows, and every way it can change: pure functions from a state (and news) to the next state. Runs are
// kept by id; what a person sees and changes is the current one.

import { DEFAULT_VIEW } from "./link.js";
import { MAIN, OUTPUT, TWIN } from "../wire/protocol.js";
import { layerSizes, neuronOf, outputUnit } from "./network_shape.js";
import { NEW_RUN, isAhead, withState } from "./run.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("../wire/protocol.js").StateEvent} StateEvent */
/** @typedef {{kind: "weight", layer: number, neuron: number, input: number}} WeightTarget */
/** @typedef {{kind: "neuron"|"bias", unit: string} | WeightTarget} Target */
/** @typedef {{id: number, text: string, items: string[], plain: boolean}} Toast */
/**
 * @typedef {object} Overlay
 * @property {string} by key of the view
 * @property {Readonly<Record<string, {heat?: number, sign?: string}>>} units heat from 0 to 1; a sign of one letter
 * @property {ArrayLike<number>} [links] heat of each, in the order of the parameters
 */
/**
 * @typedef {object} State
 * @property {boolean} watching the session is somebody else's: only looking is allowed
 * @property {"connecting"|"open"|"lost"} connection
 * @property {number} retryAt milliseconds, when the next attempt is due
 * @property {string|null} closing why the server has ended the connection
 * @property {null|{done: number, total: number, name: string}} warming
 * @property {number} instance of the session; another one: the server had forgotten it
 * @property {Readonly<Record<string, Run>>} runs by id
 * @property {import("../wire/protocol.js").ClassFactsEvent|null} classroom the class that follows this session
 * @property {Readonly<Record<string, import("../wire/protocol.js").TableFactsEvent>>} tables stored data by reference
 * @property {string} current id of the run that the controls and the network show
 * @property {boolean} forTwin the next change of a setting is made to the twin alone
 * @property {import("./link.js").View} view what of the page is shown, as links say it
 * @property {Readonly<Record<string, string>>} places which view each place of the page shows, by its key
 * @property {boolean} enlarged the view has the network's place, and the network is small
 * @property {"loss"|"metric"} chart what it shows
 * @property {import("./effort.js").Across} across what is along its horizontal axis
 * @property {string} plane through the inputs of data off the plane that maps show, as the wire names it
 * @property {Overlay|null} overlay what a view marks on the network
 * @property {string|null} hovered unit under the pointer or focus
 * @property {string|null} spotlight unit in the spotlight: all but it and its links is dimmed
 * @property {WeightTarget|null} hoveredLink
 * @property {Target|null} pinned what the card edits
 * @property {{x: number, y: number}|null} pointer in the plane, over a big map
 * @property {number|null} row number from 0 of the row that views of an autoencoder show
 * @property {number} ticks that have come
 * @property {import("./example.js").Pill[]|null} pills numbers that stand on the network
 * @property {import("./example.js").Sum|null} sum whose links alone are strong
 * @property {Toast[]} toasts
 */
/**
 * What panels and views see of the store. They change it through actions only.
 * @typedef {Pick<import("./store.js").Store<State>, "get"|"subscribe">} Model
 */
/** @typedef {(state: State) => Run} RunOf which run a view shows */

/**
 * @param {boolean} [watching]
 * @returns {State}
 */
export function initialState(watching = false) {
  return {
    watching, connection: "connecting", retryAt: 0, closing: null, warming: null, instance: -1,
    runs: { [MAIN]: NEW_RUN }, tables: {}, classroom: null,
    current: MAIN, forTwin: false, view: DEFAULT_VIEW, places: {},
    enlarged: false,
    plane: "", chart: "loss", across: "epochs", overlay: null, hovered: null, spotlight: null, hoveredLink: null,
    pinned: null, pointer: null, row: null, ticks: 0, toasts: [], pills: null, sum: null,
  };
}

/** @type {RunOf} */
export const currentRun = ({ runs, current }) => runs[current];

/**
 * One run changed, the others as they are; a run not known yet starts as a new one.
 * @param {State} state
 * @param {string} id
 * @param {(run: Run) => Run} change
 * @returns {State} the same object if nothing has changed
 */
export function withRun(state, id, change) {
  const before = state.runs[id] ?? NEW_RUN;
  const run = change(before);
  return run === before ? state : { ...state, runs: { ...state.runs, [id]: run } };
}

/**
 * A person has changed the spec of a run: the controls answer now, the server confirms later.
 * @param {State} state
 * @param {string} id
 * @param {import("./catalog.js").Patch} patch
 * @returns {State}
 */
export function edited(state, id, patch) {
  return withRun(state, id, (run) => {
    const spec = /** @type {Spec} */ ({ ...run.spec, ...patch });
    return { ...run, spec, revision: run.revision + 1 };
  });
}

/**
 * The server's description of a run. After a restart, what was pointed at or pinned stays if the network still has it.
 * Another instance of the session has no run but those that the server describes from now on.
 * @param {State} state
 * @param {string} id
 * @param {StateEvent} event
 * @returns {State}
 */
export function told(state, id, event) {
  const isForgotten = event.instance !== state.instance;
  const before = state.runs[id] ?? NEW_RUN;
  const run = withState(before, event, isForgotten);
  const runs = { ...(isForgotten ? {} : state.runs), [id]: run };
  const next = { ...state, instance: event.instance, closing: null, runs };
  if (state.watching && event.lab !== state.view.lab) next.view = { ...state.view, lab: event.lab };
  if (id === MAIN && !event.twin) {
    delete next.runs[TWIN];
    next.forTwin = false;
  }
  if (!(next.current in next.runs)) next.current = id;
  if (before.spec?.data !== run.spec?.data) next.plane = ""; // others have other columns
  if (id !== next.current || !run.spec || (event.restarts === before.restarts && !isForgotten)) return next;
  return {
    ...next,
    pinned: fits(state.pinned, run.spec) ? state.pinned : null,
    hovered: stays(state.hovered, run.spec),
    spotlight: stays(state.spotlight, run.spec),
    hoveredLink: null,
  };
}

/**
 * The server's first description of a run after a break.
 * @param {State} state
 * @param {string} id
 * @param {StateEvent} event
 * @param {boolean} [holds] the page has points of a link that the server does not know yet
 * @returns {{state: State, ours: boolean, forgotten: boolean}} `ours`: the spec has to be sent again
 */
export function rejoined(state, id, event, holds = false) {
  const run = state.runs[id] ?? NEW_RUN;
  const ours = isAhead(run, event) || (holds && event.revision <= run.revision);
  const revision = ours ? Math.max(run.revision, event.revision + 1) : 0;
  const next = told(withRun(state, id, () => ({ ...run, revision })), id, event);
  return { state: next, ours, forgotten: event.instance !== state.instance };
}

/**
 * Does the target exist in this network?
 * @param {Target|null} target
 * @param {Spec} spec
 */
function fits(target, spec) {
  if (!target) return false;
  const sizes = layerSizes(spec);
  if (target.kind === "weight") {
    const { layer, neuron, input } = target;
    const inputs = layer ? sizes[layer - 1] : spec.features.length;
    return layer < sizes.length && neuron < sizes[layer] && input < inputs;
  }
  const place = neuronOf(target.unit);
  if (place === null) return spec.features.includes(target.unit);
  return place.layer < sizes.length && place.neuron < sizes[place.layer];
}

/**
 * The unit, if this network still has it.
 * @param {string|null} unit
 * @param {Spec} spec
 */
function stays(unit, spec) {
  return unit !== null && (neuronOf(unit) === null || fits({ kind: "neuron", unit }, spec)) ? unit : null;
}

/**
 * The unit whose map is shown large.
 * @param {State} state
 */
export function watched(state) {
  if (state.hovered) return state.hovered;
  if (state.spotlight) return state.spotlight;
  if (state.pinned && state.pinned.kind !== "weight") return state.pinned.unit;
  const { spec } = currentRun(state);
  return spec ? outputUnit(spec) : "";
}

/**
 * The unit is pointed at, or none is any more. The spotlight follows, and stays on the last one.
 * @param {State} state
 * @param {string|null} unit
 * @returns {State}
 */
export function pointedAt(state, unit) {
  if (state.hovered === unit) return state;
  return { ...state, hovered: unit, spotlight: state.spotlight && (unit ?? state.spotlight) };
}

/**
 * The spotlight on what is looked at, or off; never on all outputs together.
 * @param {State} state
 * @returns {State}
 */
export function spotlightSwitched(state) {
  const { spec } = currentRun(state);
  if (!spec) return state;
  const unit = watched(state) === OUTPUT ? `${spec.hidden.length}.0` : watched(state);
  return { ...state, spotlight: state.spotlight ? null : unit };
}

/**
 * The rest between two drawings while a run trains, when there is always a newer one to come; none while it stands.
 * @param {number} milliseconds
 * @param {RunOf} [runOf]
 * @returns {(state: State) => number}
 */
export const whileTraining = (milliseconds, runOf = currentRun) => (state) => (runOf(state).playing ? milliseconds : 0);

export const READABLE = 100; // milliseconds: digits that change faster cannot be read

let lastToast = 0;
/**
 * @param {State} state
 * @param {string} text
 * @param {string[]} [items]
 * @param {boolean} [plain] nothing has gone wrong: it leaves by itself
 * @returns {State}
 */
export function toasted(state, text, items = [], plain = false) {
  const others = state.toasts.filter((toast) => toast.text !== text);
  return { ...state, toasts: [...others.slice(-2), { id: ++lastToast, text, items, plain }] };
}

/**
 * @param {State} state
 * @param {number} id
 * @returns {State}
 */
export function dismissed(state, id) {
  return { ...state, toasts: state.toasts.filter((toast) => toast.id !== id) };
}
