// One run of a network as the page knows it, and what the server's messages about it change: pure functions.

import { sameSpec } from "./link.js";
import { grown, noLosses } from "./losses.js";
import { withMetrics } from "./metrics.js";
import { shapeKey } from "./network_shape.js";
import { frameOf, metricsOf, pointsOf } from "../wire/frame.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("../wire/frame.js").Frame} Frame */
/** @typedef {import("../wire/frame.js").Points} Points */
/** @typedef {import("../wire/protocol.js").StateEvent} StateEvent */
/**
 * @typedef {object} Run
 * @property {Spec|null} spec null until the server has spoken
 * @property {number} revision of the spec
 * @property {number} restarts how often the run has started again, as the server counts; -1 until it has spoken
 * @property {boolean} playing
 * @property {number|null} speed epochs per second; null is as fast as it goes
 * @property {import("../wire/protocol.js").StateEvent["clock"]} clock what playing and the step button count
 * @property {number|null} divergedAt epoch of the first loss that is not finite
 * @property {import("../wire/protocol.js").StopReason|null} halted the stop rule that holds
 * @property {import("../wire/protocol.js").BestCheckpoint|null} best with patience
 * @property {import("../wire/protocol.js").Drawn|null} drawn on the points, by hand
 * @property {Frame|null} frame the newest frame; `fittingFrame` says whether it may be drawn
 * @property {Spec|null} frameSpec the spec of that frame
 * @property {Points|null} points
 * @property {import("./losses.js").Losses} losses since the last restart
 * @property {import("./metrics.js").Metrics[]} metrics since the last restart, oldest first
 * @property {Parts} parts the newest of each topic since the last restart, for views of their own
 * @property {import("../wire/protocol.js").Past|null} past what is shown, where that is not the newest epoch
 * @property {number|null} pausedAt the epoch at which training last stood still
 * @property {Alone|null} alone where who watches looks at another epoch than the lecturer
 * @property {import("../wire/protocol.js").SeekingEvent|null} seeking an epoch that is on its way
 * @property {number} firstEpoch what came before cannot be shown
 * @property {import("../wire/protocol.js").RunFacts[]} kept the runs of the session, the shown one first
 * @property {import("../wire/protocol.js").TwinFacts|null} twin what is compared with it
 * @property {Readonly<Record<string, import("../wire/protocol.js").BranchPart>>} curves of kept runs, by letter
 * @property {Readonly<Record<string, import("../wire/protocol.js").EffortPart>>} efforts what runs have taken: that of
 *   the shown one by "", those of kept ones by letter
 */
/** @typedef {{past: Run["past"], spec: Spec|null, held: Part[]}} Alone what the lecturer shows: it waits */
/** @typedef {import("../wire/protocol.js").Part} Part */
/** @typedef {{[T in Part["topic"]]?: Extract<Part, {topic: T}>}} Parts */

/** @type {Readonly<Run>} */
export const NEW_RUN = Object.freeze({
  spec: null, revision: 0, restarts: -1, playing: false, speed: 60, clock: "epoch", divergedAt: null,
  halted: null, best: null,
  drawn: null, frame: null, frameSpec: null, points: null, losses: noLosses(), metrics: [], parts: {},
  past: null, pausedAt: null, alone: null, seeking: null, firstEpoch: 0, kept: [], twin: null, curves: {}, efforts: {},
});

/**
 * The newest frame, if its network has the shape that is shown; null until the first frame of a changed shape has come.
 * Whatever draws from a frame goes by this one rule.
 * @param {Run} run
 * @param {Spec|null} [shown] the network that is shown; the run's own unless told
 * @returns {Frame|null}
 */
export function fittingFrame({ frame, frameSpec, spec }, shown = spec) {
  return frame && shown && frameSpec && shapeKey(frameSpec) === shapeKey(shown) ? frame : null;
}

/**
 * The training and the test loss to show: undefined before there is a frame, and of a set without points.
 * @param {Run} run
 * @returns {(number|undefined)[]}
 */
export function shownLosses({ frame, points }) {
  if (!frame) return [undefined, undefined];
  const { trainLoss, testLoss } = frame;
  const counts = points?.restarts === frame.restarts ? points : null;
  return [
    Number.isNaN(trainLoss) && counts?.train === 0 ? undefined : trainLoss,
    Number.isNaN(testLoss) && counts?.test === 0 ? undefined : testLoss,
  ];
}

/**
 * Has the server trained with the spec that is shown?
 * @param {Run} run
 */
export function isConfirmed({ frame, revision }) {
  return frame !== null && frame.revision >= revision;
}

/**
 * The run as the server describes it. Its count of restarts is taken at once, because the loss rows that follow belong
 * to it. Its spec is not taken while it is older than the page's.
 * @param {Run} run
 * @param {StateEvent} event
 * @param {boolean} isForgotten the server does not know this session any more: what it sends belongs to another one
 * @returns {Run}
 */
export function withState(run, event, isForgotten) {
  const isNewer = run.spec === null || event.revision >= run.revision;
  const next = {
    ...run, playing: event.playing, speed: event.speed, clock: event.clock, divergedAt: event.diverged_at,
    halted: event.halted, best: event.best, drawn: event.drawn,
    past: event.past, seeking: null, firstEpoch: event.first_epoch, kept: event.runs, twin: event.twin,
    ...(isNewer ? { spec: event.spec, revision: event.revision } : {}),
  };
  if (event.restarts === run.restarts && !isForgotten) return run.alone ? besides(run, next) : next;
  const parts = isForgotten ? {} : lasting(run.parts);
  return { ...next, alone: null, pausedAt: null, restarts: event.restarts, losses: noLosses(), metrics: [], parts };
}

const OF_RUN = ["losses", "marks", "branch", "effort"]; // the same at each epoch

/**
 * The run with news of it, while another epoch of it is looked at alone.
 * @param {Run} run
 * @param {Run} next
 * @returns {Run}
 */
function besides(run, next) {
  const alone = { held: [], ...run.alone, past: next.past, spec: next.spec };
  return { ...next, past: run.past, spec: run.spec, alone };
}

/**
 * The run while another epoch of it is looked at alone: what would show the lecturer's is held back.
 * @param {Run} run
 * @param {Alone} alone
 * @param {Part[]} parts
 * @returns {Run}
 */
function aside(run, alone, parts) {
  const [kept, other] = [true, false].map((is) => parts.filter(({ topic }) => OF_RUN.includes(topic) === is));
  const held = [...alone.held.filter(({ topic }) => !other.some((part) => part.topic === topic)), ...other];
  const reached = other.find(({ topic }) => topic === "network")?.epoch ?? 0;
  const newest = alone.past?.newest ?? Math.max(reached, run.past?.newest ?? 0);
  const past = run.past && { ...run.past, newest };
  return { ...withTick({ ...run, alone: null }, kept), past, alone: { ...alone, held } };
}

/**
 * What is not of the run itself, and outlives its restart.
 * @param {Parts} parts
 * @returns {Parts}
 */
function lasting({ seeds, sweep }) {
  return { ...(seeds && { seeds }), ...(sweep && { sweep }) };
}

/**
 * Is the page's spec newer than the server's first word after a break? It is where the server has not heard of the last
 * changes: made while there was no link, or lost with the server. Where another page has changed more meanwhile, the
 * server's is newer.
 * @param {Run} run
 * @param {StateEvent} event
 */
export function isAhead({ spec, revision, past }, event) {
  if (past) return false; // these are the settings of then
  return spec !== null && !sameSpec(spec, event.spec) && event.revision <= revision;
}

/**
 * The run with what a tick brings for it; nothing where it is of before a restart.
 * @param {Run} run
 * @param {Part[]} parts of this run
 * @returns {Run} the same object if nothing has changed
 */
export function withTick(run, parts) {
  if (run.alone && parts.length) return aside(run, run.alone, parts);
  for (const part of parts) { // of a run that does not change: it is sent once
    if (part.topic === "branch") run = { ...run, curves: { ...run.curves, [part.letter]: part } };
    if (part.topic === "effort") run = { ...run, efforts: { ...run.efforts, [part.letter]: part } };
  }
  if (parts.some(({ restarts }) => restarts !== run.restarts)) return run;
  const [points, frame, record] = [pointsOf(parts), frameOf(parts, run), metricsOf(parts)];
  let next = points ? withPoints(run, points) : run;
  if (frame) next = withFrame(next, frame);
  if (record) next = withRecord(next, record);
  const byTopic = Object.fromEntries(parts.map((part) => [part.topic, part]));
  return { ...next, parts: { ...next.parts, ...byTopic } };
}

/**
 * The run with a frame. A frame from before a restart is dropped; one of an older spec than the page's brings its loss
 * rows only.
 * @param {Run} run
 * @param {Frame} frame
 * @returns {Run} the same object if nothing has changed
 */
export function withFrame(run, frame) {
  if (frame.restarts !== run.restarts) return run;
  const losses = grown(run.losses, frame);
  if (run.spec !== null && frame.revision >= run.revision) {
    const pausedAt = frame.playing || run.past ? run.pausedAt : frame.epoch;
    return { ...run, frame, frameSpec: run.spec, losses, divergedAt: frame.divergedAt, pausedAt };
  }
  return losses === run.losses ? run : { ...run, losses };
}

/**
 * The run with its points. Another network often learns from the same points: then the same array stays, and need not
 * be drawn again.
 * @param {Run} run
 * @param {Points} points
 * @returns {Run}
 */
export function withPoints(run, points) {
  const { rows } = run.points ?? points;
  const isSame = rows.length === points.rows.length && rows.every((value, i) => Object.is(value, points.rows[i]));
  return { ...run, points: isSame ? { ...points, rows } : points };
}

/**
 * The run with one more record of its metrics; one from before a restart is dropped.
 * @param {Run} run
 * @param {import("./metrics.js").Metrics} metrics
 * @returns {Run} the same object if nothing has changed
 */
export function withRecord(run, metrics) {
  return metrics.restarts === run.restarts ? { ...run, metrics: withMetrics(run.metrics, metrics) } : run;
}
