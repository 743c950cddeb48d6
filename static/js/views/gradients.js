// Weights and gradients: how the weights of each layer are spread and how that changed, how large its gradient is, and
// which neurons do not learn.

import { drawBars, drawSizes, drawStrip } from "../draw/spread.js";
import { unitName } from "../model/names.js";
import { layout, shapeKey } from "../model/network_shape.js";
import { fittingFrame } from "../model/run.js";
import { grown } from "../model/spread.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { numberText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";
import { pace, viewWords } from "../ui/view_words.js";

const KEY = "gradients";
/** What ails a neuron, as engine/analysis/health.py counts it. */
const AILMENTS = [
  { name: "well", sign: "" },
  { name: "dead", sign: "✕" }, { name: "saturated", sign: "S" }, { name: "exploding", sign: "!" },
];

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountGradients(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("inside");
  const body = element("tbody");
  const names = ["Layer", "Weights", "over time", "Gradient", "Ill"];
  const heads = names.map((text) => element("th", { scope: "col" }, text));
  const table = element("table", { class: "inside-table" }, element("thead", {}, element("tr", {}, ...heads)), body);
  const chart = element("canvas", { role: "img" });
  const picture = element("div", { class: "inside-picture" }, chart);
  const holder = element("div", { class: "inside-scroll", tabIndex: 0, "aria-label": "Weights and gradients" }, table);
  holder.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  root.append(element("div", { class: "inside-view gradients-view" }, holder, picture));
  const { say } = viewWords(words, actions, { account });
  /** @type {import("../model/spread.js").Spread|null} */
  let spread = null;
  /** @type {{cells: HTMLTableCellElement[], bars: HTMLCanvasElement, strip: HTMLCanvasElement}[]} */
  let rows = [];
  let isMarked = false;

  actions.show(({ current: run }) => (visible() ? [{ topic: "health", run }] : []));

  /** The newest record that fits the network that is shown. */
  function newest() {
    const run = runOf(model.get());
    const { parts: { health }, spec } = run;
    const frame = fittingFrame(run);
    if (!health || !spec || !frame || health.gradient.length !== frame.params.length) return null;
    return { health, spec, frame };
  }

  function take() {
    if (!visible()) {
      if (isMarked) actions.mark(KEY, null);
      isMarked = false;
      return;
    }
    const found = newest();
    if (found) {
      const { health: { restarts, epoch, gradient, ailments }, spec, frame } = found;
      const key = `${restarts} ${shapeKey(spec)}`;
      spread = grown(spread, { key, epoch, params: frame.params, gradient }, layout(spec));
      const signs = illOf(spec, ailments).map(({ unit, kind }) => [unit, { sign: AILMENTS[kind].sign }]);
      actions.mark(KEY, { units: Object.fromEntries(signs) });
      isMarked = true;
    }
    draw();
  }

  /**
   * @param {import("../model/catalog.js").Spec} spec
   * @param {Uint8Array} ailments
   */
  function illOf(spec, ailments) {
    let at = 0;
    return spec.hidden.flatMap((/** @type {number} */ neurons, /** @type {number} */ layer) => {
      return Array.from({ length: neurons }, (_, neuron) => {
        return { unit: `${layer}.${neuron}`, layer, kind: ailments[at++] };
      });
    }).filter(({ kind }) => kind > 0);
  }

  function draw() {
    const found = newest();
    if (!visible() || !spread || !found) return;
    const { spec, health } = found;
    const { layers } = spread;
    if (rows.length !== layers.length) build(layers.length);
    const ill = illOf(spec, health.ailments);
    const colours = theme();
    const largest = Math.max(...layers.map(({ sizes }) => sizes.at(-1) ?? 0));
    rows.forEach(({ cells: [name, , , size, sick], bars, strip }, i) => {
      const { bins, limit, sizes } = layers[i];
      const own = sizes.at(-1) ?? 0;
      name.textContent = nameOf(i, layers.length);
      size.textContent = numberText(own);
      size.style.setProperty("--share", String(own > 0 && largest > 0 ? own / largest : 0));
      sick.textContent = AILMENTS.flatMap(({ name: what, sign }, kind) => {
        const count = ill.filter((each) => each.layer === i && each.kind === kind).length;
        return count ? [`${sign} ${count} ${what}`] : [];
      }).join(", ") || "–";
      bars.title = strip.title = `from ${numberText(-limit)} to ${numberText(limit)}`;
      paint(bars, (context, look) => drawBars(context, bins.at(-1) ?? [], { ...look, ...colours }));
      paint(strip, (context, look) => drawStrip(context, bins, { ...look, ...colours }));
    });
    const lines = layers.map(({ sizes }, i) => ({ name: nameOf(i, layers.length), values: sizes }));
    chart.setAttribute("aria-label", `Size of the gradient: ${told()}.`);
    paint(chart, (context, look) => drawSizes(context, lines, { ...look, ...colours }));
    const [first, last] = [layers[0].sizes.at(-1) ?? 0, layers[layers.length - 1].sizes.at(-1) ?? 0];
    const ratio = last > 0 ? first / last : NaN;
    const vanishing = layers.length < 3 || !(ratio < 0.01) ? ""
      : ratio === 0 ? " It does not reach the first layer, which learns nothing."
      : ` In the first layer it is only ${numberText(ratio)} of what it is at the output: it hardly learns.`;
    say(`The gradient of the training loss, without penalty and dropout, as a root mean square.${vanishing} `
      + pace(runOf(model.get())));
  }

  /** @param {number} count of layers with weights */
  function build(count) {
    rows = Array.from({ length: count }, () => {
      const [bars, strip] = [0, 1].map(() => element("canvas", { "aria-hidden": "true" }));
      const cells = [element("th", { scope: "row" }), element("td", {}, bars), element("td", {}, strip),
        element("td", { class: "inside-share" }), element("td")];
      return { cells, bars, strip };
    });
    body.replaceChildren(...rows.map(({ cells }) => element("tr", {}, ...cells)));
  }

  const nameOf = (/** @type {number} */ layer, /** @type {number} */ count) => {
    return layer === count - 1 ? "Output" : `Layer ${layer + 1}`;
  };

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(context: CanvasRenderingContext2D, look: {width: number, height: number, scale: number}) => void} how
   */
  function paint(canvas, how) {
    const { clientWidth, clientHeight } = canvas;
    const [width, height] = [clientWidth, clientHeight].map((size) => Math.round(size * devicePixelRatio));
    if (!width || !height) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    how(contextOf(canvas), { width, height, scale: devicePixelRatio });
  }

  const told = () => spread?.layers.map(({ sizes }, i, { length }) => {
    return `${nameOf(i, length)} ${numberText(sizes.at(-1) ?? 0)}`;
  }).join(", ") ?? "";

  function account() {
    const found = newest();
    if (!found || !spread) return "Weights and gradients: they are being measured.";
    const ill = illOf(found.spec, found.health.ailments);
    const sick = ill.map(({ unit, kind }) => `${unitName(unit, found.spec)} is ${AILMENTS[kind].name}`);
    return `Weights and gradients. ${pace(runOf(model.get()))} Size of the gradient: ${told()}. `
      + `${sick.length ? sick.join("; ") : "No neuron is dead, saturated or exploding"}.`;
  }

  new ResizeObserver(draw).observe(root);
  onPixelRatio(draw);
  onTheme(draw);
  on(model, (state) => {
    const run = runOf(state);
    return [visible(), visible() && run.parts.health, visible() && fittingFrame(run) !== null, run.playing];
  }, take);
}
