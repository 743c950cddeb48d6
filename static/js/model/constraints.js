// Choices that must go together, as the catalog says it: which fit, which count at all, and what becomes of one that no
// longer fits. The server refuses what does not fit (engine/spec/spec.py): the page never asks for it.

import { factsOf, isOfColumns, isOnPlane, problemOf, shapeOf } from "./tables.js";
import { FORMULA } from "./written.js";

/** @typedef {import("./catalog.js").Choice} Choice */
/** @typedef {import("./catalog.js").Field} Field */
/** @typedef {import("./catalog.js").Spec} Spec */

// What says which points are drawn.
const OF_DRAWN = new Set(["dataset", "reg_dataset", "noise", "points", "classes", "class_balance", "regions",
  "surface", "drawn_classes"]);

/**
 * The field that names the data set of a problem.
 * @param {string} problem
 */
export const datasetField = (problem) => (problem === "regression" ? "reg_dataset" : "dataset");

/** @param {Map<string, Field>} fieldFromName */
export function constraintsOf(fieldFromName) {
  /**
   * Which choices of which fields a setting belongs to: momentum to some of the optimisers.
   * @type {Map<string, {name: string, keys: string[]}[]>}
   */
  const ownersFromName = new Map();
  for (const { name, choices } of fieldFromName.values()) {
    for (const setting of new Set(choices?.flatMap(({ settings }) => settings ?? []))) {
      const keys = (choices ?? []).filter(({ settings }) => settings?.includes(setting)).map(({ key }) => key);
      ownersFromName.set(setting, [...(ownersFromName.get(setting) ?? []), { name, keys }]);
    }
  }

  /**
   * @param {string} name of a field
   * @param {string} key
   * @returns {Choice|undefined}
   */
  const choice = (name, key) => fieldFromName.get(name)?.choices?.find((each) => each.key === key);

  /**
   * Is it a network with one input and one number to learn? It is a curve then.
   * @param {Spec|null} spec
   */
  function isCurve(spec) {
    if (!spec || spec.problem !== "regression") return false;
    const shape = shapeOf(spec);
    if (shape) return shape.columns === 1 && shape.kind === "number" && shape.targets === 1;
    return choice("reg_dataset", spec.reg_dataset)?.columns === 1;
  }

  /**
   * May a feature be given to the network? A curve has those of x alone.
   * @param {string} key
   * @param {Spec} spec
   */
  const hasFeature = (key, spec) => {
    return spec.data !== "" || !isCurve(spec) || key.startsWith("=") || choice("features", key)?.on_line === true;
  };

  /**
   * The fewest and the most classes that the data may have; null where that is no choice.
   * @param {Spec} spec
   * @returns {[number, number]|null}
   */
  function classRange(spec) {
    if (spec.data || spec.problem !== "classification") return null;
    const range = choice("dataset", spec.dataset)?.classes;
    return range && range[1] > 2 ? range : null;
  }

  /**
   * The number of classes that the data in use have before anybody draws; 0 where they are values.
   * @param {Spec} spec
   * @returns {number}
   */
  function ownClassCount(spec) {
    if (spec.problem === "regression") return 0;
    const drawn = spec.dataset === FORMULA ? spec.regions.length + 1 : classRange(spec) ? spec.classes : 2;
    return shapeOf(spec)?.classes ?? drawn;
  }

  /**
   * The same with those that somebody has added to draw them.
   * @param {Spec} spec
   * @returns {number}
   */
  function classCount(spec) {
    const own = ownClassCount(spec);
    return own === 0 || spec.data ? own : Math.max(own, spec.drawn_classes ?? 0);
  }

  /**
   * The key in use: what "auto" stands for, or the choice itself.
   * @param {string} name
   * @param {Spec} spec
   * @returns {string}
   */
  function active(name, spec) {
    const table = choice(name, spec[name])?.stands_for;
    if (!table) return spec[name];
    if (name === "loss") return table[active("output", spec)];
    return table[classCount(spec) > 2 ? "several" : spec.problem];
  }

  /**
   * Why a choice cannot be used beside the others, in words behind its label; empty where it can.
   * @param {string} name
   * @param {Choice} one
   * @param {Spec} spec
   */
  function obstacle(name, one, spec) {
    if (one.problems && !one.problems.includes(spec.problem)) {
      return `is not for ${choice("problem", spec.problem)?.label.toLowerCase()}`;
    }
    const output = name === "loss" && one.fits ? active("output", spec) : null;
    if (!output || one.fits?.includes(output)) return "";
    return `does not go with the output ${choice("output", output)?.label}`;
  }

  /**
   * Does it change anything: a setting only of what is chosen?
   * @param {Field} field
   * @param {Spec} spec
   */
  function counts(field, spec) {
    if (spec.data && OF_DRAWN.has(field.name)) {
      return field.name === "noise" && shapeOf(spec)?.kind === "reconstruct"; // on inputs whose targets stay clean
    }
    if (field.name === "train_percent" && factsOf(spec)?.split) return false; // a column of the table says it
    if (field.name === "classes") return classRange(spec) !== null;
    if (field.name === "class_balance") return ownClassCount(spec) === 2;
    const owners = ownersFromName.get(field.name);
    return !owners || owners.some(({ name, keys }) => keys.includes(active(name, spec)));
  }

  return {
    choice,
    active,
    isCurve,
    hasFeature,
    classRange,
    classCount,
    ownClassCount,
    /**
     * What may be offered of a field.
     * @param {Field} field
     * @param {Spec} spec
     */
    offered: (field, spec) => (field.choices ?? []).filter((one) => obstacle(field.name, one, spec) === ""),
    counts,
    /**
     * Is it set to anything of its own? What links of TensorFlow Playground stand for is not: nothing of it was to be
     * seen there.
     * @param {Field} field
     * @param {Spec} spec
     */
    inUse(field, spec) {
      const usual = [field.default, field.original ?? field.default].map((value) => JSON.stringify(value));
      return counts(field, spec) && !usual.includes(JSON.stringify(spec[field.name]));
    },
    /**
     * What the automatic value of a field stands for; null where it has none.
     * @param {Field} field
     * @param {Spec} spec
     */
    own(field, spec) {
      const name = datasetField(spec.problem);
      return (field.automatic ?? null) === null ? null : choice(name, spec[name])?.size ?? null;
    },
    /**
     * The ends of a slider.
     * @param {Field} field
     * @param {Spec} spec
     */
    ends(field, spec) {
      const { minimum, maximum } = /** @type {NonNullable<Field["slider"]>} */ (field.slider);
      return (field.name === "classes" && classRange(spec)) || [minimum, maximum];
    },
    /**
     * What has to change with the rest so that all of it fits, and a sentence for each change.
     * @param {Spec} spec
     * @returns {{patch: import("./catalog.js").Patch, said: string[]}}
     */
    mended(spec) {
      const fitting = { ...spec };
      const said = [];
      const shape = shapeOf(fitting);
      if (shape && problemOf(shape) !== fitting.problem) {
        fitting.data = "";
        said.push(`The data are others: those that were shown are for ${problemOf(shape)}.`);
      }
      if (isOnPlane(fitting) && fitting.features.some(isOfColumns)) {
        fitting.features = fieldFromName.get("features")?.default;
      }
      if (fitting.features.some((/** @type {string} */ key) => !hasFeature(key, fitting))) {
        const left = fitting.features.filter((/** @type {string} */ key) => hasFeature(key, fitting));
        fitting.features = left.length > 0 ? left : ["x"];
      }
      const range = classRange(fitting);
      if (range && (fitting.classes < range[0] || fitting.classes > range[1])) {
        fitting.classes = Math.max(range[0], Math.min(range[1], fitting.classes));
        const name = choice("dataset", fitting.dataset)?.label;
        said.push(`Classes is now ${fitting.classes}: ${name} has ${range[0]} to ${range[1]}.`);
      }
      for (const name of /** @type {const} */ (["output", "loss"])) {
        const one = choice(name, fitting[name]);
        const why = one ? obstacle(name, one, fitting) : "";
        if (!one || why === "") continue;
        fitting[name] = fieldFromName.get(name)?.default;
        said.push(`${fieldFromName.get(name)?.label} is automatic again: ${one.label} ${why}.`);
      }
      const changed = Object.entries(fitting).filter(([name, value]) => value !== spec[name]);
      return { patch: Object.fromEntries(changed), said };
    },
  };
}
