// The present state in one paragraph, to be read aloud: data, network, losses, and what has changed.

import { catalog, constraints, fieldFromName } from "./catalog.js";
import { inputLabel, valueText } from "./names.js";
import { dataName } from "./table_words.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("./catalog.js").Field} Field */
/**
 * @typedef {object} Facts
 * @property {Spec} spec
 * @property {number} epoch
 * @property {boolean} playing
 * @property {[string, string]} losses training and test, as the page shows them
 * @property {{train: number, test: number}|null} points how many
 * @property {string} halted why training stopped by itself; "" where it did not
 */

const SAID = ["problem", "dataset", "reg_dataset", "noise", "features", "hidden", "activation", "learning_rate",
  "batch_size", "regularization", "regularization_rate"];

/**
 * @param {Facts} now
 * @param {Facts|null} before what was told last
 */
export function account(now, before) {
  const { spec, epoch, playing, losses: [train, test], halted } = now;
  const further = catalog.fields.filter((field) => {
    return field.group && !SAID.includes(field.name) && constraints.inUse(field, spec);
  });
  const sentences = [
    `Data: ${dataText(now)}`,
    `Network: ${networkText(spec)}`,
    [...["learning_rate", "batch_size", "regularization"].map((name) => named(name, spec)),
      ...(spec.regularization === "none" ? [] : [named("regularization_rate", spec)])].join(", "),
    ...(further.length ? [`Also: ${further.map(({ name }) => named(name, spec)).join(", ")}`] : []),
    `${playing ? "Training" : "Paused"} at epoch ${counted(epoch)}, training loss ${train}, test loss ${test}`,
    ...(halted && !playing ? [halted.replace(/\.$/, "")] : []),
    ...(before ? [`Since you last asked: ${changes(now, before).join("; ") || "no change"}`] : []),
  ];
  return `${sentences.join(". ")}.`;
}

/** @param {Facts} facts */
function dataText({ spec, points }) {
  const counts = points ? `, ${counted(points.train)} points to train and ${counted(points.test)} to test` : "";
  const noise = spec.data ? "" : `, noise ${told("noise", spec)}`;
  const name = spec.problem === "regression" ? "reg_dataset" : "dataset";
  return `${spec.data ? dataName(spec) : told(name, spec)} (${told("problem", spec).toLowerCase()})${counts}${noise}`;
}

/** @param {Spec} spec */
function networkText(spec) {
  const { features, hidden } = spec;
  const inputs = features.map((key) => inputLabel(key, spec));
  const sizes = hidden.length === 1 && hidden[0] === 1 ? "1 neuron" : `${list(hidden.map(String))} neurons`;
  const layers = hidden.length === 0 ? "no hidden layer"
    : `${hidden.length === 1 ? "one hidden layer" : "hidden layers"} of ${sizes}`;
  const said = inputs.length === 0 ? "no inputs" : `${inputs.length === 1 ? "input" : "inputs"} ${list(inputs)}`;
  return `${said}, ${layers}, activation ${told("activation", spec)}`;
}

/**
 * @param {Facts} now
 * @param {Facts} before
 */
function changes(now, before) {
  const changed = catalog.fields.filter(({ name }) => {
    return JSON.stringify(now.spec[name]) !== JSON.stringify(before.spec[name]);
  });
  const passed = now.epoch - before.epoch;
  const more = passed > 0 ? [`${counted(passed)} more epoch${passed === 1 ? "" : "s"}`] : [];
  const epochs = passed < 0 ? ["training began again"] : more;
  const losses = ["training", "test"].flatMap((set, i) => {
    return now.losses[i] === before.losses[i] ? [] : [`${set} loss from ${before.losses[i]} to ${now.losses[i]}`];
  });
  return [...epochs, ...losses, ...changed.map(({ label, name }) => {
    const [was, is] = [before, now].map(({ spec }) => told(name, spec) || "none");
    return `${label.toLowerCase()} from ${was} to ${is}`;
  })];
}

/**
 * @param {string} name of a field
 * @param {Record<string, any>} spec
 */
function told(name, spec) {
  const field = fieldFromName.get(name);
  return field ? `${valueText(field, spec[name])}${field.unit ?? ""}` : "";
}

/**
 * @param {string} name of a field
 * @param {Spec} spec
 */
const named = (name, spec) => `${fieldFromName.get(name)?.label ?? name} ${told(name, spec)}`;

/** @param {number} value */
const counted = (value) => value.toLocaleString("en");

/** @param {string[]} items */
const list = (items) => new Intl.ListFormat("en").format(items);
