// The address bar <-> what is shown. The rules are the schema's; nothing here knows a single training key.

/** @typedef {import("./catalog.js").Field} Field */
/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {{showTestData: boolean, discretize: boolean, hideText: boolean, hidden: string[]}} View */
/** @typedef {{field: string, key: string, value: string, allowed: string}} Problem */

/** @type {View} */
export const DEFAULT_VIEW = Object.freeze({ showTestData: false, discretize: false, hideText: false, hidden: [] });
const VIEW_FLAGS = /** @type {const} */ (["showTestData", "discretize", "hideText"]);
const HIDE = "_hide"; // ends the key that takes a control away
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Read a fragment. Missing keys take their default; a value that cannot be used is reported and takes its default too.
 * @param {string} fragment with or without "#", or a whole URL
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 * @returns {{spec: Spec, view: View, problems: Problem[], seeded: boolean, empty: boolean}}
 */
export function parseLink(fragment, fields, featureKeys) {
  const textFromKey = new Map();
  for (const pair of fragment.slice(fragment.indexOf("#") + 1).split("&")) {
    const [key, text] = pair.split("=");
    textFromKey.set(key, text);
  }
  /**
   * @param {string} key
   * @returns {string|null} null where it is missing or blank
   */
  function text(key) {
    const found = textFromKey.get(key);
    return !found || found.trim() === "" ? null : found;
  }
  const version = text("v");
  /** @type {Problem[]} */
  const problems = [];
  if (version !== null && version !== "1") problems.push({ field: "v", key: "v", value: version, allowed: "1" });
  const spec = /** @type {Spec} */ ({}); // the loop sets each field
  let known = 0;
  for (const field of fields) {
    const fixed = version === null && field.original !== null; // the original has no such key
    const start = fixed ? field.original : field.default;
    if (field.kind === "features") {
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
    const value = field.kind === "sizes" ? textFromKey.get(key) ?? null : text(key);
    if (value === null || fixed) {
      spec[field.name] = start;
      continue;
    }
    known += 1;
    const read = readValue(field, value);
    if (read === undefined) problems.push({ field: field.name, key, value, allowed: field.allowed });
    spec[field.name] = read === undefined ? start : read;
  }
  const hidden = [...textFromKey].flatMap(([key, value]) => {
    return key.endsWith(HIDE) && value === "true" ? [key.slice(0, -HIDE.length)] : [];
  });
  /** @type {View} */
  const view = { ...DEFAULT_VIEW, hidden };
  for (const flag of VIEW_FLAGS) if (text(flag) !== null) view[flag] = text(flag) !== "false";
  const empty = known === 0 && hidden.length === 0 && VIEW_FLAGS.every((flag) => text(flag) === null);
  return { spec, view, problems, seeded: typeof spec.seed === "string", empty };
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
      const isSize = (/** @type {number|undefined} */ size) => size !== undefined && size >= minimum && size <= maximum;
      return isShort(sizes) && sizes.every(isSize) ? sizes : undefined;
    }
    default: {
      let value = number(text, field.kind === "integer");
      if (value !== undefined && field.link_beyond) {
        const { above, below } = field.link_beyond;
        value = value > maximum ? above : value < minimum ? below : value;
      }
      return value !== undefined && value >= minimum && value <= maximum ? value : undefined;
    }
  }
}

/**
 * The fragment (without "#") that names a spec and a view; parseLink gives both back.
 * @param {Spec} spec
 * @param {View} view
 * @param {Field[]} fields
 * @param {string[]} featureKeys
 */
export function formatLink(spec, view, fields, featureKeys) {
  const pairs = ["v=1"];
  for (const field of fields) {
    const value = spec[field.name];
    if (field.kind === "features") {
      const isBasic = basicFeatures(field);
      const said = featureKeys.filter((key) => isBasic.has(key) || value.includes(key));
      pairs.push(...said.map((key) => `${key}=${value.includes(key)}`));
    } else if (field.basic || JSON.stringify(value) !== JSON.stringify(field.default)) {
      pairs.push(`${field.key}=${Array.isArray(value) ? value.join(",") : value}`);
    }
  }
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
