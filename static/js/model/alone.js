// A follower who looks at another epoch than the lecturer, alone: what comes meanwhile is held back.

import { withTick } from "./run.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {{spec: import("./catalog.js").Spec, epoch: number, newest: number, batches: number}} Found */

/**
 * The run as it was at an epoch.
 * @param {Run} run
 * @param {Found} found
 * @param {import("./run.js").Part[]} parts of that epoch
 * @returns {Run}
 */
export function lookedAt(run, { spec, epoch, newest, batches }, parts) {
  const alone = run.alone ?? { past: run.past, spec: run.spec, held: [] };
  const past = { epoch, batch: 0, batches, newest };
  return { ...withTick({ ...run, alone: null, spec }, parts), alone, past };
}

/**
 * The run as the lecturer shows it, with all that was held back.
 * @param {Run} run
 * @returns {Run}
 */
export function back(run) {
  if (!run.alone) return run;
  const { past, spec, held } = run.alone;
  return withTick({ ...run, alone: null, past, spec }, held);
}
