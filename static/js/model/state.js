// What the page knows, and every way it can change: pure functions from a state (and news) to the next state.

import { DEFAULT_VIEW, sameSpec } from "./link.js";
import { grown, noLosses } from "./losses.js";
import { layerSizes, neuronOf, outputUnit } from "./network_shape.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("../wire/decode.js").Frame} Frame */
/** @typedef {import("../wire/decode.js").Points} Points */
/** @typedef {import("../wire/protocol.js").StateEvent} StateEvent */
/** @typedef {{kind: "weight", layer: number, neuron: number, input: number}} WeightTarget */
/** @typedef {{kind: "neuron"|"bias", unit: string} | WeightTarget} Target */
/** @typedef {{id: number, text: string, items: string[], plain: boolean}} Toast */
/**
 * @typedef {object} State
 * @property {boolean} watching the session is somebody else's: only looking is allowed
 * @property {"connecting"|"open"|"lost"} connection
 * @property {number} retryAt milliseconds, when the next attempt is due
 * @property {null|{done: number, total: number, name: string}} warming
 * @property {Spec|null} spec null until the server has spoken
 * @property {import("./link.js").View} view
 * @property {number} revision
 * @property {number} restarts
 * @property {number} instance of the session; another one: the server had forgotten it
 * @property {boolean} playing
 * @property {number|null} speed epochs per second; null is as fast as it goes
 * @property {number|null} divergedAt
 * @property {Frame|null} frame
 * @property {Points|null} points
 * @property {import("./losses.js").Losses} losses of the run
 * @property {string|null} hovered unit under the pointer or focus
 * @property {WeightTarget|null} hoveredLink
 * @property {Target|null} pinned what the card edits
 * @property {{x: number, y: number}|null} pointer in the plane, over the big map
 * @property {string|null} closing why the server has ended the connection
 * @property {boolean} logLoss
 * @property {import("../wire/protocol.js").StopReason|null} halted the stop rule that holds
 * @property {import("../wire/protocol.js").BestCheckpoint|null} best with patience
 * @property {string} tab which view is on the stage
 * @property {"loss"|"metric"} chart
 * @property {import("./metrics.js").Metrics[]} metrics oldest first
 * @property {Toast[]} toasts
 */

/** @returns {State} */
export function initialState(watching = false) {
  return {
    watching, connection: "connecting", retryAt: 0, warming: null, spec: null, view: DEFAULT_VIEW, revision: 0, restarts: -1, instance: -1, playing: false, speed: 60,
    divergedAt: null, frame: null, points: null, losses: noLosses(), hovered: null, hoveredLink: null, pinned: null, pointer: null, closing: null, logLoss: false, toasts: [],
    halted: null, best: null, tab: "", chart: "loss", metrics: [],
  };
}

/**
 * A person changed the spec: the controls answer now, the server confirms later.
 * @param {State} state
 * @param {import("./catalog.js").Patch} patch
 * @returns {State}
 */
export function edited(state, patch) {
  return { ...state, spec: /** @type {Spec} */ ({ ...state.spec, ...patch }), revision: state.revision + 1 };
}

/**
 * The server's word on the session. Its run counts at once: the loss rows that follow are that run's. Its spec is not
 * taken while it is older than ours.
 * @param {State} state
 * @param {StateEvent} event
 * @returns {State}
 */
export function told(state, event) {
  const { spec, revision } = state.spec === null || event.revision >= state.revision ? event : { spec: state.spec, revision: state.revision };
  const next = {
    ...state, spec, revision, instance: event.instance, playing: event.playing, speed: event.speed, divergedAt: event.diverged_at, halted: event.halted, best: event.best, closing: null,
  };
  if (event.restarts === state.restarts && event.instance === state.instance) return next;
  return { ...next, restarts: event.restarts, losses: noLosses(), pinned: fits(state.pinned, spec) ? state.pinned : null, hovered: stays(state.hovered, spec), hoveredLink: null };
}

/**
 * The server's first word after a break. Ours is the newer one where it has not heard of our last changes: made while
 * there was no link, or lost with the server. Where another page has changed more meanwhile, that is.
 * @param {State} state
 * @param {StateEvent} event
 * @returns {{state: State, ours: boolean, forgotten: boolean}} `ours`: the spec has to be sent again
 */
export function rejoined(state, event) {
  const ours = state.spec !== null && !sameSpec(state.spec, event.spec) && event.revision <= state.revision;
  const revision = ours ? Math.max(state.revision, event.revision + 1) : 0;
  return { state: told({ ...state, revision }, event), ours, forgotten: event.instance !== state.instance };
}

/**
 * A frame came. One of another run is dropped. One of an older spec than the page shows brings its loss rows only.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function applied(state, frame) {
  if (frame.restarts !== state.restarts) return state;
  const losses = grown(state.losses, frame);
  if (state.spec !== null && frame.revision >= state.revision) return { ...state, frame, losses, divergedAt: frame.divergedAt };
  return losses === state.losses ? state : { ...state, losses };
}

/**
 * Does the target still exist in this network?
 * @param {Target|null} target
 * @param {Spec} spec
 */
function fits(target, spec) {
  if (!target) return false;
  const sizes = layerSizes(spec);
  if (target.kind === "weight") return target.layer < sizes.length && target.neuron < sizes[target.layer] && target.input < (target.layer ? sizes[target.layer - 1] : spec.features.length);
  const place = neuronOf(target.unit);
  return place === null ? spec.features.includes(target.unit) : place.layer < sizes.length && place.neuron < sizes[place.layer];
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
 * Does anything on the page show metrics?
 * @param {State} state
 */
export function wantsMetrics(state) {
  return state.tab === "metrics" || state.chart === "metric";
}

/**
 * The unit whose map is shown large.
 * @param {State} state
 */
export function watched(state) {
  if (state.hovered) return state.hovered;
  if (state.pinned && state.pinned.kind !== "weight") return state.pinned.unit;
  return state.spec ? outputUnit(state.spec) : "";
}

let lastToast = 0;
/**
 * @param {State} state
 * @param {string} text
 * @param {string[]} [items]
 * @param {boolean} [plain]
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
