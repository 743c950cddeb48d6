// The other horizontal axes of the chart: updates, examples and training time by epoch, as the server has counted them.

/** @typedef {"epochs"|"updates"|"examples"|"time"} Across */

const COLUMNS = 4; // epoch, updates, examples, seconds
/** @type {Record<Exclude<Across, "epochs">, number>} */
const COLUMN = { updates: 1, examples: 2, time: 3 };

/**
 * Where epochs are on another axis, as the chart takes it; null before the server has told. A run of which nothing is
 * known is not on it. `since` is the epoch where counting began.
 * @param {import("./run.js").Run} run
 * @param {Exclude<Across, "epochs">} across
 */
export function alongOf(run, across) {
  const own = run.efforts[""];
  if (!own || own.restarts !== run.restarts || own.knots.length === 0) return null;
  /** @param {string} letter */
  const knotsOf = (letter) => (letter ? run.efforts[letter]?.knots : own.knots) ?? [];
  const column = COLUMN[across];
  const unit = across === "time" ? "s" : across;
  return {
    to: (/** @type {number} */ epoch, letter = "") => between(knotsOf(letter), epoch, 0, column),
    from: (/** @type {number} */ value) => between(own.knots, value, column, 0),
    text(/** @type {number} */ epoch) {
      return `${between(own.knots, epoch, 0, column).toLocaleString("en", digits(across))} ${unit}`;
    },
    step: across === "time" ? 0 : 1,
    least: across === "time" ? 0.001 : 10,
    since: own.knots[0],
  };
}

/** @param {Across} across */
const digits = (across) => (across === "time" ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });

/**
 * A column of the knots where another one has a value; beyond the last knot both go on as before it.
 * @param {ArrayLike<number>} knots in rows
 * @param {number} value
 * @param {number} given column of the value
 * @param {number} wanted column
 */
export function between(knots, value, given, wanted) {
  const count = knots.length / COLUMNS;
  if (count === 0) return NaN;
  const at = (/** @type {number} */ row, /** @type {number} */ column) => knots[row * COLUMNS + column];
  if (count === 1) return at(0, wanted);
  let [low, high] = [0, count - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle, given) <= value) low = middle;
    else high = middle;
  }
  const [from, to] = [at(low, given), at(high, given)];
  const share = to > from ? Math.max(0, (value - from) / (to - from)) : 1;
  return at(low, wanted) + share * (at(high, wanted) - at(low, wanted));
}
