// What a big map shows: the watched unit's output over the plane or, of all outputs together, the class that wins.

import { OUTPUT } from "../wire/protocol.js";
import { classOf } from "./network_shape.js";
import { lowest } from "./outputs.js";
import { fittingFrame } from "./run.js";
import { watched } from "./state.js";

/**
 * @param {import("./state.js").State} state
 * @param {import("./run.js").Run} run
 * @returns what draw/field.js takes; null while the map that is asked for has not come
 */
export function bigMap(state, run) {
  const frame = fittingFrame(run);
  if (!frame || !run.spec) return null;
  if (frame.classMap) return { classMap: frame.classMap };
  const unit = watched(state);
  if (frame.big.length === 0 || unit === OUTPUT) return null;
  return { field: frame.big, own: classOf(unit, run.spec), low: lowest(run.spec) };
}
