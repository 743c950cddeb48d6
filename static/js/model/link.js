// What is shown -> the address bar; link_reading.js goes the other way. The rules are the schema's; nothing here knows
// a single training key.

import { columnOf, isColumn, isOnPlane } from "./tables.js";
import { encoded, isWritten } from "./written.js";

/** @typedef {import("./catalog.js").Field} Field */
/** @typedef {import("./catalog.js").Spec} Spec */
/**
 * @typedef {object} View
 * @property {boolean} showTestData
 * @property {boolean} discretize
 * @property {boolean} hideText
 * @property {boolean} logLoss the axis of the loss is logarithmic
 * @property {boolean} signs strong weights have + or − on their lines
 * @property {boolean} lecture large and strong, for a projector
 * @property {boolean} embed without what is around the tool, for a frame in another page
 * @property {string[]} hidden
 * @property {string} open key of the view beside the chart
 * @property {string} lab key of the lab that is open; empty for none
 */
/** @typedef {{field: string, key: string, value: string, allowed: string}} Problem */
/**
 * @typedef {object} Read what a link says
 * @property {Spec} spec
 * @property {View} view
 * @property {number|null} speed epochs per second; null is as fast as it goes
 * @property {Problem[]} problems
 * @property {string[]} remarks sentences about what was repaired, taken for something else, or changes nothing
 * @property {string} drawn what was drawn on the points, as the server writes it; empty where nothing was
 * @property {string} at the moment: an epoch, or epoch.batch; empty for the start
 * @property {string} edits the changes until then, as the server writes them
 * @property {boolean} seeded
 * @property {boolean} empty nothing in it is ours
 * @property {boolean} bare it names a lab and no settings: those of the lab count
 */

/** @type {View} */
export const DEFAULT_VIEW = Object.freeze({
  showTestData: false, discretize: false, hideText: false, logLoss: false, signs: false, lecture: false, embed: false,
  hidden: [], open: "map", lab: "",
});
// As in engine/spec/link.py.
export const VIEW_FLAGS = /** @type {const} */ ([
  "showTestData", "discretize", "hideText", "logLoss", "signs", "lecture", "embed",
]);
export const OPEN = "view"; // the key of the view that is open
export const LAB = "lab";
export const SPEED = "speed";
export const FASTEST = "fastest";
export const DEFAULT_SPEED = 60; // epochs per second
/** What can be hidden beside settings and inputs. */
export const PAGE_PARTS = [
  "playButton", "stepButton", "resetButton", "numHiddenLayers", "layers",
  "moreButton", "regenerateButton", "moreFeatures", "views", "chart", "prepare",
];
export const [INPUTS, NONE] = ["inputs", "none"]; // the columns of a stored data set that go into the network
export const DRAWN = "drawn"; // the points that were drawn by hand, as the server writes them
export const [AT, EDITS] = ["at", "edits"]; // a later moment: its epoch, or epoch.batch, and the changes until then
export const PLACE = /^[0-9]{1,15}(\.[0-9]{1,9})?$/;
export const OWN = "own"; // the features that somebody has written
export const ENCODED = ["formula", "formulas", "list"]; // kinds of fields
export const HIDE = "_hide"; // ends the key that takes a control away

/**
 * The fragment (without "#") that names a spec, a view and a speed; parseLink gives them back.
 * @param {Spec} spec
 * @param {View} view
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 * @param {number|null} [speed]
 * @param {string} [drawn]
 */
export function formatLink(spec, view, fields, featureKeys, speed = DEFAULT_SPEED, drawn = "") {
  const pairs = ["v=1"];
  for (const field of fields) {
    const value = spec[field.name];
    if (field.kind === "features" && !isOnPlane(spec)) {
      pairs.push(`${INPUTS}=${value.filter(isColumn).map(columnOf).join() || NONE}`, ...ownOf(value));
    } else if (field.kind === "features") {
      const isBasic = basicFeatures(field);
      const said = featureKeys.filter((key) => isBasic.has(key) || value.includes(key));
      pairs.push(...said.map((key) => `${key}=${value.includes(key)}`), ...ownOf(value));
    } else if (field.basic || JSON.stringify(value) !== JSON.stringify(field.default)) {
      const said = Array.isArray(value) ? value.join(",") : value;
      pairs.push(`${field.key}=${ENCODED.includes(field.kind) ? encoded(said) : said}`);
    }
  }
  if (drawn) pairs.push(`${DRAWN}=${drawn}`);
  if (speed !== DEFAULT_SPEED) pairs.push(`${SPEED}=${speed ?? FASTEST}`);
  for (const flag of VIEW_FLAGS) if (view[flag]) pairs.push(`${flag}=true`);
  if (view.open !== DEFAULT_VIEW.open) pairs.push(`${OPEN}=${view.open}`);
  if (view.lab) pairs.push(`${LAB}=${view.lab}`);
  for (const key of view.hidden) pairs.push(`${key}${HIDE}=true`);
  return pairs.join("&");
}

/**
 * What a link says of the features that somebody has written.
 * @param {string[]} features
 */
function ownOf(features) {
  const own = features.filter(isWritten).map((key) => encoded(key.slice(1)));
  return own.length ? [`${OWN}=${own}`] : [];
}

/**
 * The features that TensorFlow Playground has too.
 * @param {Field} field
 */
export function basicFeatures(field) {
  return new Set(field.choices?.filter((choice) => choice.basic).map((choice) => choice.key));
}

/**
 * @param {Spec} a
 * @param {Spec} b
 */
export function sameSpec(a, b) {
  return Object.keys(a).every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}

/** Five digits, as the original makes them. */
export function newSeed() {
  return Math.random().toFixed(5);
}
