// The loss curves. Plotly is large and slow beside the rest: it is loaded after the first paint and draws a few times
// a second.

import { lossLayout, metricLayout, traces } from "../draw/curves.js";
import { curve } from "../model/losses.js";
import { chiefMetric } from "../model/metrics.js";
import { shownLosses } from "../model/run.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element, part } from "../ui/element.js";
import { lossText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";
import { site } from "../wire/address.js";

const REFRESH = 300; // milliseconds; a drawing takes a dozen, in which nothing else is seen
const SHARE = 50; // at most one part in so many of the time, on a machine that is not very slow
const LONGEST = 1000; // milliseconds that the curve may be behind, on one that is
const MOST_POINTS = 1000; // more than the curve has pixels
const SETS = /** @type {const} */ (["train", "test"]);
const FAILED = "The loss curve could not be loaded; everything else works.";

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{plotly: string}} options address of its script
 */
export function mountLoss(root, model, actions, { plotly: address }) {
  const [place, scale, chart, metric] = ["curve", "loss-scale", "chart", "chart-metric"].map((id) => part(root, id));
  const [trainLoss, testLoss] = ["train-loss", "test-loss"].map((id) => part(root, id));
  place.append(element("p", { class: "waiting" }, "The loss curve is loading…"));
  scale.onclick = actions.toggleLog;
  chart.onchange = () => actions.drawChart(chart.value);
  on(model, (state) => [state.logLoss], ({ logLoss }) => scale.setAttribute("aria-pressed", String(logLoss)));
  on(model, (state) => [currentRun(state).spec?.problem, state.chart], (state) => {
    const { spec } = currentRun(state);
    if (!spec) return;
    metric.textContent = chiefMetric(spec).label;
    chart.value = state.chart;
    scale.hidden = state.chart !== "loss";
  });
  on(model, (state) => shownLosses(currentRun(state)), (state) => {
    [trainLoss.textContent, testLoss.textContent] = shownLosses(currentRun(state)).map(lossText);
  }, whileTraining(READABLE));

  actions.show(({ current: run, chart: kind }) => (kind === "metric" ? [{ topic: "metrics", run }] : []));

  /** @type {any} */
  let plotly = null;
  let took = 0;

  function draw() {
    if (!plotly || place.clientWidth === 0) return;
    const began = performance.now();
    const { chart: shown, logLoss } = model.get();
    const { losses, metrics, spec } = currentRun(model.get());
    const look = theme();
    if (shown === "metric" && spec) {
      const { name, label } = chiefMetric(spec);
      const epochs = metrics.map(({ epoch }) => epoch);
      const [train, test] = SETS.map((set) => metrics.map((each) => each[set][name]));
      react(traces({ epochs, train, test }, look), metricLayout(label, look));
    } else {
      const curves = curve(losses, MOST_POINTS);
      react(traces(curves, look), lossLayout(curves, logLoss, look));
    }
    took = performance.now() - began;
  }

  /**
   * @param {object[]} data
   * @param {object} layout
   */
  const react = (data, layout) => plotly.react(place, data, layout, { displayModeBar: false, responsive: false });

  // When nothing else waits: the map of a changed network is seen first. Not every browser can be asked that.
  const drawSoon = () => { (globalThis.requestIdleCallback ?? setTimeout)(draw, { timeout: REFRESH }); };
  on(model, (state) => {
    const { losses, metrics, spec } = currentRun(state);
    return [losses, state.logLoss, state.chart, metrics, spec?.problem];
  }, drawSoon, (state) => (currentRun(state).playing ? Math.min(LONGEST, Math.max(REFRESH, SHARE * took)) : REFRESH));
  new ResizeObserver(drawSoon).observe(place);
  onTheme(draw);

  load(new URL(address, site).href).then((loaded) => {
    plotly = loaded;
    place.replaceChildren();
    draw();
  }, () => place.replaceChildren(element("p", { class: "waiting" }, FAILED)));
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
