// The losses of one run as the server sends them, and the curve that is drawn from them.

/** @typedef {import("../wire/frame.js").Frame} Frame */
/** @typedef {{epoch: number, train: number, test: number}} Loss */
/**
 * @typedef {object} Losses
 * @property {number} stride epochs from one row to the next: row i is epoch i * stride
 * @property {number} count rows in use; the arrays are longer
 * @property {Float32Array} train by row; NaN where the row never came
 * @property {Float32Array} test by row; NaN where the row never came
 * @property {Loss|null} last the newest loss known, which may lie between two rows
 */

const FIRST_ROOM = 1024; // rows

/** @returns {Losses} */
export function noLosses() {
  return { stride: 1, count: 0, train: new Float32Array(0), test: new Float32Array(0), last: null };
}

/**
 * The losses with the rows that a frame of the same run brings. The server sends each row once, so a frame brings its
 * rows even if it comes too late to be drawn. Rows that never came are NaN.
 * @param {Losses} losses its arrays are written to
 * @param {Frame} frame
 * @returns {Losses} the same object if nothing is new
 */
export function grown(losses, frame) {
  const { stride, firstRow, epoch, trainLoss, testLoss } = frame;
  const { last } = losses;
  const rows = frame.rows.length / 2;
  const isSameCurve = rows === 0 && firstRow === losses.count && stride === losses.stride;
  const isSameEnd = last?.epoch === epoch && Object.is(last.train, trainLoss) && Object.is(last.test, testLoss);
  if (isSameCurve && isSameEnd) return losses;
  const count = firstRow + rows;
  const known = restrided(losses, stride);
  const [train, test] = [known.train, known.test].map((values) => {
    const room = values.length < count ? new Float32Array(Math.max(FIRST_ROOM, 2 * count)) : values;
    if (room !== values) room.set(values);
    return room.fill(NaN, known.count, firstRow);
  });
  for (let row = 0; row < rows; row++) {
    train[firstRow + row] = frame.rows[2 * row];
    test[firstRow + row] = frame.rows[2 * row + 1];
  }
  return { stride, count, train, test, last: { epoch, train: trainLoss, test: testLoss } };
}

/**
 * The same losses in rows of another stride; NaN where no row has the epoch.
 * @param {Losses} losses
 * @param {number} stride
 * @returns {Losses}
 */
function restrided(losses, stride) {
  if (stride === losses.stride) return losses;
  const ratio = stride / losses.stride;
  const count = Math.ceil(losses.count / ratio);
  /** @param {Float32Array} values */
  const picked = (values) => Float32Array.from({ length: count }, (_, row) => values[row * ratio] ?? NaN);
  return { ...losses, stride, count, train: picked(losses.train), test: picked(losses.test) };
}

/**
 * The curve of at most about `most` points, for a chart: every row or every so many, and the newest loss at its end.
 * @param {Losses} losses
 * @param {number} most
 * @returns {{epochs: number[], train: (number|null)[], test: (number|null)[]}} null where the curve is broken: a row
 *   that never came, or a loss that is not finite
 */
export function curve({ stride, count, train, test, last }, most) {
  const step = Math.max(1, Math.ceil(count / most));
  const length = Math.ceil(count / step);
  /** @param {number} value */
  const finite = (value) => (Number.isFinite(value) ? value : null);
  /** @param {Float32Array} values */
  const picked = (values) => Array.from({ length }, (_, i) => finite(values[i * step]));
  const epochs = Array.from({ length }, (_, i) => i * step * stride);
  const points = { epochs, train: picked(train), test: picked(test) };
  if (last && last.epoch > (points.epochs.at(-1) ?? -1)) {
    points.epochs.push(last.epoch);
    points.train.push(finite(last.train));
    points.test.push(finite(last.test));
  }
  return points;
}
