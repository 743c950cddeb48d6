// Where units and lines of the network lie. Pure: sizes in, positions out, in CSS pixels.

const HEAD = 84; // room for the headings above the units
const FOOT = 22;
const LABEL = 62; // room for the inputs' names, left of them
const COLUMN = 76; // the narrowest distance of two columns

/** @typedef {{x: number, y: number, size: number}} Place the centre and the side of a unit */
/** @typedef {{width: number, height: number, inputs: Place[], layers: Place[][]}} Geometry */

/**
 * @param {number} width of the visible part
 * @param {number} height
 * @param {number} inputs how many inputs are offered
 * @param {number[]} sizes neurons in each layer, the output last
 * @returns {Geometry} may be larger than the visible part, which then scrolls
 */
export function geometry(width, height, inputs, sizes) {
  const most = Math.max(inputs, ...sizes);
  const graphHeight = Math.max(height, HEAD + FOOT + most * 30);
  const room = graphHeight - HEAD - FOOT;
  const seen = Math.min(room, Math.max(height - HEAD - FOOT, 30 * inputs)); // without scrolling
  const graphWidth = Math.max(width, LABEL + 40 + COLUMN * sizes.length + 44);
  const first = LABEL + 24;
  const last = graphWidth - 50;
  const pitch = pitchOf(Math.max(...sizes), room);
  const distance = (last - first) / sizes.length;
  return {
    width: graphWidth, height: graphHeight,
    inputs: column(first, inputs, pitchOf(inputs, seen), seen, 64),
    layers: sizes.map((size, layer) => column(first + distance * (layer + 1), size, pitch, seen, Math.min(88, 0.62 * distance))),
  };
}

/** @param {number} count @param {number} room */
const pitchOf = (count, room) => Math.min(130, room / Math.max(1, count));

/** Units one below the other, in the middle. @param {number} x @param {number} count @param {number} pitch @param {number} room @param {number} largest @returns {Place[]} */
function column(x, count, pitch, room, largest) {
  const size = Math.max(18, Math.min(largest, pitch * 0.62));
  const top = HEAD + Math.max(0, (room - pitch * count) / 2); // a column that scrolls begins at the top
  return Array.from({ length: count }, (_, i) => ({ x, y: top + pitch * (i + 0.5), size }));
}

/** The line from one unit to another. @param {Place} from @param {Place} to */
export function linePath(from, to) {
  const path = new Path2D();
  const start = from.x + from.size / 2;
  const end = to.x - to.size / 2;
  const bend = (end - start) * 0.45;
  path.moveTo(start, from.y);
  path.bezierCurveTo(start + bend, from.y, end - bend, to.y, end, to.y);
  return path;
}
