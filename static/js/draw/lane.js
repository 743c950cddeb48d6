// The lane of the timeline below the curves, its marks and its cursor, and the curves of other runs. Pure: numbers and
// a context in, pixels out.

/** @typedef {import("./curves.js").Plot} Plot */
/** @typedef {import("./curves.js").Theme & {accent: string, runs: string[]}} Theme runs: their colours, of B and C */
/** @typedef {{at: number, kind: string, count: number}} Mark */

export const LANE = 20; // CSS pixels at zoom 1
const GRIP = 7; // its radius
const MARK = 4.5;
const PALE = 0.62; // of the panel over what is later than the cursor
const DASHES = [[], [9, 4], [2, 4], [9, 3, 2, 3]];

/**
 * The look of a run by its letter: colours repeat, and then the lines are broken otherwise.
 * @param {string} letter
 * @param {string[]} colours of B and C
 * @param {string} ink of A
 * @returns {{colour: string, dash: number[]}}
 */
export function lookOf(letter, colours, ink) {
  const place = letter.charCodeAt(0) - 65;
  const all = [ink, ...colours];
  return { colour: all[place % all.length], dash: DASHES[Math.floor(place / all.length) % DASHES.length] };
}

/**
 * The curves of other runs, and everything that is later than the cursor paler.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{letter: string, places: [number, number|null][]}[]} curves x and y, null for none
 * @param {Plot} plot
 * @param {number|null} cursor where it is, null at the newest epoch
 * @param {Theme} theme
 */
export function drawRuns(context, curves, { left, top, right, bottom }, cursor, theme) {
  const { zoom, ink, panel, runs, font } = theme;
  context.save();
  context.beginPath();
  context.rect(left, top - 2, right - left + 2, bottom - top + 4);
  context.clip();
  context.lineWidth = 2 * zoom;
  context.lineJoin = "round";
  for (const { letter, places } of curves) {
    const { colour, dash } = lookOf(letter, runs, ink);
    context.strokeStyle = colour;
    context.setLineDash(dash.map((each) => each * zoom));
    context.beginPath();
    let isOpen = false;
    for (const [x, y] of places) {
      if (y !== null && isOpen) context.lineTo(x, y);
      else if (y !== null) context.moveTo(x, y);
      isOpen = y !== null;
    }
    context.stroke();
  }
  context.setLineDash([]);
  if (cursor !== null) {
    context.globalAlpha = PALE;
    context.fillStyle = panel;
    context.fillRect(cursor, top - 2, right - cursor + 2, bottom - top + 4);
    context.globalAlpha = 1;
  }
  context.restore();
  for (const { letter, places } of curves) {
    const end = places.findLast(([, y]) => y !== null);
    if (!end) continue;
    const y = Math.max(top + 7 * zoom, Math.min(bottom - 7 * zoom, end[1] ?? 0));
    drawLetter(context, letter, Math.min(end[0], right - 2), y, theme);
    context.font = `${11 * zoom}px ${font}`;
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} letter
 * @param {number} x
 * @param {number} y
 * @param {Theme} theme
 */
function drawLetter(context, letter, x, y, { zoom, ink, panel, runs, font }) {
  context.fillStyle = lookOf(letter, runs, ink).colour;
  context.beginPath();
  context.roundRect(x - 7 * zoom, y - 7 * zoom, 14 * zoom, 14 * zoom, 4 * zoom);
  context.fill();
  context.fillStyle = panel;
  context.font = `700 ${11 * zoom}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, x, y + 0.5 * zoom);
  context.textBaseline = "alphabetic";
}

/**
 * The lane: what is past of the cursor, the marks, and the grip; in the past also the line through the plot.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Plot} plot
 * @param {object} shown
 * @param {number} shown.begin where the first epoch is that can be shown
 * @param {number} shown.cursor where the grip is
 * @param {number} shown.end where the newest epoch is
 * @param {boolean} shown.isPast
 * @param {number|null} shown.busy the share of the way to the epoch that is done; null when it is there
 * @param {Mark[]} shown.marks
 * @param {{at: number, letter: string}[]} shown.branches where runs left this one
 * @param {Theme} theme
 */
export function drawLane(context, plot, { begin, cursor, end, isPast, busy, marks, branches }, theme) {
  const { zoom, line, edge, ink, panel, accent } = theme;
  const y = laneOf(plot, zoom);
  const bar = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ colour) => {
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(from, y - 2 * zoom, Math.max(0, to - from), 4 * zoom, 2 * zoom);
    context.fill();
  };
  bar(begin, end, line);
  if (isPast) {
    bar(begin, cursor, accent);
    context.strokeStyle = accent;
    context.lineWidth = 1.5 * zoom;
    context.beginPath();
    context.moveTo(cursor, plot.top);
    context.lineTo(cursor, y);
    context.stroke();
  }
  context.lineWidth = 1.5 * zoom;
  for (const { at, letter } of branches) drawLetter(context, letter, at, y, theme);
  for (const mark of marks) {
    context.fillStyle = ink;
    context.strokeStyle = panel;
    drawMark(context, mark, mark.at, y, MARK * zoom);
  }
  context.beginPath();
  context.arc(cursor, y, GRIP * zoom, 0, 2 * Math.PI);
  context.fillStyle = isPast ? accent : edge;
  context.strokeStyle = panel;
  context.lineWidth = 2 * zoom;
  context.fill();
  context.stroke();
  if (busy === null) return;
  context.strokeStyle = accent;
  context.lineWidth = 3 * zoom;
  context.beginPath();
  context.arc(cursor, y, (GRIP + 4) * zoom, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(0.05, busy));
  context.stroke();
}

/**
 * The height of the middle of the lane.
 * @param {Plot} plot
 * @param {number} zoom
 */
export const laneOf = (plot, zoom) => plot.bottom + 11 * zoom;

/**
 * A diamond for settings, a disc for points, a square for weights; several of different kinds are a ring.
 * @param {CanvasRenderingContext2D} context
 * @param {Mark} mark
 * @param {number} x
 * @param {number} y
 * @param {number} size half of it
 */
function drawMark(context, { kind, count }, x, y, size) {
  const half = size * (count > 1 ? 1.25 : 1);
  context.beginPath();
  if (kind === "setting") {
    const far = 1.2 * half;
    context.moveTo(x, y - far);
    context.lineTo(x + far, y);
    context.lineTo(x, y + far);
    context.lineTo(x - far, y);
    context.closePath();
  } else if (kind === "weight") {
    context.rect(x - 0.9 * half, y - 0.9 * half, 1.8 * half, 1.8 * half);
  } else {
    context.arc(x, y, half, 0, 2 * Math.PI);
  }
  context.fill();
  context.stroke();
  if (kind !== "several") return;
  context.beginPath();
  context.arc(x, y, half / 2, 0, 2 * Math.PI);
  context.fillStyle = context.strokeStyle;
  context.fill();
}
