// What of a map has changed since a mark: pure functions.

import { NO_CLASS, NOT_FINITE } from "../wire/protocol.js";

/** @typedef {import("../wire/maps.js").ClassMap} ClassMap */
/** @typedef {{classMap: ClassMap} | {field: Uint8Array, own: number|null, low: number}} BigMap as it is drawn */
const ZERO = 127; // the byte of no change; 127 more is a change by 1

/**
 * A map to be drawn like any other: of a unit the change from -1 to 1, more is cut off; of classes the new class where
 * it is another one.
 * @param {BigMap} now
 * @param {BigMap} before
 * @returns {BigMap|null} null where the two are maps of different kinds or sizes
 */
export function differenceOf(now, before) {
  if ("classMap" in now) {
    if (!("classMap" in before) || before.classMap.winners.length !== now.classMap.winners.length) return null;
    const { winners } = now.classMap;
    const leads = Float32Array.from(winners, (own, i) => {
      return own === NO_CLASS ? NaN : Number(own !== before.classMap.winners[i]);
    });
    return { classMap: { winners, leads } };
  }
  if ("classMap" in before || before.field.length !== now.field.length) return null;
  const field = now.field.map((value, i) => {
    if (value === NOT_FINITE || before.field[i] === NOT_FINITE) return NOT_FINITE;
    return Math.max(0, Math.min(2 * ZERO, ZERO + value - before.field[i]));
  });
  return { field, own: null, low: -1 };
}

/**
 * How much of the map has another answer: another class, or one on the other side of 0.
 * @param {BigMap} now
 * @param {BigMap} before of the same kind
 * @returns {number} from 0 to 1
 */
export function changedShare(now, before) {
  const side = (/** @type {BigMap} */ map) => ("classMap" in map ? map.classMap.winners
    : map.field.map((value) => (value === NOT_FINITE ? 2 : Number(value > ZERO))));
  const [one, other] = [side(now), side(before)];
  let count = 0;
  for (let i = 0; i < one.length; i++) count += Number(one[i] !== other[i]);
  return one.length ? count / one.length : 0;
}

/**
 * From 0, equal, to 1, as far apart as two answers can be: of classes 1 where they differ. NaN where one has none.
 * @param {BigMap} one
 * @param {BigMap} other
 * @returns {Float32Array|null} null where they are maps of different kinds
 */
export function gapOf(one, other) {
  if ("classMap" in one || "classMap" in other) {
    if (!("classMap" in one && "classMap" in other)) return null;
    const { winners } = other.classMap;
    return Float32Array.from(one.classMap.winners, (own, i) => Number(own !== winners[i]));
  }
  return Float32Array.from(one.field, (value, i) => {
    const isKnown = value !== NOT_FINITE && other.field[i] !== NOT_FINITE;
    return isKnown ? Math.abs(value - other.field[i]) / (2 * ZERO) : NaN;
  });
}

/**
 * Where the two answer with another class: the side of 0, or the winner.
 * @param {BigMap} one
 * @param {BigMap} other of the same kind
 * @returns {Uint8Array} 1 where they do
 */
export function disputed(one, other) {
  const side = (/** @type {BigMap} */ map, /** @type {number} */ i) => {
    return "classMap" in map ? map.classMap.winners[i] : Number(map.field[i] > ZERO);
  };
  const count = "classMap" in one ? one.classMap.winners.length : one.field.length;
  return Uint8Array.from({ length: count }, (_, i) => Number(side(one, i) !== side(other, i)));
}
