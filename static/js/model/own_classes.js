// Classes that somebody adds to a set, to draw points of them. The network has an output for each, so it begins anew.

import { constraints, fieldFromName } from "./catalog.js";
import { className } from "./names.js";

/** @typedef {import("./catalog.js").Spec} Spec */

/**
 * May another class be drawn, and is there one to be removed? Those of the set itself stay.
 * @param {Spec} spec
 */
export function roomForClasses(spec) {
  const [own, count] = [constraints.ownClassCount(spec), constraints.classCount(spec)];
  const isDrawn = own > 0 && !spec.data;
  return { more: isDrawn && count < (fieldFromName.get("drawn_classes")?.maximum ?? 0), fewer: isDrawn && count > own };
}

/**
 * One class more or, with its points, the last one less.
 * @param {1|-1} by
 * @param {Spec|null} spec
 * @returns {{patch: import("./catalog.js").Patch, said: string}}
 */
export function otherClasses(by, spec) {
  if (!spec) return { patch: {}, said: "" };
  const count = constraints.classCount(spec);
  const patch = {
    drawn_classes: count + by > constraints.ownClassCount(spec) ? count + by : 0,
    class_names: by < 0 ? spec.class_names.slice(0, count - 1) : spec.class_names,
  };
  const said = by > 0 ? `Class ${count + 1}: the network begins anew, with an output for it.`
    : `${className(count - 1, spec)} is gone, with its points: the network begins anew.`;
  return { patch, said };
}
