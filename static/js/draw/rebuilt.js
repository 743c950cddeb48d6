// What is given back of a row, as bars beside what it should be; and codes as points in a cube. Pure: numbers and a
// context in, pixels out.

/** Of the network, of principal components, and of what the decoder makes of a place. */
export const SHADES = { network: "#0877bd", pca: "#9a8a6a", made: "#f59322" };

/**
 * @typedef {object} Look
 * @property {number} width in pixels of the canvas, as height
 * @property {number} height
 * @property {number} scale pixels of the canvas for one CSS pixel
 * @property {string} ink
 * @property {string} muted
 * @property {string} line
 * @property {string} font
 */

/**
 * For each column what it should be, as a frame, and in it bars of what is given back, from zero.
 * @param {CanvasRenderingContext2D} context empty
 * @param {{wanted: ArrayLike<number>, bars: {values: ArrayLike<number>, shade: string}[], names: string[]}} row
 * @param {Look} look
 */
export function drawRebuilt(context, { wanted, bars, names }, { width, height, scale, ink, muted, line, font }) {
  context.clearRect(0, 0, width, height);
  const all = [...Array.from(wanted), ...bars.flatMap(({ values }) => Array.from(values))].filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const foot = 16 * scale;
  const room = 0.94 * (height - foot);
  const y = (/** @type {number} */ value) => room * (1 - (value - low) / (high - low || 1)) + 3 * scale;
  const wide = width / wanted.length;
  context.font = `${11 * scale}px ${font}`;
  context.textAlign = "center";
  for (let column = 0; column < wanted.length; column++) {
    const left = column * wide + 0.12 * wide;
    const each = (0.76 * wide) / bars.length;
    bars.forEach(({ values, shade }, i) => {
      const value = values[column];
      if (!Number.isFinite(value)) return;
      context.fillStyle = shade;
      context.fillRect(left + (i + 0.1) * each, Math.min(y(0), y(value)), 0.8 * each, Math.abs(y(value) - y(0)));
    });
    context.strokeStyle = ink;
    context.lineWidth = 1.5 * scale;
    context.strokeRect(left, Math.min(y(0), y(wanted[column])), 0.76 * wide, Math.abs(y(wanted[column]) - y(0)));
    context.fillStyle = muted;
    const name = clipped(context, names[column] ?? "", wide - 4 * scale);
    context.fillText(name, (column + 0.5) * wide, height - 4 * scale);
  }
  context.fillStyle = line;
  context.fillRect(0, y(0) - scale / 2, width, scale);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 */
function clipped(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const found = `${text.slice(0, length)}…`;
    if (context.measureText(found).width <= room) return found;
  }
  return "";
}

/**
 * Where a point of the unit cube is seen: turned around the upright axis, then tilted towards the eye.
 * @param {{turn: number, tilt: number}} view in radians
 * @param {{width: number, height: number}} size
 * @returns {(x: number, y: number, z: number) => {x: number, y: number, away: number}}
 */
export function cubeView({ turn, tilt }, { width, height }) {
  const size = Math.min(width, height) * 0.52;
  const [cos, sin, up, down] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  return (one, two, three) => {
    const [right, back, high] = [one - 0.5, two - 0.5, three - 0.5];
    const across = right * cos - back * sin;
    const deep = right * sin + back * cos;
    const y = height / 2 - (high * up - deep * down) * size;
    return { x: width / 2 + across * size, y, away: deep * up + high * down };
  };
}

const CORNERS = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]);
const EDGES = CORNERS.flatMap((_, i) => [1, 2, 4].filter((bit) => !(i & bit)).map((bit) => [i, i | bit]));

/**
 * A cube with points in it, what is far first; a line goes down from each to the floor.
 * @param {CanvasRenderingContext2D} context
 * @param {{at: number[], name: string, shade: string}[]} points places in the unit cube
 * @param {{axes: string[], chosen: number, turn: number, tilt: number}} what
 * @param {Look & {panel: string}} look
 */
export function drawCube(context, points, { axes, chosen, turn, tilt }, look) {
  const { width, height, scale, ink, muted, line, font, panel } = look;
  context.clearRect(0, 0, width, height);
  const seen = cubeView({ turn, tilt }, look);
  const stroke = (/** @type {number[]} */ from, /** @type {number[]} */ to) => {
    const [a, b] = [from, to].map(([x, y, z]) => seen(x, y, z));
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  };
  context.lineWidth = scale;
  context.strokeStyle = muted;
  for (const [from, to] of EDGES) stroke(CORNERS[from], CORNERS[to]);
  context.font = `${11 * scale}px ${font}`;
  context.textAlign = "center";
  context.fillStyle = muted;
  axes.forEach((name, axis) => {
    const end = [0, 1, 2].map((each) => (each === axis ? 1.14 : 0));
    const { x, y } = seen(end[0], end[1], end[2]);
    context.fillText(name, x, y + 4 * scale);
  });
  context.strokeStyle = line;
  for (const { at: [x, y, z] } of points) stroke([x, y, z], [x, y, 0]);
  const order = points.map(({ at: [x, y, z], ...rest }, i) => ({ ...rest, ...seen(x, y, z), i }));
  for (const { x, y, name, shade, i } of order.sort((a, b) => b.away - a.away)) {
    context.beginPath();
    context.arc(x, y, (name ? 9 : 4) * scale, 0, 2 * Math.PI);
    context.fillStyle = i === chosen ? ink : shade;
    context.fill();
    context.lineWidth = (i === chosen ? 2.5 : 1) * scale;
    context.strokeStyle = i === chosen ? panel : ink;
    context.stroke();
    if (!name) continue;
    context.fillStyle = i === chosen ? panel : "#1b2127";
    context.font = `600 ${11 * scale}px ${font}`;
    context.fillText(name, x, y + 4 * scale);
  }
}
