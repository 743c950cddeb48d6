// From the levels that a map has on the wire to what is drawn: bytes of the palette, or classes and their leads.

import { NO_CLASS, NOT_FINITE } from "./protocol.js";

/**
 * @typedef {object} ClassMap
 * @property {Uint8Array} winners by pixel the class, or NO_CLASS
 * @property {Float32Array} leads by pixel the lead of that class, from 0 to 1
 */

/**
 * One map for each neuron.
 * @param {import("./protocol.js").NetworkPart} network
 * @returns {Uint8Array[]} a byte of 0 is -1, of 254 is 1, 255 is no finite number
 */
export function smallMaps({ smallMaps, shapes, levels }) {
  const [neurons, height, width] = shapes.smallMaps;
  const bytes = spread(smallMaps, levels);
  return Array.from({ length: neurons }, (_, i) => bytes.subarray(i * height * width, (i + 1) * height * width));
}

/**
 * The big map; empty where it is one of classes.
 * @param {import("./protocol.js").MapPart} map
 */
export function bigMap({ bigMap, classes, levels }) {
  return classes > 0 ? new Uint8Array() : spread(bigMap, levels);
}

/**
 * @param {import("./protocol.js").MapPart} map
 * @returns {ClassMap|null} null where it is not a map of classes
 */
export function classMap({ bigMap, classes, levels }) {
  if (classes === 0) return null;
  return {
    winners: bigMap.map((byte) => (byte === NOT_FINITE ? NO_CLASS : Math.floor(byte / levels))),
    leads: Float32Array.from(bigMap, (byte) => (byte === NOT_FINITE ? NaN : (byte % levels) / (levels - 1))),
  };
}

/**
 * From so many levels to the 255 of the palette.
 * @param {Uint8Array} map
 * @param {number} levels
 */
function spread(map, levels) {
  const byteFromLevel = Uint8Array.from({ length: 256 }, (_, level) => {
    return level === NOT_FINITE ? NOT_FINITE : (level * 254) / (levels - 1) + 0.5;
  });
  return map.map((level) => byteFromLevel[level]);
}
