// The two curves of the chart as Plotly takes them. Pure: numbers in, traces and a layout out.

/** @typedef {(number|null|undefined)[]} Values null is a gap */
/** @typedef {{epochs: number[], train: Values, test: Values}} Curves */
/**
 * @typedef {{ink: string, muted: string, line: string, panel: string, font: string, zoom: number}} Theme
 *   colours, font, and the zoom of type and lines
 */

/**
 * @param {Curves} curves
 * @param {Theme} theme
 */
export function traces({ epochs, train, test }, { ink, muted, zoom }) {
  const common = { x: epochs, mode: epochs.length < 3 ? "lines+markers" : "lines", hovertemplate: "%{y:.4f}" };
  return [
    { ...common, y: train, name: "training", line: { color: muted, width: 2.4 * zoom, dash: "dot" } },
    { ...common, y: test, name: "test", line: { color: ink, width: 2.4 * zoom } },
  ];
}

/**
 * The axes for losses, which begin at 0 unless they are logarithmic.
 * @param {Curves} curves
 * @param {boolean} isLog
 * @param {Theme} theme
 */
export function lossLayout({ train, test }, isLog, theme) {
  const scale = isLog
    ? { type: "log", rangemode: "normal", tickmode: "array", ...logTicks([...train, ...test]) }
    : { type: "linear", rangemode: "tozero", nticks: 5 };
  return layout("loss", scale, theme);
}

/**
 * The axes for a metric. They begin at the lowest value there is, for R² has no lower bound.
 * @param {string} label
 * @param {Theme} theme
 */
export function metricLayout(label, theme) {
  return layout(label, { type: "linear", rangemode: "normal", nticks: 5 }, theme);
}

/**
 * @param {string} label
 * @param {object} scale of the vertical axis
 * @param {Theme} theme
 */
function layout(label, scale, { ink, muted, line, panel, font, zoom }) {
  const axis = {
    gridcolor: line, zeroline: false, linecolor: line, tickfont: { size: 12 * zoom, color: muted },
    automargin: false, fixedrange: true,
  };
  /**
   * @param {string} text
   * @param {number} standoff
   */
  const title = (text, standoff) => ({ text, standoff, font: { size: 12 * zoom, color: muted } });
  return {
    margin: { l: 52 * zoom, r: 10 * zoom, t: 6 * zoom, b: 36 * zoom },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    showlegend: false, hovermode: "x unified", autosize: true,
    font: { family: font, color: ink },
    hoverlabel: { bgcolor: panel, bordercolor: line, font: { size: 13 * zoom, color: ink } },
    xaxis: { ...axis, title: title("epoch", 4), rangemode: "tozero", nticks: 6 },
    yaxis: { ...axis, title: title(label, 2), ...scale, exponentformat: "e", minexponent: 4 },
  };
}

/**
 * The ticks of a logarithmic axis, each with its whole number. If the curves cross few powers of ten, there are ticks
 * between them; if many, some are left out.
 * @param {Values} values
 */
export function logTicks(values) {
  const positive = values.filter((value) => value && value > 0 && Number.isFinite(value)).map(Number);
  const high = positive.reduce((most, value) => Math.max(most, value), 0) || 1;
  const low = positive.reduce((least, value) => Math.min(least, value), high);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const steps = last - first <= 2 ? [1, 2, 5] : [1];
  const every = Math.ceil((last - first) / 5) || 1;
  /** @type {number[]} */
  const tickvals = [];
  for (let power = first; power <= last; power += every) {
    tickvals.push(...steps.map((step) => Number(`${step}e${power}`)));
  }
  return { tickvals, ticktext: tickvals.map((value) => tickText(value)) };
}

/** @param {number} value */
function tickText(value) {
  return value >= 1e4 || value < 1e-4 ? value.toExponential().replace("e+", "e").replace("-", "−") : String(value);
}
