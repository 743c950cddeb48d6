// Points that are drawn on the map: what the tools pick and what they ask the server for. Pure functions.

import { LIMITS } from "../wire/protocol.js";
import { classCount } from "./outputs.js";

/** @typedef {import("../wire/protocol.js").AddedPoint} AddedPoint */
/** @typedef {{x: number, y: number}} Place */
/** @typedef {Place & {id: number, target: number, training: boolean}} Point target: the class from 0, or the value */

export const EDGE = LIMITS.place / LIMITS.steps;

/**
 * The points of a run as the tools take them, training points first.
 * @param {import("./run.js").Run} run
 * @returns {Point[]}
 */
export function drawnPoints({ points, spec }) {
  if (!points || !spec) return [];
  const { rows, train, test, ids } = points;
  const classes = classCount(spec);
  return Array.from({ length: train + test }, (_, i) => {
    const [x, y, label] = rows.subarray(3 * i, 3 * i + 3);
    const target = classes === 2 ? Number(label > 0) : classes ? Math.round(label) : label;
    return { id: ids ? ids[i] : i, x, y, target, training: i < train };
  });
}

/**
 * The label that pictures take, of a target.
 * @param {number} target
 * @param {number} classes 0 for values
 */
export const labelOf = (target, classes) => (classes === 2 ? 2 * target - 1 : target);

/**
 * A coordinate in whole steps, within the map.
 * @param {number} value
 */
export const steps = (value) => Math.max(-LIMITS.place, Math.min(LIMITS.place, Math.round(value * LIMITS.steps)));

/** @param {number} value */
export const snapped = (value) => steps(value) / LIMITS.steps;

/**
 * The place that a pointer is at.
 * @param {{left: number, top: number, width: number}} square of the map, in pixels
 * @param {{clientX: number, clientY: number}} pointer
 * @returns {Place}
 */
export function placeIn({ left, top, width }, { clientX, clientY }) {
  const [x, y] = [(clientX - left) / width, (clientY - top) / width].map((share) => 2 * EDGE * share - EDGE);
  return { x: snapped(x), y: snapped(-y) };
}

/**
 * A target as the server takes it.
 * @param {number} target
 * @param {number} classes
 */
export const targetSteps = (target, classes) => (classes ? target : Math.round(target * LIMITS.steps));

/**
 * @param {Place} place
 * @param {number} target
 * @param {number} classes
 * @returns {AddedPoint}
 */
export function addition({ x, y }, target, classes) {
  return { x: steps(x), y: steps(y), target: targetSteps(target, classes) };
}

/**
 * A place somewhere under the brush.
 * @param {Place} middle
 * @param {number} radius
 * @param {() => number} random
 * @returns {Place}
 */
export function sprinkled({ x, y }, radius, random) {
  const [angle, far] = [2 * Math.PI * random(), radius * Math.sqrt(random())];
  return { x: snapped(x + far * Math.cos(angle)), y: snapped(y + far * Math.sin(angle)) };
}

/**
 * @param {Place} one
 * @param {Place} other
 */
export const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/**
 * The points that are no further away.
 * @param {Point[]} points
 * @param {Place} place
 * @param {number} radius
 */
export const within = (points, place, radius) => points.filter((each) => distance(each, place) <= radius);

/**
 * The nearest point, if it is within reach.
 * @param {Point[]} points
 * @param {Place} place
 * @param {number} reach
 * @returns {Point|undefined}
 */
export function nearest(points, place, reach) {
  const near = within(points, place, reach);
  return near.sort((one, other) => distance(one, place) - distance(other, place))[0];
}

/**
 * The points in the box with these two corners.
 * @param {Point[]} points
 * @param {Place} one
 * @param {Place} other
 */
export function boxed(points, one, other) {
  const between = (/** @type {number} */ value, /** @type {number} */ from, /** @type {number} */ to) => {
    return value >= Math.min(from, to) && value <= Math.max(from, to);
  };
  return points.filter(({ x, y }) => between(x, one.x, other.x) && between(y, one.y, other.y));
}

/**
 * All points moved by the same way; shorter where one would leave the map.
 * @param {Point[]} points
 * @param {Place} by
 * @returns {{id: number, x: number, y: number}[]} in steps
 */
export function shifted(points, by) {
  /** @param {"x"|"y"} axis */
  const way = (axis) => {
    const low = Math.min(...points.map((each) => each[axis])) + EDGE;
    const high = EDGE - Math.max(...points.map((each) => each[axis]));
    return Math.max(-Math.max(0, low), Math.min(Math.max(0, high), by[axis]));
  };
  const [right, up] = [way("x"), way("y")];
  return points.map(({ id, x, y }) => ({ id, x: steps(x + right), y: steps(y + up) }));
}

/**
 * The points as they will be after an edit, without those that it adds: the server gives these their ids.
 * @param {Point[]} points
 * @param {Pick<import("../wire/protocol.js").EditData, "removed"|"moved">} edit
 * @param {number} classes
 * @returns {Point[]}
 */
export function changed(points, { removed = [], moved = [] }, classes) {
  const [gone, byId] = [new Set(removed), new Map(moved.map((each) => [each.id, each]))];
  return points.filter(({ id }) => !gone.has(id)).map((point) => {
    const { x, y, target, training } = byId.get(point.id) ?? {};
    return {
      ...point,
      ...(typeof x === "number" && typeof y === "number" ? { x: x / LIMITS.steps, y: y / LIMITS.steps } : {}),
      ...(typeof target === "number" ? { target: classes ? target : target / LIMITS.steps } : {}),
      ...(typeof training === "boolean" ? { training } : {}),
    };
  });
}

/**
 * The points moved a little, each another way.
 * @param {Point[]} points
 * @param {number} far at most, along each axis
 * @param {() => number} random
 * @returns {{id: number, x: number, y: number}[]} in steps
 */
export function jittered(points, far, random) {
  const shaken = (/** @type {number} */ at) => steps(at + far * (2 * random() - 1));
  return points.map(({ id, x, y }) => ({ id, x: shaken(x), y: shaken(y) }));
}

/**
 * How many points each class has.
 * @param {Point[]} points
 * @param {number} classes
 */
export const classCounts = (points, classes) => {
  return Array.from({ length: classes }, (_, index) => points.filter(({ target }) => target === index).length);
};

/**
 * A place in words: “1.25, −0.50”.
 * @param {Place} place
 */
export const placeText = ({ x, y }) => [x, y].map((value) => value.toFixed(2).replace("-", "−")).join(", ");

/**
 * What there is to say of the points as a whole; empty where all is as the data set has it.
 * @param {Point[]} points
 * @param {number} classes
 * @param {string} text in the link
 */
export function hint(points, classes, text) {
  if (points.length === 0) return classes ? "Draw two classes to begin." : "Draw some points to begin.";
  if (classes && new Set(points.map(({ target }) => target)).size === 1) {
    return "Only one class yet: nothing to tell apart.";
  }
  if (text.startsWith("only.")) return "Too large for the link: kept on this server.";
  return text && `Saved here; the link carries it (${(text.length / 1000).toFixed(1)} of 7 kB).`;
}
