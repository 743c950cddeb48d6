// What a big map shows: the watched unit's output over the plane or, of all outputs together, the class that wins.

import { OUTPUT } from "../wire/protocol.js";
import { classOf, outputUnit } from "./network_shape.js";
import { lowest } from "./outputs.js";
import { fittingFrame } from "./run.js";
import { currentRun, watched } from "./state.js";

/**
 * The unit of the big map as it is subscribed to. The output has one name there whatever the network's shape, so that
 * another shape needs no other subscription.
 * @param {import("./state.js").State} state
 */
export function mapUnit(state) {
  const { spec } = currentRun(state);
  const unit = watched(state);
  return spec === null || unit === outputUnit(spec) ? OUTPUT : unit;
}

/**
 * The topics of a page that shows a big map: the map, and what is under the pointer.
 * @param {import("./state.js").State} state
 * @returns {import("../wire/protocol.js").Topic[]}
 */
export function mapTopics(state) {
  const { current: run, pointer, plane } = state;
  const [unit, over] = [mapUnit(state), plane && { plane }];
  if (!pointer) return [{ topic: "map", run, unit, ...over }];
  return [{ topic: "map", run, unit, ...over }, { topic: "reading", run, unit, ...over, ...pointer }];
}

/**
 * @param {import("./state.js").State} state
 * @param {import("./run.js").Run} run
 * @returns what draw/field.js takes; null while the map that is asked for has not come
 */
export function bigMap(state, run) {
  const frame = fittingFrame(run);
  if (!frame || !run.spec || frame.unit !== mapUnit(state) || frame.plane !== state.plane) return null;
  if (frame.classMap) return { classMap: frame.classMap };
  return { field: frame.big, own: classOf(watched(state), run.spec), low: lowest(run.spec) };
}
