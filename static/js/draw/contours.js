// Losses over a plane: shades, contours, and the way of a run. Pure: numbers and a context in, pixels out.

const [LOW, MIDDLE, HIGH] = [[0x12, 0x33, 0x4e], [0x5c, 0x97, 0xbb], [0xee, 0xf2, 0xf5]];
const LEVELS = 12; // contours
const CUT = 0.92; // of the losses: what is higher has the colour of this share

/**
 * @typedef {object} Land
 * @property {ArrayLike<number>} heights (side, side), from the lower left corner, row by row
 * @property {number} side
 */
/** @typedef {{x: number, y: number}} Place from 0 to 1, from the lower left corner */

/**
 * The losses between which the shades are: what lies higher than most is cut off.
 * @param {ArrayLike<number>} heights
 * @returns {[number, number]}
 */
export function rangeOf(heights) {
  const sorted = Array.from(heights).filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [0, 1];
  const [low, high] = [sorted[0], sorted[Math.floor(CUT * (sorted.length - 1))]];
  return [low, high > low ? high : low + 1e-9];
}

/**
 * Losses of the contours: closer together near the lowest.
 * @param {[number, number]} range
 */
export function levelsOf([low, high]) {
  return Array.from({ length: LEVELS }, (_, i) => low + (high - low) * ((i + 1) / (LEVELS + 1)) ** 2);
}

/**
 * @param {number} height
 * @param {[number, number]} range
 * @returns {number[]} red, green, blue
 */
export function shadeOf(height, [low, high]) {
  if (!Number.isFinite(height)) return [0x9a, 0x9a, 0x9a];
  const share = Math.sqrt(Math.max(0, Math.min(1, (height - low) / (high - low))));
  const [from, to, part] = share < 0.5 ? [LOW, MIDDLE, 2 * share] : [MIDDLE, HIGH, 2 * share - 1];
  return from.map((value, i) => Math.round(value + (to[i] - value) * part));
}

/**
 * Where a level runs between places of the grid (marching squares): pairs of ends.
 * @param {Land} land
 * @param {number} level
 * @returns {number[]} x, y, x, y of each piece, in steps of the grid
 */
export function contour({ heights, side }, level) {
  const found = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column;
      const corners = [heights[at], heights[at + 1], heights[at + side + 1], heights[at + side]];
      if (!corners.every(Number.isFinite)) continue;
      const ends = [];
      for (let edge = 0; edge < 4; edge++) {
        const [one, other] = [corners[edge], corners[(edge + 1) % 4]];
        if (one < level === other < level) continue;
        const share = (level - one) / (other - one);
        const [x, y] = [[share, 0], [1, share], [1 - share, 1], [0, 1 - share]][edge];
        ends.push(column + x, row + y);
      }
      found.push(...ends); // of a saddle two pieces
    }
  }
  return found;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Land} land
 * @param {object} look sizes in pixels of the canvas
 * @param {number} look.width
 * @param {number} look.height
 * @param {number} look.scale pixels for one CSS pixel
 * @param {boolean} look.contours
 */
export function drawLand(context, land, { width, height, scale, contours }) {
  const { heights, side } = land;
  const range = rangeOf(heights);
  const shades = new OffscreenCanvas(side, side);
  const pixels = new ImageData(side, side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 4 * ((side - 1 - row) * side + column);
      pixels.data.set([...shadeOf(heights[row * side + column], range), 255], at);
    }
  }
  /** @type {OffscreenCanvasRenderingContext2D} */ (shades.getContext("2d")).putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(shades, 0.5, 0.5, side - 1, side - 1, 0, 0, width, height);
  if (!contours) return;
  const [right, up] = [width / (side - 1), height / (side - 1)];
  context.lineWidth = scale;
  context.strokeStyle = "#fffa";
  context.beginPath();
  for (const level of levelsOf(range)) {
    const ends = contour(land, level);
    for (let i = 0; i < ends.length; i += 4) {
      context.moveTo(ends[i] * right, height - ends[i + 1] * up);
      context.lineTo(ends[i + 2] * right, height - ends[i + 3] * up);
    }
  }
  context.stroke();
}

/**
 * The way of another run, to its letter.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}[]} way in pixels of the canvas
 * @param {{letter: string, colour: string, scale: number, font: string}} look
 */
export function drawOther(context, way, { letter, colour, scale, font }) {
  const last = way.at(-1);
  if (!last) return;
  context.lineJoin = context.lineCap = "round";
  for (const [wide, shade] of /** @type {const} */ ([[5, "#fff"], [2.5, colour]])) {
    context.lineWidth = wide * scale;
    context.strokeStyle = shade;
    context.beginPath();
    for (const { x, y } of way) context.lineTo(x, y);
    context.stroke();
  }
  const half = 9 * scale;
  context.beginPath();
  context.roundRect(last.x - half, last.y - half, 2 * half, 2 * half, 4 * scale);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2 * scale;
  context.strokeStyle = context.fillStyle = "#fff";
  context.stroke();
  context.font = `700 ${12 * scale}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, last.x, last.y + scale);
  context.textAlign = "start";
}

/**
 * The way of a run, from a ring to a ball.
 * @param {CanvasRenderingContext2D} context
 * @param {Place[]} way
 * @param {{width: number, height: number, scale: number, font: string, ink?: string, start: string, end: string}} look
 *   texts at its ends
 */
export function drawWay(context, way, { width, height, scale, font, ink = "#1b2127", start, end }) {
  const spot = (/** @type {Place} */ { x, y }) => /** @type {const} */ ([x * width, (1 - y) * height]);
  context.lineJoin = context.lineCap = "round";
  for (const [wide, shade] of /** @type {const} */ ([[5, "#fff"], [2.5, ink]])) {
    context.lineWidth = wide * scale;
    context.strokeStyle = shade;
    context.beginPath();
    for (const place of way) context.lineTo(...spot(place));
    context.stroke();
  }
  const last = way.at(-1);
  if (!last) return;
  const ends = /** @type {const} */ ([[way[0], "#fff", start], [last, ink, end]]).slice(way.length < 2 ? 1 : 0);
  for (const [place, fill] of ends) {
    context.beginPath();
    context.arc(...spot(place), 6 * scale, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 2.5 * scale;
    context.strokeStyle = fill === "#fff" ? ink : "#fff";
    context.stroke();
  }
  context.font = `${12 * scale}px ${font}`;
  context.textBaseline = "middle";
  for (const [place, , text] of ends) {
    const [x, y] = spot(place);
    const wide = context.measureText(text).width + 12 * scale;
    const left = x + wide + 14 * scale > width ? x - wide - 10 * scale : x + 10 * scale;
    const middle = Math.max(11 * scale, Math.min(height - 11 * scale, y));
    context.beginPath();
    context.roundRect(left, middle - 10 * scale, wide, 20 * scale, 10 * scale);
    context.fillStyle = "#fffe";
    context.fill();
    context.fillStyle = "#1b2127";
    context.fillText(text, left + 6 * scale, middle);
  }
}
