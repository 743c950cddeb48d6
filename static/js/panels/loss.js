// The loss curves. Plotly is large and slow beside the rest: it comes after the first paint and draws a few times a second.

import { lossLayout, metricLayout, traces } from "../draw/curves.js";
import { curve } from "../model/losses.js";
import { chiefMetric } from "../model/metrics.js";
import { on, READABLE, whileLearning } from "../model/store.js";
import { byId, element } from "../ui/element.js";
import { lossText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";

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
    byId("chart-metric").textContent = chiefMetric(spec).label;
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

  /** @param {object[]} data @param {object} layout */
  const react = (data, layout) => plotly.react(root, data, layout, { displayModeBar: false, responsive: false });

  function draw() {
    if (!plotly || root.clientWidth === 0) return;
    const began = performance.now();
    const { losses, logLoss, chart, metrics, restarts, spec } = store.get();
    const look = theme();
    if (chart === "metric" && spec) {
      const { name, label } = chiefMetric(spec);
      const history = metrics.filter((each) => each.restarts === restarts);
      const epochs = history.map(({ epoch }) => epoch);
      const [train, test] = /** @type {const} */ (["train", "test"]).map((part) => history.map((each) => each[part][name]));
      react(traces({ epochs, train, test }, look), metricLayout(label, look));
    } else {
      const curves = curve(losses, MOST_POINTS);
      react(traces(curves, look), lossLayout(curves, logLoss, look));
    }
    took = performance.now() - began;
  }

  // When nothing else waits: the map of a changed network is seen first. Not every browser can be asked that.
  const drawSoon = () => { (globalThis.requestIdleCallback ?? setTimeout)(draw, { timeout: REFRESH }); };
  on(store, (state) => [state.losses, state.logLoss, state.chart, state.metrics, state.spec?.problem], drawSoon, ({ playing }) => (playing ? Math.min(LONGEST, Math.max(REFRESH, SHARE * took)) : REFRESH));
  new ResizeObserver(drawSoon).observe(root);
  onTheme(draw);

  load(document.body.dataset.plotly ?? "").then((loaded) => {
    plotly = loaded;
    root.replaceChildren();
    draw();
  }, () => root.replaceChildren(element("p", { class: "waiting" }, "The loss curve could not be loaded; everything else works.")));
}

/**
 * @param {string} address
 * @returns {Promise<any>}
 */
function load(address) {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: address, async: true });
    script.onload = () => resolve(/** @type {any} */ (globalThis).Plotly);
    script.onerror = reject;
    // Two frames: the first paint is on the screen before 5 MB of script are parsed.
    requestAnimationFrame(() => requestAnimationFrame(() => document.head.append(script)));
  });
}
