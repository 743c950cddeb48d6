// One use of a drawing tool, from where it begins to what it asks the server for.

import { LIMITS } from "../wire/protocol.js";
import { addition, boxed, distance, nearest, placeText, shifted, snapped, sprinkled, within } from "./drawing.js";

/** @typedef {import("./drawing.js").Place} Place */
/** @typedef {import("./drawing.js").Point} Point */
/** @typedef {"brush"|"point"|"move"|"select"|"erase"|"split"} Tool */
/** @typedef {Omit<import("../wire/protocol.js").EditData, "type"|"run">} Edit */
/**
 * @typedef {object} Hand what a tool works with
 * @property {Tool} tool
 * @property {Point[]} points that there are
 * @property {Set<number>} selected ids
 * @property {number} reach how near a point is meant
 * @property {number} radius of brush and eraser
 * @property {number} density points for each width of the brush on its way
 * @property {number} target of new points: the class from 0, or the value
 * @property {number} classes 0 for values
 * @property {() => number} random
 */
/**
 * @typedef {object} Stroke what the tool is about to do
 * @property {"brush"|"point"|"move"|"box"|"erase"|"split"} kind
 * @property {Place} from where it began; of a brush, where its last point fell
 * @property {Place} to
 * @property {Place[]} places of new points
 * @property {Map<number, Point>} points that it touches, by id
 */

/** @param {Point[]} points */
const byId = (points) => new Map(points.map((each) => [each.id, each]));

/**
 * @param {Place} at
 * @param {Hand} hand
 * @returns {Stroke}
 */
export function begun(at, hand) {
  const { tool, points, selected } = hand;
  const near = nearest(points, at, hand.reach);
  const held = near && selected.has(near.id) ? points.filter(({ id }) => selected.has(id)) : near ? [near] : [];
  const kind = tool !== "select" ? tool : near && selected.has(near.id) ? "move" : "box";
  const places = tool === "brush" ? Array.from({ length: Math.ceil(hand.density / 2) }, () => under(at, hand)) : [];
  return extended({ kind, from: at, to: at, places, points: byId(kind === "move" ? held : []) }, at, hand);
}

/**
 * @param {Place} at
 * @param {Hand} hand
 */
const under = (at, { radius, random }) => sprinkled(at, radius, random);

/**
 * The stroke gone on to a place.
 * @param {Stroke} stroke
 * @param {Place} at
 * @param {Hand} hand
 * @returns {Stroke}
 */
export function extended(stroke, at, hand) {
  const { points, reach, radius } = hand;
  const touched = (/** @type {(Point|undefined)[]} */ more) => {
    return new Map([...stroke.points, ...byId(more.filter((each) => each !== undefined))]);
  };
  const next = { ...stroke, to: at };
  switch (stroke.kind) {
    case "brush": return { ...next, ...brushed(stroke, at, hand) };
    case "point": return { ...next, places: [{ x: snapped(at.x), y: snapped(at.y) }] };
    case "erase": return { ...next, points: touched(within(points, at, radius)) };
    case "split": return { ...next, points: touched([nearest(points, at, reach)]) };
    case "box": return { ...next, points: byId(boxed(points, stroke.from, at)) };
    default: return next;
  }
}

/**
 * A brush lets a point fall after each part of its way.
 * @param {Stroke} stroke
 * @param {Place} at
 * @param {Hand} hand
 */
function brushed({ from, places }, at, hand) {
  const gap = (2 * hand.radius) / hand.density;
  const all = [...places];
  for (let far = distance(from, at); far >= gap && all.length < LIMITS.edit_points; far -= gap) {
    from = { x: from.x + (gap / far) * (at.x - from.x), y: from.y + (gap / far) * (at.y - from.y) };
    all.push(under(from, hand));
  }
  return { from, places: all };
}

/**
 * Where the points go that a stroke moves, in units of the plane.
 * @param {Stroke} stroke
 * @returns {Point[]}
 */
export function movedPoints(stroke) {
  const touched = [...stroke.points.values()];
  return shiftedBy(stroke, touched).map(({ x, y }, i) => ({ ...touched[i], x: x / LIMITS.steps, y: y / LIMITS.steps }));
}

/**
 * @param {Stroke} stroke
 * @param {Point[]} points
 */
const shiftedBy = ({ from, to }, points) => shifted(points, { x: to.x - from.x, y: to.y - from.y });

/**
 * What a stroke asks for, and what is said of it.
 * @param {Stroke} stroke
 * @param {{target: number, classes: number}} hand
 * @returns {{edit: Edit, said: string}}
 */
export function outcome(stroke, { target, classes }) {
  const { kind, places, from, to } = stroke;
  const touched = [...stroke.points.values()];
  if (kind === "brush" || kind === "point") {
    const name = classes ? `Class ${target + 1}` : `Value ${target}`;
    const added = places.map((each) => addition(each, target, classes));
    return { edit: { added }, said: `${name} at ${placeText(to)}.` };
  }
  if (kind === "erase") return erasure(touched);
  if (kind === "split") {
    const said = touched.length === 1 ? `Now a ${touched[0].training ? "test" : "training"} point.` : "Flipped.";
    return { edit: { moved: touched.map(({ id, training }) => ({ id, training: !training })) }, said };
  }
  const isStill = kind === "box" || distance(from, to) === 0;
  return { edit: { moved: isStill ? [] : shiftedBy(stroke, touched) }, said: `Moved to ${placeText(to)}.` };
}

/** @param {Point[]} gone */
export function erasure(gone) {
  const said = gone.length === 1 ? `Gone: ${placeText(gone[0])}.` : `${gone.length} are gone.`;
  return { edit: { removed: gone.map(({ id }) => id) }, said };
}
