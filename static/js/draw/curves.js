// The two curves of the chart as Plotly takes them. Pure: numbers in, traces and a layout out.

/** @typedef {(number|null|undefined)[]} Values null is a gap */
/** @typedef {{epochs: number[], train: Values, test: Values}} Curves */
/** @typedef {{ink: string, muted: string, line: string, edge: string, panel: string, font: string}} Theme */

/**
 * @param {Curves} curves
 * @param {Theme} theme
 */
export function traces({ epochs, train, test }, { ink, edge }) {
  const common = { x: epochs, mode: epochs.length < 3 ? "lines+markers" : "lines", hovertemplate: "%{y:.4f}" };
  return [
    { ...common, y: train, name: "training", line: { color: edge, width: 2, dash: "dot" } },
    { ...common, y: test, name: "test", line: { color: ink, width: 2 } },
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
    ? { type: "log", rangemode: "normal", dtick: logTicks([...train, ...test]) }
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
function layout(label, scale, { ink, muted, line, panel, font }) {
  const axis = {
    gridcolor: line, zeroline: false, linecolor: line, tickfont: { size: 11, color: muted },
    automargin: false, fixedrange: true,
  };
  /**
   * @param {string} text
   * @param {number} standoff
   */
  const title = (text, standoff) => ({ text, standoff, font: { size: 11, color: muted } });
  return {
    margin: { l: 44, r: 8, t: 6, b: 32 },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    showlegend: false, hovermode: "x unified", autosize: true,
    font: { family: font, color: ink },
    hoverlabel: { bgcolor: panel, bordercolor: line, font: { size: 12, color: ink } },
    xaxis: { ...axis, title: title("epoch", 4), rangemode: "tozero", nticks: 6 },
    yaxis: { ...axis, title: title(label, 2), ...scale, exponentformat: "power" },
  };
}

/**
 * The ticks of a logarithmic axis. If the curves cross few powers of ten, there are ticks between them; if many, some
 * are left out.
 * @param {Values} values
 */
function logTicks(values) {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    if (!value || value <= 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const decades = high > 0 ? Math.log10(high / low) : 1;
  return decades < 2 ? "D2" : Math.ceil(decades / 5);
}
