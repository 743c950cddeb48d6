// The address bar -> what is shown, as link.js writes it. Who only watches does without.

import { columnsOf, fitsData, isOfColumns } from "./tables.js";
import { LIMITS } from "../wire/protocol.js";
import {
  AT, DEFAULT_SPEED, DEFAULT_VIEW, DRAWN, EDITS, ENCODED, FASTEST, HIDE, INPUTS, LAB, NONE, OPEN, OWN, PAGE_PARTS,
  PLACE, SPEED, VIEW_FLAGS,
  basicFeatures,
} from "./link.js";
import { NUMBER, readValue, substitute } from "./link_values.js";
import { plain, repaired, withoutPunctuation } from "./repair.js";
import { canonical, encoded } from "./written.js";

/** @typedef {import("./catalog.js").Field} Field */
/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {import("./link.js").Problem} Problem */
/** @typedef {import("./link.js").Read} Read */
/** @typedef {import("./link.js").View} View */

const WITHOUT_EFFECT = ["collectStats", "tutorial", "cosX", "cosY"]; // keys of TensorFlow Playground
const OWN_KEYS = ["v", SPEED, OPEN, LAB, DRAWN, INPUTS, OWN, AT, EDITS];

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
  /** @param {string} key of what we have encoded ourselves: that is no damage */
  function written(key) {
    const found = plain(textFromKey.get(key) ?? "");
    return encoded(found) === textFromKey.get(key) ? found || null : text(key);
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
      const own = version === null ? null : written(OWN);
      const ofOwn = own ? [...new Set(own.split(",").map((each) => `=${canonical(each)}`))] : [];
      if (columns) {
        spec[field.name] = [...columns, ...ofOwn];
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
      spec[field.name].push(...ofOwn);
      known += Number(own !== null);
      continue;
    }
    const key = /** @type {string} */ (field.key);
    const raw = field.kind === "text" ? textFromKey.get(key) || null // as it stands there
      : ENCODED.includes(field.kind) ? written(key) : null;
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
    if (spec.features.some(isOfColumns)) spec.features = fields.find(({ kind }) => kind === "features")?.default;
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
  const open = text(OPEN);
  if (open !== null && /^[a-z]{1,16}$/.test(open)) view.open = open;
  else if (open !== null) problems.push({ field: OPEN, key: OPEN, value: plain(open), allowed: "the name of a view" });
  const lab = text(LAB);
  if (lab !== null && /^[a-z]{1,16}$/.test(lab)) view.lab = lab;
  else if (lab !== null) problems.push({ field: LAB, key: LAB, value: plain(lab), allowed: "the name of a lab" });
  const bare = known === 0 && view.lab !== "";
  const speed = speedOf(text(SPEED));
  if (speed === undefined) {
    const allowed = `a number from ${LIMITS.speed_minimum} to ${LIMITS.speed_maximum}, or ${FASTEST}`;
    problems.push({ field: SPEED, key: SPEED, value: plain(text(SPEED) ?? ""), allowed });
  }
  known += Number(text(SPEED) !== null) + Number(open !== null);
  const empty = known === 0 && hidden.length === 0 && VIEW_FLAGS.every((flag) => text(flag) === null) && lab === null;
  const drawn = version === null ? "" : text(DRAWN) ?? "";
  const asked = version === null ? "" : text(AT) ?? "";
  const at = PLACE.test(asked) ? asked : "";
  if (asked !== at) {
    const allowed = "an epoch, or an epoch and a batch of it such as 240.7";
    problems.push({ field: AT, key: AT, value: asked, allowed });
  }
  const edits = at ? text(EDITS) ?? "" : "";
  const own = version === null ? ownKeys(fields, featureKeys) : new Set();
  remarks.unshift(...saidOf({ textFromKey, mended }, keys, own));
  const seeded = typeof spec.seed === "string";
  const rate = speed === undefined ? DEFAULT_SPEED : speed;
  return { spec, view, speed: rate, problems, remarks, seeded, empty, bare, drawn, at, edits };
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
  const isBetter = field?.kind.startsWith("formula") ? encoded(plain(found)) === found
    : !field || field.kind === "flag" ? ["true", "false"].includes(found)
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
  return new Set([...ofFields, ...ofFeatures, DRAWN, INPUTS, OWN].filter((key) => !WITHOUT_EFFECT.includes(key ?? "")));
}

/**
 * @param {Set<string>} keys
 * @param {string} key
 */
const isKnown = (keys, key) => keys.has(key.endsWith(HIDE) ? key.slice(0, -HIDE.length) : key);
