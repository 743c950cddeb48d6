// The values of settings in links: what a text stands for, and what one beyond its bounds does.

import { canonical } from "./written.js";

/** @typedef {import("./catalog.js").Field} Field */

export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * What a value beyond its bounds stands for in a link, if for another one.
 * @param {Field} field
 * @param {string} text
 */
export function substitute(field, text) {
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
    case "formula": return canonical(text); // the server knows whether it is one
    case "formulas": return isShort(text.split(",")) ? text.split(",").map(canonical) : undefined;
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
