// The chart: the curves of training and test over epochs, and its axes. Pure: numbers and a size in, drawing commands
// out.

/** @typedef {(number|null|undefined)[]} Values null is a gap */
/** @typedef {{epochs: number[], train: Values, test: Values}} Curves */
/**
 * @typedef {object} Along the horizontal axis
 * @property {(epoch: number, letter?: string) => number} to where an epoch is on it, of a run beside the shown one too
 * @property {(value: number) => number} from the epoch that is there
 * @property {(epoch: number) => string} text the place of an epoch, in words
 * @property {number} step the least between two ticks
 * @property {number} least where it ends before there is more
 */
/** @typedef {"loss"|"log"|"metric"} Scale a loss begins at 0 unless its axis is logarithmic; a metric ends at 1 */
/** @typedef {{at: number, text: string}} Tick */
/**
 * @typedef {object} Axes
 * @property {Scale} scale
 * @property {Along} along
 * @property {[number, number]} across the values at the ends of the horizontal axis
 * @property {[number, number]} up the values at the ends of the vertical axis
 * @property {Tick[]} xTicks
 * @property {Tick[]} yTicks
 */
/** @typedef {{left: number, top: number, right: number, bottom: number, lane: number}} Plot in CSS pixels;
 *   lane: room between its bottom and the ticks */
/** @typedef {{x: (epoch: number, letter?: string) => number, y: (value: number) => number,
 *   epoch: (x: number) => number}} Projection */
/** @typedef {{width: number, height: number, zoom: number, lane?: number}} Size in CSS pixels; zoom is of type */
/**
 * @typedef {{ink: string, muted: string, line: string, edge: string, panel: string, font: string, zoom: number}} Theme
 *   colours, font, and the zoom of type and lines
 */

const TYPE = 11; // CSS pixels, at zoom 1
const LINE = 3;
const X_PITCH = 58; // from one tick to the next, at least
const Y_PITCH = 34;
const MOST_TICKS = 6; // of the vertical axis
const METRIC_LOW = 0.9; // the axis of a metric begins here or below: near 1, small differences stay small
const SIGNS = 5.5; // CSS pixels of half a digit and more, so that the last tick is not cut
const LETTERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @type {Along} */
export const EPOCHS = {
  to: (epoch) => epoch, from: (epoch) => epoch, text: (epoch) => `epoch ${epoch.toLocaleString("en")}`,
  step: 1, least: 10,
};

/**
 * The axes for curves in a chart of this size.
 * @param {Curves} curves
 * @param {Scale} scale
 * @param {Size} size
 * @param {Along} [along]
 * @param {number} [end] of the horizontal axis; where the curves end unless told
 * @returns {Axes}
 */
export function axesOf({ epochs, train, test }, scale, size, along = EPOCHS, end = along.to(epochs.at(-1) ?? 0)) {
  const { width, height, zoom } = size;
  const last = Math.max(along.least, end);
  const values = [...train, ...test].filter((value) => typeof value === "number" && Number.isFinite(value)).map(Number);
  const most = Math.max(2, Math.min(MOST_TICKS, Math.floor(height / (Y_PITCH * zoom))));
  const ticks = scale === "log" ? logTicks(values, most)
    : linearTicks([...values, ...(scale === "loss" ? [0] : [METRIC_LOW, 1])], most)
      .filter(({ at }) => scale === "loss" || at <= 1);
  const step = Math.max(along.step, niceStep(last / Math.max(2, Math.floor(width / (X_PITCH * zoom)))));
  const count = Math.floor(last / step) + 1;
  return {
    scale, along, across: [0, last], up: [ticks[0].at, scale === "metric" ? 1 : ticks[ticks.length - 1].at],
    yTicks: ticks,
    xTicks: Array.from({ length: count }, (_, i) => ({ at: i * step, text: tickText(i * step) })),
  };
}

/**
 * Ticks at whole steps, of which the outermost hold all values between them.
 * @param {number[]} values one at least
 * @param {number} most
 * @returns {Tick[]}
 */
function linearTicks(values, most) {
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((largest, value) => Math.max(largest, value));
  const step = niceStep((high - low || Math.abs(high) || 1) / most);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const at = Number(((first + i) * step).toPrecision(12));
    return { at, text: tickText(at, digits) };
  });
}

/**
 * Ticks of a logarithmic axis, each with its whole number. If the curves cross few powers of ten, there are ticks
 * between them; if many, some are left out. The outermost hold all values between them.
 * @param {number[]} values
 * @param {number} most
 * @returns {Tick[]}
 */
export function logTicks(values, most) {
  const positive = values.filter((value) => value > 0);
  const high = positive.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  const low = positive.reduce((least, value) => Math.min(least, value), high);
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const powers = last - first;
  const steps = 3 * powers <= most ? [1, 2, 5] : [1];
  const every = Math.ceil(powers / most) || 1;
  /** @type {number[]} */
  const all = [];
  for (let power = first; power < last + every; power += every) {
    all.push(...steps.map((step) => Number(`${step}e${power}`)));
  }
  if (all.length === 1) all.push(10 * all[0]);
  const begin = all.findLastIndex((at) => at <= low * (1 + 1e-9));
  const end = all.findIndex((at) => at >= high * (1 - 1e-9));
  const from = Math.max(0, begin);
  const to = Math.max(from + 1, end === -1 ? all.length - 1 : end);
  return all.slice(from, to + 1).map((at) => ({ at, text: tickText(at) }));
}

/**
 * The smallest of 1, 2 and 5 times a power of ten that is not below the least.
 * @param {number} least
 */
export function niceStep(least) {
  const power = Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => Number(`${each}e${power}`) >= least * (1 - 1e-9)) ?? 10;
  return Number(`${factor}e${power}`);
}

/**
 * A number at an axis: never so long that it is cut.
 * @param {number} value
 * @param {number} [digits] after the point; as many as it has unless told
 */
export function tickText(value, digits) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e-4 && size < 1e6 && (digits ?? 0) <= 5) {
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits ?? 6 };
    return value.toLocaleString("en", places).replace("-", "−");
  }
  const [mantissa, exponent] = Number(value.toPrecision(3)).toExponential().split("e");
  const sign = exponent.startsWith("-") ? "⁻" : "";
  const power = `10${sign}${exponent.slice(1).replace(/\d/g, (digit) => LETTERS[Number(digit)])}`;
  return mantissa === "1" ? power : `${mantissa.replace("-", "−")}×${power}`;
}

/**
 * Where in the chart the curves are. Below them is room for the timeline, if it has a lane, and for the ticks.
 * @param {Axes} axes
 * @param {Size} size
 * @param {(text: string) => number} widthOf a text in CSS pixels
 * @returns {Plot}
 */
export function plotOf({ yTicks }, { width, height, zoom, lane = 0 }, widthOf) {
  const widest = yTicks.reduce((most, { text }) => Math.max(most, widthOf(text)), 0);
  const left = Math.max(34 * zoom, 8 * Math.ceil((widest + 10 * zoom) / 8)); // in steps: a longer number moves little
  return { left, top: 7 * zoom, right: width - SIGNS * zoom * 2, bottom: height - (20 * zoom + lane), lane };
}

/**
 * @param {Axes} axes
 * @param {Omit<Plot, "lane">} plot
 * @returns {Projection}
 */
export function projection({ scale, along, across: [first, last], up: [low, high] }, { left, top, right, bottom }) {
  const warp = scale === "log" ? Math.log10 : (/** @type {number} */ value) => value;
  const rise = (bottom - top) / (warp(high) - warp(low));
  return {
    x: (epoch, letter) => left + ((along.to(epoch, letter) - first) / (last - first)) * (right - left),
    y: (value) => bottom - (warp(value) - warp(low)) * rise,
    epoch: (x) => along.from(first + ((x - left) / (right - left)) * (last - first)),
  };
}

/**
 * The stretches of epochs without a value, between two that have one.
 * @param {number[]} epochs
 * @param {Values} values
 * @returns {[number, number][]}
 */
export function gapsOf(epochs, values) {
  /** @type {[number, number][]} */
  const gaps = [];
  let last = -1;
  values.forEach((value, i) => {
    if (value === null || value === undefined) return;
    if (last >= 0 && last < i - 1) gaps.push([epochs[last], epochs[i]]);
    last = i;
  });
  return gaps;
}

/**
 * A dashed line across at a value, with its name over it.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{value: number, text: string}} level
 * @param {Axes} axes
 * @param {Plot} plot
 * @param {Theme} theme
 */
export function drawLevel(context, { value, text }, axes, plot, { ink, font, zoom }) {
  const y = projection(axes, plot).y(value);
  context.strokeStyle = context.fillStyle = ink;
  context.lineWidth = zoom;
  context.setLineDash([5 * zoom, 4 * zoom]);
  context.beginPath();
  context.moveTo(plot.left, y);
  context.lineTo(plot.right, y);
  context.stroke();
  context.setLineDash([]);
  context.font = `${TYPE * zoom}px ${font}`;
  context.textAlign = "right";
  context.fillText(text, plot.right, y - 4 * zoom);
}

/**
 * @param {CanvasRenderingContext2D} context empty, in CSS pixels
 * @param {Curves} curves
 * @param {Axes} axes
 * @param {Plot} plot
 * @param {Theme} theme
 * @param {number|null} cursor index of the epoch that is read
 */
export function drawChart(context, { epochs, train, test }, axes, plot, theme, cursor) {
  const { ink, muted, zoom } = theme;
  const { x, y } = projection(axes, plot);
  drawAxes(context, axes, plot, theme);
  context.fillStyle = theme.line;
  for (const [from, to] of gapsOf(epochs, test.some((value) => value !== null) ? test : train)) {
    context.fillRect(x(from), plot.top, x(to) - x(from), plot.bottom - plot.top);
  }
  context.lineJoin = context.lineCap = "round";
  context.lineWidth = LINE * zoom;
  const drawn = (/** @type {Values} */ values) => values.map((value) => {
    return typeof value === "number" && (axes.scale !== "log" || value > 0) ? y(value) : null;
  });
  const places = epochs.map((epoch) => x(epoch));
  const [trainAt, testAt] = [drawn(train), drawn(test)];
  drawCurve(context, places, trainAt, muted, [0.1, 1.9 * LINE * zoom]);
  drawCurve(context, places, testAt, ink, []);
  if (cursor === null || cursor >= epochs.length) return;
  context.lineWidth = zoom;
  context.strokeStyle = context.fillStyle = theme.edge;
  context.strokeRect(places[cursor], plot.top, 0, plot.bottom - plot.top);
  for (const [at, colour] of /** @type {const} */ ([[trainAt, muted], [testAt, ink]])) {
    const height = at[cursor];
    if (height !== null) drawDot(context, places[cursor], height, 4.5 * zoom, colour, theme.panel);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axes} axes
 * @param {Plot} plot
 * @param {Theme} theme
 */
function drawAxes(context, axes, { left, top, right, bottom, lane }, { line, muted, font, zoom }) {
  const { y } = projection(axes, { left, top, right, bottom });
  const x = (/** @type {number} */ at) => left + (at / axes.across[1]) * (right - left);
  context.font = `${TYPE * zoom}px ${font}`;
  context.fillStyle = muted;
  context.strokeStyle = line;
  context.lineWidth = zoom;
  context.setLineDash([]);
  context.beginPath();
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, text } of axes.yTicks) {
    context.moveTo(left, y(at));
    context.lineTo(right, y(at));
    context.fillText(text, left - 6 * zoom, y(at));
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const { at, text } of axes.xTicks) {
    context.moveTo(x(at), top);
    context.lineTo(x(at), bottom);
    context.fillText(text, x(at), bottom + lane + 15 * zoom);
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} places
 * @param {(number|null)[]} heights
 * @param {string} colour
 * @param {number[]} dash
 */
function drawCurve(context, places, heights, colour, dash) {
  context.strokeStyle = context.fillStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  heights.forEach((height, i) => {
    if (height === null) return;
    const [isFirst, isLast] = [(heights[i - 1] ?? null) === null, (heights[i + 1] ?? null) === null];
    if (isFirst) context.moveTo(places[i], height);
    if (isFirst && isLast) context.lineTo(places[i] + 0.01, height); // a point alone is a dot
    else if (!isFirst) context.lineTo(places[i], height);
  });
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {string} outline
 */
function drawDot(context, x, y, radius, colour, outline) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.strokeStyle = outline;
  context.fill();
  context.stroke();
}
