// The loss curves. Plotly is large and slow beside the rest: it comes after the first paint and draws a few times a second.

import { curve } from "../model/losses.js";
import { chiefMeasure } from "../model/metrics.js";
import { on, READABLE, whileLearning } from "../model/store.js";
import { byId, element } from "../ui/element.js";

const REFRESH = 300; // milliseconds; a drawing takes a dozen, in which nothing else is seen
const SHARE = 50; // at most one part in so many of the time, on a machine that is not very slow
const LONGEST = 1000; // milliseconds that the curve may be behind, on one that is
const MOST_POINTS = 1000; // more than the curve has pixels

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountLoss(store, actions) {
  const root = byId("curve");
  const scale = byId("loss-scale");
  root.append(element("p", { class: "waiting" }, "The loss curve is loading…"));
  scale.onclick = actions.toggleLog;
  on(store, (state) => [state.logLoss], ({ logLoss }) => scale.setAttribute("aria-pressed", String(logLoss)));
  const chart = byId("chart");
  chart.onchange = () => actions.drawChart(chart.value);
  on(store, (state) => [state.spec?.problem, state.chart], ({ spec, chart: shown }) => {
    if (!spec) return;
    byId("chart-measure").textContent = chiefMeasure(spec).label;
    chart.value = shown;
    scale.hidden = shown !== "loss";
  });
  on(store, (state) => [state.frame?.trainLoss, state.frame?.testLoss], ({ frame }) => {
    byId("train-loss").textContent = lossText(frame?.trainLoss);
    byId("test-loss").textContent = lossText(frame?.testLoss);
  }, whileLearning(READABLE));

  /** @type {any} */
  let plotly = null;
  let took = 0;

  function draw() {
    if (!plotly || root.clientWidth === 0) return;
    const began = performance.now();
    const { losses, logLoss, chart, measured, run, spec } = store.get();
    const { epochs, train, test } = curve(losses, MOST_POINTS);
    const [data, layout] = chart === "measure" && spec
      ? [measureTraces(measured.filter((each) => each.run === run), chiefMeasure(spec).name), measureLook(chiefMeasure(spec).label)]
      : [curves(epochs, train, test), look(logLoss, [...train, ...test])];
    plotly.react(root, data, layout, { displayModeBar: false, responsive: false });
    took = performance.now() - began;
  }

  // When nothing else waits: the map of a changed network is seen first. Not every browser can be asked that.
  const drawSoon = () => { (globalThis.requestIdleCallback ?? setTimeout)(draw, { timeout: REFRESH }); };
  on(store, (state) => [state.losses, state.logLoss, state.chart, state.measured, state.spec?.problem], drawSoon, ({ playing }) => (playing ? Math.min(LONGEST, Math.max(REFRESH, SHARE * took)) : REFRESH));
  new ResizeObserver(drawSoon).observe(root);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  load(document.body.dataset.plotly ?? "").then((loaded) => {
    plotly = loaded;
    root.replaceChildren();
    draw();
  }, () => root.replaceChildren(element("p", { class: "waiting" }, "The loss curve could not be loaded; everything else works.")));
}

/** @param {string} address @returns {Promise<any>} */
function load(address) {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: address, async: true });
    script.onload = () => resolve(/** @type {any} */ (globalThis).Plotly);
    script.onerror = reject;
    // Two frames: the first paint is on the screen before 5 MB of script are parsed.
    requestAnimationFrame(() => requestAnimationFrame(() => document.head.append(script)));
  });
}

/** @param {import("../model/metrics.js").Measures[]} measured @param {"accuracy"|"r2"} name */
function measureTraces(measured, name) {
  return curves(measured.map(({ epoch }) => epoch), measured.map(({ train }) => train[name]), measured.map(({ test }) => test[name]));
}

/** @param {number[]} x @param {(number|null|undefined)[]} train @param {(number|null|undefined)[]} test */
function curves(x, train, test) {
  const style = getComputedStyle(document.documentElement);
  const common = { x, mode: x.length < 3 ? "lines+markers" : "lines", hovertemplate: "%{y:.4f}" };
  return [
    { ...common, y: train, name: "training", line: { color: style.getPropertyValue("--edge"), width: 2, dash: "dot" } },
    { ...common, y: test, name: "test", line: { color: style.getPropertyValue("--ink"), width: 2 } },
  ];
}

/** From the lowest there is, for an R² has no end below. @param {string} label */
function measureLook(label) {
  const { yaxis, ...rest } = look(false, []);
  const title = { ...yaxis.title, text: label };
  return { ...rest, yaxis: { ...yaxis, title, rangemode: "normal" } };
}

/** How many powers of ten the curves cross: few want lines between them, many want some left out. @param {(number|null)[]} values */
function logTicks(values) {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    if (value === null || value <= 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const decades = high > 0 ? Math.log10(high / low) : 1;
  return decades < 2 ? "D2" : Math.ceil(decades / 5);
}

/** @param {boolean} log @param {(number|null)[]} values of the curves */
function look(log, values) {
  const style = getComputedStyle(document.documentElement);
  const [ink, muted, line] = ["--ink", "--muted", "--line"].map((name) => style.getPropertyValue(name));
  const axis = { gridcolor: line, zeroline: false, linecolor: line, tickfont: { size: 11, color: muted }, automargin: false, fixedrange: true };
  return {
    margin: { l: 44, r: 8, t: 6, b: 32 }, paper_bgcolor: "transparent", plot_bgcolor: "transparent", showlegend: false, hovermode: "x unified", autosize: true,
    font: { family: getComputedStyle(document.body).fontFamily, color: ink },
    hoverlabel: { bgcolor: style.getPropertyValue("--panel"), bordercolor: line, font: { size: 12, color: ink } },
    xaxis: { ...axis, title: { text: "epoch", font: { size: 11, color: muted }, standoff: 4 }, rangemode: "tozero", nticks: 6 },
    yaxis: { ...axis, title: { text: "loss", font: { size: 11, color: muted }, standoff: 2 }, ...(log ? { dtick: logTicks(values) } : { nticks: 5 }), type: log ? "log" : "linear", rangemode: log ? "normal" : "tozero", exponentformat: "power" },
  };
}

/** Three decimals, as the original. @param {number|undefined} loss */
export function lossText(loss) {
  if (loss === undefined) return "–";
  return Number.isFinite(loss) ? (loss >= 1e6 || (loss > 0 && loss < 0.0005) ? loss.toExponential(1) : loss.toFixed(3)) : "NaN";
}
