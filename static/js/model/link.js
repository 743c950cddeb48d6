// The address bar <-> what is shown. The rules are the schema's; nothing here knows a single training key.

/** @typedef {import("./catalog.js").Field} Field */
/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {{showTestData: boolean, discretize: boolean, hideText: boolean, hidden: string[]}} View */
/** @typedef {{field: string, key: string, value: string, allowed: string}} Problem */

/** @type {View} */
export const DEFAULT_VIEW = Object.freeze({ showTestData: false, discretize: false, hideText: false, hidden: [] });
const VIEW_FLAGS = /** @type {const} */ (["showTestData", "discretize", "hideText"]);
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
  /** @param {string} key */
  const text = (key) => ((textFromKey.get(key) ?? "").trim() === "" ? null : /** @type {string} */ (textFromKey.get(key)));
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
      const isBasic = new Set(field.choices?.filter((choice) => choice.basic).map((choice) => choice.key)); // the original's links know no others
      spec[field.name] = featureKeys.filter((key) => (version !== null || isBasic.has(key)) && text(`${key}_hide`) !== "true" && (text(key) === null ? isDefault.has(key) : text(key) !== "false"));
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
  const hidden = [...textFromKey].filter(([key, value]) => key.endsWith("_hide") && value === "true").map(([key]) => key.slice(0, -5));
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
  /** @param {string} part @param {boolean} whole */
  const number = (part, whole) => {
    const value = NUMBER.test(part.trim()) ? Number(part) : NaN;
    return Number.isFinite(value) && (!whole || Number.isInteger(value)) ? value : undefined;
  };
  switch (field.kind) {
    case "choice": return field.choices?.some((choice) => choice.key === text) ? text : undefined;
    case "flag": return text !== "false";
    case "text": return text.length <= maximum && new RegExp(`^${field.pattern}+$`).test(text) ? text : undefined;
    case "list": {
      const items = text.split(",");
      const keys = field.choices?.map((choice) => choice.key);
      const fits = items.length <= (field.longest ?? Infinity) && items.every((item) => keys ? keys.includes(item) : new RegExp(`^(?:${field.pattern})$`).test(item));
      return fits ? items : undefined;
    }
    case "sizes": {
      const sizes = text.trim() === "" ? [] : text.split(",").map((part) => number(part, true));
      const fits = sizes.length <= (field.longest ?? Infinity) && sizes.every((size) => size !== undefined && size >= minimum && size <= maximum);
      return fits ? sizes : undefined;
    }
    default: {
      let value = number(text, field.kind === "integer");
      if (value !== undefined && field.link_beyond) value = value > maximum ? field.link_beyond.above : value < minimum ? field.link_beyond.below : value;
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
      const isBasic = new Set(field.choices?.filter((choice) => choice.basic).map((choice) => choice.key));
      for (const key of featureKeys) if (isBasic.has(key) || value.includes(key)) pairs.push(`${key}=${value.includes(key)}`);
    } else if (field.basic || JSON.stringify(value) !== JSON.stringify(field.default)) pairs.push(`${field.key}=${Array.isArray(value) ? value.join(",") : value}`);
  }
  for (const flag of VIEW_FLAGS) if (view[flag]) pairs.push(`${flag}=true`);
  for (const key of view.hidden) pairs.push(`${key}_hide=true`);
  return pairs.join("&");
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
