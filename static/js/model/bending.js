// How each layer moves the plane, as the server measures it, made ready to be drawn: pure functions.

/** @typedef {import("../wire/protocol.js").BendingPart} BendingPart */
/**
 * @typedef {object} Stop
 * @property {string} name
 * @property {number} units
 * @property {number} share of the variance that is shown
 * @property {number} right training points that a straight line tells apart; -1 where that was not asked
 * @property {boolean} isAsked the line is what the output neuron asks
 * @property {Float32Array} places (x, y) of the grid and then of the points, in the square from -1 to 1
 * @property {[number, number, number]|null} line a, b, c of a x + b y = c in that square
 */

export const [INPUTS, FEATURES, LAYER, OUTPUT] = [0, 1, 2, 3]; // kinds of stops, as engine/analysis/bending.py has them
const FACTS = 7; // numbers of a stop
const ROOM = 1.15; // around the points
const SPREAD = 0.35; // of points on a line, so that they can be told apart

/**
 * The stops of a record. A plane of main directions may be turned and mirrored at will: it lies as it did before or,
 * the first time, most like the stop before it.
 * @param {BendingPart} part
 * @param {Map<string, Float32Array>} before places by stop as they were last time; takes those of this time
 * @returns {Stop[]}
 */
export function stopsOf({ stops, places, grid, shapes }, before) {
  const [count, each] = shapes.places;
  const kinds = Array.from({ length: count }, (_, i) => stops[i * FACTS]);
  let layer = 0;
  /** @type {Float32Array|null} */
  let last = null;
  return kinds.map((kind, i) => {
    const [, units, share, right, a, b, c] = stops.subarray(i * FACTS, (i + 1) * FACTS);
    let own = places.slice(2 * i * each, 2 * (i + 1) * each);
    /** @type {[number, number, number]|null} */
    let line = Number.isNaN(a) ? null : [a, b, c];
    const key = `${kind} ${i} ${units} ${own.length}`;
    const like = before.get(key) ?? last;
    if (units > 2 && like?.length === own.length) {
      const turn = turnTo(own, like);
      own = turned(own, turn);
      if (line) line = [turn[0] * line[0] + turn[1] * line[1], turn[2] * line[0] + turn[3] * line[1], c];
    }
    before.set(key, own);
    last = own;
    const name = kind === INPUTS ? "Inputs" : kind === FEATURES ? "Features" : kind === OUTPUT ? "Output"
      : `Layer ${++layer}`;
    const isAsked = line !== null && kinds[i + 1] === OUTPUT;
    return { name, units, share, right, isAsked, ...fitted(own, line, grid * grid, kind === INPUTS, units === 1) };
  });
}

/**
 * The rotation or reflection of places that brings them nearest to others (orthogonal Procrustes, Schönemann 1966).
 * @param {Float32Array} places (x, y) of each
 * @param {Float32Array} others as many
 * @returns {number[]} a matrix by rows
 */
export function turnTo(places, others) {
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let i = 0; i < places.length; i += 2) {
    xx += places[i] * others[i];
    xy += places[i] * others[i + 1];
    yx += places[i + 1] * others[i];
    yy += places[i + 1] * others[i + 1];
  }
  const [turn, mirror] = [[xx + yy, xy - yx], [xx - yy, xy + yx]];
  const isTurn = Math.hypot(...turn) >= Math.hypot(...mirror);
  const [along, across] = isTurn ? turn : mirror;
  const length = Math.hypot(along, across);
  if (!(length > 0)) return [1, 0, 0, 1];
  const [cos, sin] = [along / length, across / length];
  return isTurn ? [cos, -sin, sin, cos] : [cos, sin, sin, -cos];
}

/**
 * @param {Float32Array} places
 * @param {number[]} turn a matrix by rows
 */
function turned(places, [a, b, c, d]) {
  const found = new Float32Array(places.length);
  for (let i = 0; i < places.length; i += 2) {
    found[i] = a * places[i] + b * places[i + 1];
    found[i + 1] = c * places[i] + d * places[i + 1];
  }
  return found;
}

/**
 * Moved and scaled, both ways alike, so that the points fill the square from -1 to 1; the inputs so that the map does.
 * @param {Float32Array} places
 * @param {[number, number, number]|null} line
 * @param {number} first of the points
 * @param {boolean} isMap
 * @param {boolean} isLine there is one unit: the points are spread across it
 */
function fitted(places, line, first, isMap, isLine) {
  const from = isMap || 2 * first === places.length ? 0 : 2 * first;
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = from; i < places.length; i += 2) {
    left = Math.min(left, places[i]);
    right = Math.max(right, places[i]);
    low = Math.min(low, places[i + 1]);
    high = Math.max(high, places[i + 1]);
  }
  const [x, y] = [(left + right) / 2, (low + high) / 2];
  const half = Math.max(right - left, high - low) / 2 * (isMap ? 1 : ROOM) || 1;
  const found = new Float32Array(places.length);
  for (let i = 0; i < places.length; i += 2) {
    found[i] = (places[i] - x) / half;
    found[i + 1] = (places[i + 1] - y) / half;
    if (isLine && i >= 2 * first) found[i + 1] += SPREAD * (((i / 2) * 0.618) % 1 - 0.5);
  }
  const [a, b, c] = line ?? [0, 0, 0];
  const moved = /** @type {[number, number, number]} */ ([a, b, (c - a * x - b * y) / half]);
  return { places: found, line: line && moved };
}

/**
 * Places on the way from one stop to the next.
 * @param {Stop[]} stops
 * @param {number} at 0 is the first one, 0.5 half way to the second
 * @returns {Float32Array}
 */
export function placesAt(stops, at) {
  const from = Math.max(0, Math.min(stops.length - 1, Math.floor(at)));
  const share = Math.min(1, at - from);
  const [here, there] = [stops[from].places, stops[from + 1]?.places];
  if (!there || share <= 0) return here;
  return here.map((value, i) => value + share * (there[i] - value));
}

/**
 * The rows of the training points that have a place: as many, evenly.
 * @param {number} count of training points
 * @param {number} shown
 */
export const shownRow = (count, shown) => (/** @type {number} */ i) => Math.floor((i * count) / Math.max(1, shown));

/**
 * Is a straight line enough for nearly all training points?
 * @param {Stop} stop
 * @param {number} count of training points
 */
export const isEnough = ({ right }, count) => count > 0 && right >= 0.99 * count;
