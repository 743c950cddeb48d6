// The address bar <-> what is shown. The rules are the schema's; nothing here knows a single training key.

import { LIMITS } from "../wire/protocol.js";
import { columnOf, columnsOf, fitsData, isColumn, isOnPlane } from "./reference.js";
import { plain, repaired, withoutPunctuation } from "./repair.js";

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
 * @property {boolean} seeded
 * @property {boolean} empty nothing in it is ours
 */

/** @type {View} */
export const DEFAULT_VIEW = Object.freeze({
  showTestData: false, discretize: false, hideText: false, logLoss: false, signs: false, lecture: false, embed: false,
  hidden: [],
});
// As in engine/spec/link.py.
const VIEW_FLAGS = /** @type {const} */ ([
  "showTestData", "discretize", "hideText", "logLoss", "signs", "lecture", "embed",
]);
const SPEED = "speed";
const FASTEST = "fastest";
export const DEFAULT_SPEED = 60; // epochs per second
/** What can be hidden beside settings and inputs. */
export const PAGE_PARTS = [
  "playButton", "stepButton", "resetButton", "numHiddenLayers", "layers",
  "moreButton", "regenerateButton", "moreFeatures", "views", "chart", "prepare",
];
const [INPUTS, NONE] = ["inputs", "none"]; // the columns of a stored data set that go into the network
const DRAWN = "drawn"; // the points that were drawn by hand, as the server writes them
const WITHOUT_EFFECT = ["collectStats", "tutorial", "cosX", "cosY"]; // keys of TensorFlow Playground
const OWN_KEYS = ["v", SPEED, DRAWN, INPUTS];
const HIDE = "_hide"; // ends the key that takes a control away
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Read a fragment. Missing keys take their default; a value that cannot be used is reported and takes its default too.
 * @param {string} link with or without "#", or a whole URL
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 * @returns {Read}
 */
export function parseLink(link, fields, featureKeys) {
  const keys = knownKeys(fields, featureKeys);
  const { textFromKey, mended } = pairsOf(link, keys, fields);
  /**
   * @param {string} key
   * @returns {string|null} null where it is missing or blank
   */
  function text(key) {
    const found = textFromKey.get(key);
    return !found ? null : mendedText(found, mended) || null;
  }
  const version = text("v");
  /** @type {Problem[]} */
  const problems = [];
  /** @type {string[]} */
  const remarks = [];
  if (version !== null && version !== "1") problems.push({ field: "v", key: "v", value: version, allowed: "1" });
  const spec = /** @type {Spec} */ ({}); // the loop sets each field
  let known = 0;
  for (const field of fields) {
    const fixed = version === null && field.original !== null; // the original has no such key
    const start = fixed ? field.original : field.default;
    if (field.kind === "features") {
      known += Number(text(INPUTS) !== null);
      const columns = version === null || text("data") === null ? null : columnsOf(text(INPUTS), NONE);
      if (columns) {
        spec[field.name] = columns;
        continue;
      }
      known += featureKeys.filter((key) => text(key) !== null).length;
      const isDefault = new Set(/** @type {string[]} */ (field.default));
      const isBasic = basicFeatures(field);
      spec[field.name] = featureKeys.filter((key) => {
        if (version === null && !isBasic.has(key)) return false; // the original's links know no others
        if (text(`${key}${HIDE}`) === "true") return false;
        return text(key) === null ? isDefault.has(key) : text(key) !== "false";
      });
      continue;
    }
    const key = /** @type {string} */ (field.key);
    const raw = field.kind === "text" ? textFromKey.get(key) || null : null; // as it stands there
    const isThere = field.kind === "sizes" ? textFromKey.has(key) : (raw ?? text(key)) !== null;
    if (!isThere || fixed) {
      spec[field.name] = start;
      continue;
    }
    known += 1;
    const value = raw ?? text(key) ?? "";
    const beyond = substitute(field, value);
    if (beyond !== undefined) {
      remarks.push(`${field.label} must be ${field.allowed}, not ${short(value)}: ${beyond} is used.`);
    }
    const read = beyond ?? readValue(field, value);
    if (read === undefined) problems.push({ field: field.name, key, value: plain(value), allowed: field.allowed });
    spec[field.name] = read === undefined ? start : read;
  }
  if (spec.data && !fitsData(spec)) {
    const allowed = "a set with the problem and the inputs of this link";
    problems.push({ field: "data", key: "data", value: spec.data, allowed });
    spec.data = "";
    if (spec.features.some(isColumn)) spec.features = fields.find(({ kind }) => kind === "features")?.default;
  }
  const hidden = [...textFromKey.keys()].flatMap((key) => {
    const part = key.slice(0, -HIDE.length);
    if (!key.endsWith(HIDE) || !keys.has(part) || text(key) !== "true") return [];
    // In the original the buttons of layers go, those of neurons stay.
    return version === null && part === "numHiddenLayers" ? ["layers"] : [part];
  });
  /** @type {View} */
  const view = { ...DEFAULT_VIEW, hidden };
  for (const flag of VIEW_FLAGS) if (text(flag) !== null) view[flag] = text(flag) !== "false";
  const speed = speedOf(text(SPEED));
  if (speed === undefined) {
    const allowed = `a number from ${LIMITS.speed_minimum} to ${LIMITS.speed_maximum}, or ${FASTEST}`;
    problems.push({ field: SPEED, key: SPEED, value: plain(text(SPEED) ?? ""), allowed });
  }
  known += Number(text(SPEED) !== null);
  const empty = known === 0 && hidden.length === 0 && VIEW_FLAGS.every((flag) => text(flag) === null);
  const drawn = version === null ? "" : text(DRAWN) ?? "";
  const own = version === null ? ownKeys(fields, featureKeys) : new Set();
  remarks.unshift(...saidOf({ textFromKey, mended }, keys, own));
  const seeded = typeof spec.seed === "string";
  return { spec, view, speed: speed === undefined ? DEFAULT_SPEED : speed, problems, remarks, seeded, empty, drawn };
}

/**
 * @param {string|null} text
 * @returns {number|null|undefined} undefined where the text is no speed
 */
function speedOf(text) {
  if (text === null) return DEFAULT_SPEED;
  if (text === FASTEST) return null;
  const speed = NUMBER.test(text) ? Number(text) : NaN;
  return speed >= LIMITS.speed_minimum && speed <= LIMITS.speed_maximum ? speed : undefined;
}

/**
 * The keys and texts of a link, of two equal keys the later, and what damage was read as what.
 * @param {string} link
 * @param {Set<string>} keys that are known
 * @param {Field[]} fields
 */
function pairsOf(link, keys, fields) {
  const [, ...rest] = link.split(/(?<!&)#/); // &#38; is another way to write &
  const fragment = (rest.length ? rest.join("#") : link).replace(/^[#?!/]+/, "");
  const valid = fragment.replace(/[\ud800-\udfff]/gu, "?");
  const encoded = valid.replace(/[^!#-;=?-_a-~]+/g, encodeURIComponent); // as in an address
  const { text: whole, found: mended } = repaired(encoded, [...keys]);
  /** @type {Map<string, string>} */
  const textFromKey = new Map();
  const pairs = whole.split("&");
  pairs.forEach((pair, i) => {
    const [written, text] = pair.split("=");
    const key = isKnown(keys, written) || !isKnown(keys, plain(written)) ? written : mendedText(written, mended);
    if (text === undefined) return textFromKey.delete(key);
    textFromKey.set(key, i === pairs.length - 1 ? unpunctuated(key, text, fields, mended) : text);
  });
  return { textFromKey, mended };
}

/**
 * A text as it is meant, which is noted where it differs.
 * @param {string} text
 * @param {Map<string, string>} mended
 */
function mendedText(text, mended) {
  const found = plain(text);
  if (found !== text) mended.set(text, found);
  return found;
}

/**
 * The last value of a link, without signs behind it with which it would be none.
 * @param {string} key
 * @param {string} text
 * @param {Field[]} fields
 * @param {Map<string, string>} mended
 */
function unpunctuated(key, text, fields, mended) {
  const found = withoutPunctuation(text);
  const field = fields.find((each) => each.key === key);
  if (found === "" || found === text || field?.kind === "text") return text;
  const isBetter = !field || field.kind === "flag" ? ["true", "false"].includes(found)
    : readValue(field, text) === undefined && readValue(field, found) !== undefined;
  if (isBetter) mended.set(plain(text), found);
  return isBetter ? found : text;
}

/**
 * What was repaired, and which keys change nothing.
 * @param {ReturnType<typeof pairsOf>} pairs
 * @param {Set<string>} keys that are known
 * @param {Set<string>} own of these only ours count
 */
function saidOf({ textFromKey, mended }, keys, own) {
  const said = [];
  const read = [...mended].map(([shown, meant]) => `“${short(shown)}” is read as “${short(meant)}”`);
  if (read.length) said.push(`The link was damaged on its way and is repaired: ${read.join(", ")}.`);
  const written = [...textFromKey].filter(([, text]) => text !== "").map(([key]) => key);
  const unknown = written.filter((key) => key !== "" && !isKnown(keys, key)).map(plain);
  if (unknown.length) said.push(`${listed(unknown)} in the link: there is no such setting.`);
  const ours = written.filter((key) => own.has(key));
  if (ours.length) said.push(`${listed(ours)} in the link: a setting of Tinkernet, which counts only beside v=1.`);
  return said;
}

/** @param {string} text */
const short = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** @param {string[]} keys */
const listed = (keys) => {
  return keys.slice(0, 8).map(short).join(", ") + (keys.length > 8 ? ` and ${keys.length - 8} more` : "");
};

/**
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 * @returns {Set<string>}
 */
function knownKeys(fields, featureKeys) {
  const ofFields = fields.flatMap(({ key }) => (key === null ? [] : [key]));
  return new Set([...ofFields, ...featureKeys, ...OWN_KEYS, ...VIEW_FLAGS, ...PAGE_PARTS, ...WITHOUT_EFFECT]);
}

/**
 * The keys that only links with v=1 may have.
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 */
function ownKeys(fields, featureKeys) {
  const ofFields = fields.filter(({ key, original }) => key !== null && original !== null).map(({ key }) => key);
  const isBasic = new Set(fields.flatMap((field) => (field.kind === "features" ? [...basicFeatures(field)] : [])));
  const ofFeatures = featureKeys.filter((key) => !isBasic.has(key));
  return new Set([...ofFields, ...ofFeatures, DRAWN, INPUTS].filter((key) => !WITHOUT_EFFECT.includes(key ?? "")));
}

/**
 * @param {Set<string>} keys
 * @param {string} key
 */
const isKnown = (keys, key) => keys.has(key.endsWith(HIDE) ? key.slice(0, -HIDE.length) : key);

/**
 * What a value beyond its bounds stands for in a link, if for another one.
 * @param {Field} field
 * @param {string} text
 */
function substitute(field, text) {
  const high = field.maximum ?? Infinity;
  if (field.kind === "sizes") {
    const sizes = text.split(",").map((part) => (NUMBER.test(part.trim()) ? Number(part) : NaN));
    if (!sizes.every((size) => Number.isInteger(size) && size >= 1)) return undefined;
    const fitting = narrowed(sizes.slice(0, field.longest ?? undefined), high);
    return fitting.join() === sizes.join() ? undefined : fitting;
  }
  if (!field.link_beyond || !NUMBER.test(text)) return undefined;
  const value = Number(text);
  if (value > high) return field.link_beyond.above;
  return value < (field.minimum ?? -Infinity) ? field.link_beyond.below ?? undefined : undefined;
}

/** @param {(number|undefined)[]} sizes */
const sum = (sizes) => sizes.reduce((/** @type {number} */ all, size) => all + (size ?? 0), 0);

/**
 * Widths in the same proportion, at most so many together; but each is at least 1. Fewer stay as they are.
 * @param {number[]} sizes
 * @param {number} most
 */
function narrowed(sizes, most) {
  const share = Math.min(1, most / Math.max(1, sum(sizes)));
  const found = sizes.map((size) => Math.max(1, Math.floor(size * share)));
  while (sum(found) > Math.max(most, found.length)) { // where narrow layers were not cut
    const widest = found.indexOf(Math.max(...found));
    found[widest] = Math.max(1, found[widest] - (sum(found) - most));
  }
  return found;
}

/**
 * @param {Field} field any but the features
 * @param {string} text
 * @returns {any} undefined where the text is no value of the field
 */
export function readValue(field, text) {
  const { minimum = -Infinity, maximum = Infinity } = /** @type {{minimum?: number, maximum?: number}} */ (field);
  /**
   * @param {string} part
   * @param {boolean} isWhole
   */
  function number(part, isWhole) {
    const value = NUMBER.test(part.trim()) ? Number(part) : NaN;
    return Number.isFinite(value) && (!isWhole || Number.isInteger(value)) ? value : undefined;
  }
  /** @param {unknown[]} items */
  const isShort = (items) => items.length <= (field.longest ?? Infinity);
  switch (field.kind) {
    case "choice": return field.choices?.some((choice) => choice.key === text) ? text : undefined;
    case "flag": return text !== "false";
    case "text": {
      const isLong = text.length >= minimum && text.length <= maximum;
      return isLong && new RegExp(`^${field.pattern}*$`).test(text) ? text : undefined;
    }
    case "list": {
      const items = text.split(",");
      const keys = field.choices?.map((choice) => choice.key);
      const pattern = new RegExp(`^(?:${field.pattern})$`);
      const isItem = (/** @type {string} */ item) => (keys ? keys.includes(item) : pattern.test(item));
      return isShort(items) && items.every(isItem) ? items : undefined;
    }
    case "sizes": {
      const sizes = text.trim() === "" ? [] : text.split(",").map((part) => number(part, true));
      const isSize = (/** @type {number|undefined} */ size) => size !== undefined && size >= minimum;
      return isShort(sizes) && sizes.every(isSize) && sum(sizes) <= maximum ? sizes : undefined;
    }
    default: {
      const value = number(text, field.kind === "integer");
      if (value === undefined) return undefined;
      return (value >= minimum && value <= maximum) || value === field.automatic ? value : undefined;
    }
  }
}

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
      pairs.push(`${INPUTS}=${value.map(columnOf).join() || NONE}`);
    } else if (field.kind === "features") {
      const isBasic = basicFeatures(field);
      const said = featureKeys.filter((key) => isBasic.has(key) || value.includes(key));
      pairs.push(...said.map((key) => `${key}=${value.includes(key)}`));
    } else if (field.basic || JSON.stringify(value) !== JSON.stringify(field.default)) {
      pairs.push(`${field.key}=${Array.isArray(value) ? value.join(",") : value}`);
    }
  }
  if (drawn) pairs.push(`${DRAWN}=${drawn}`);
  if (speed !== DEFAULT_SPEED) pairs.push(`${SPEED}=${speed ?? FASTEST}`);
  for (const flag of VIEW_FLAGS) if (view[flag]) pairs.push(`${flag}=true`);
  for (const key of view.hidden) pairs.push(`${key}${HIDE}=true`);
  return pairs.join("&");
}

/**
 * The features that TensorFlow Playground has too.
 * @param {Field} field
 */
function basicFeatures(field) {
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
