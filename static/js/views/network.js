// The network as a picture that is also the control: inputs, layers, neurons, lines.

import { catalog, featureMap } from "../catalog.js";
import { colour } from "../palette.js";
import { layerSizes, layout, neuronOf, outputUnit, watched } from "../state.js";
import { on } from "../store.js";
import { byId, element, icon } from "./element.js";
import { drawField, finer } from "./field.js";
import { geometry, linePath } from "./geometry.js";
import { drawLines, lineWidth } from "./lines.js";
import { unitName } from "./names.js";

const MOST_LAYERS = 6;
const MOST_NEURONS = 8;
const REFRESH = 66; // milliseconds

/** @typedef {{path: Path2D, start: number, end: number, weight: number, at: number, target: import("../state.js").WeightTarget}} Line */

/**
 * @param {import("./controls.js").Store} store
 * @param {import("../actions.js").Actions} actions
 */
export function mountNetwork(store, actions) {
  const canvas = element("canvas", { class: "lines", "aria-hidden": "true" });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const units = element("div");
  const graph = element("div", { class: "graph" }, canvas, units);
  const scroll = element("div", { class: "net-scroll" }, graph);
  byId("network").append(scroll, explanation());
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  /** @type {Line[]} */
  let lines = [];
  /** @type {Map<string, HTMLButtonElement>} */
  let buttonFromUnit = new Map();
  /** @type {{context: CanvasRenderingContext2D, place: import("./geometry.js").Place, bias: HTMLElement, biasAt: number}[]} hidden and output neurons, as frames number them */
  let neurons = [];

  /** Everything that changes only with the shape of the network or of the window. */
  function build() {
    const { spec, view, watching } = store.get();
    if (!spec || scroll.clientWidth === 0) return;
    const focused = document.activeElement?.getAttribute("data-focus");
    const features = catalog.features.filter((feature) => spec.features.includes(feature.key) || (feature.basic && !view.hidden.includes(feature.key)));
    const sizes = layerSizes(spec);
    const layers = layout(spec);
    const places = geometry(scroll.clientWidth, scroll.clientHeight, features.length, sizes);
    graph.style.width = `${places.width}px`;
    graph.style.height = `${places.height}px`;
    canvas.style.width = `${places.width}px`;
    canvas.style.height = `${places.height}px`;
    canvas.width = Math.round(places.width * devicePixelRatio);
    canvas.height = Math.round(places.height * devicePixelRatio);

    buttonFromUnit = new Map();
    neurons = [];
    const inputs = features.map((feature, i) => {
      const active = spec.features.includes(feature.key);
      const button = unitButton(feature.key, places.inputs[i], `${unitName(feature.key, spec)}: ${active ? "on" : "off"}`);
      button.classList.toggle("off", !active);
      button.setAttribute("aria-pressed", String(active));
      if (watching) button.setAttribute("aria-disabled", "true"); // not disabled: it can still be pointed at
      button.dataset.control = feature.key;
      button.title = feature.formula;
      drawField(contextOf(button), sized(featureMap(feature), places.inputs[i]), false);
      button.append(element("span", { class: "name", "aria-hidden": "true" }, feature.label));
      button.onclick = () => toggleFeature(feature.key);
      return button;
    });
    const cells = sizes.flatMap((size, layer) => Array.from({ length: size }, (_, neuron) => {
      const unit = `${layer}.${neuron}`;
      const button = unitButton(unit, places.layers[layer][neuron], `${unitName(unit, spec)}. Open its numbers.`);
      const bias = element("span", { class: "bias" });
      button.append(bias);
      if (unit === outputUnit(spec)) button.append(element("span", { class: "tag", "aria-hidden": "true" }, spec.problem === "regression" ? "linear" : "tanh"));
      button.onclick = (event) => actions.pin({ kind: event.target === bias ? "bias" : "neuron", unit });
      neurons.push({ context: contextOf(button), place: places.layers[layer][neuron], bias, biasAt: layers[layer].biases + neuron });
      return button;
    }));
    units.replaceChildren(...headings(places, sizes), ...inputs, ...cells);
    lines = makeLines(spec, places, features.map((feature) => feature.key));
    if (focused) restoreFocus(focused);
    drawn = null;
    drawNumbers();
    mark();
  }

  /** @param {string} unit @param {import("./geometry.js").Place} place @param {string} name */
  function unitButton(unit, { x, y, size }, name) {
    const button = element("button", { type: "button", class: "unit", "aria-label": name, "data-unit": unit, "data-focus": unit }, element("canvas"));
    Object.assign(button.style, { left: `${x - size / 2}px`, top: `${y - size / 2}px`, width: `${size}px`, height: `${size}px` });
    button.onpointerenter = () => actions.hover(unit);
    button.onpointerleave = () => actions.hover(null);
    button.onfocus = () => { if (button.matches(":focus-visible")) actions.hover(unit); };
    button.onblur = () => actions.hover(null);
    buttonFromUnit.set(unit, button);
    return button;
  }

  /** A rebuilt button is another element: the keyboard must not lose its place. @param {string} key */
  function restoreFocus(key) {
    const same = /** @type {HTMLButtonElement|null} */ (units.querySelector(`[data-focus="${CSS.escape(key)}"]`));
    const neighbour = /** @type {HTMLButtonElement|null} */ (same?.parentElement?.querySelector("button:enabled") ?? units.querySelector("button:enabled"));
    (same && !same.disabled ? same : neighbour)?.focus();
  }

  /** @param {string} key */
  function toggleFeature(key) {
    const { spec } = store.get();
    if (!spec) return;
    const keys = catalog.features.map((feature) => feature.key);
    const wanted = spec.features.includes(key) ? spec.features.filter((/** @type {string} */ each) => each !== key) : [...spec.features, key];
    actions.configure({ features: keys.filter((each) => wanted.includes(each)) });
  }

  /** @param {(now: number[]) => number[]} change */
  const changeLayers = (change) => actions.configure({ hidden: change(store.get().spec?.hidden ?? []) });

  /** @param {import("./geometry.js").Geometry} places @param {number[]} sizes */
  function headings(places, sizes) {
    const { spec, watching } = store.get();
    const hidden = /** @type {number[]} */ (spec?.hidden);
    /** @param {string} name @param {string} label @param {boolean} enabled @param {() => void} act */
    const round = (name, label, enabled, act) => roundButton(name, label, enabled && !watching, act);
    const count = hidden.length;
    const first = columnHead(58, element("strong", {}, "Features"), watching ? null : "on or off");
    first.dataset.heading = "features";
    const middle = element("div", { class: "layers-head", "data-control": "numHiddenLayers" },
      round("minus", "Remove a hidden layer", count > 0, () => changeLayers((now) => now.slice(0, -1))),
      element("span", {}, `${count} ${places.width < 520 ? "" : "hidden "}layer${count === 1 ? "" : "s"}`),
      round("plus", "Add a hidden layer", count < MOST_LAYERS, () => changeLayers((now) => (now.length < MOST_LAYERS ? [...now, 2] : now))));
    const from = count ? places.layers[0][0].x : (places.inputs[0]?.x ?? 0);
    const to = count ? places.layers[count - 1][0].x : places.layers[count][0].x;
    middle.style.left = `${(from + to) / 2}px`;
    middle.style.transform = "translateX(-50%)";
    const roomy = to - from >= 150 * (count - 1) && places.width >= 520;
    const layers = hidden.map((size, layer) => {
      // From the spec of this moment, not of the last build: two quick clicks are two neurons.
      const resize = (/** @type {number} */ by) => {
        const now = /** @type {number[]} */ (store.get().spec?.hidden);
        if (now[layer] + by >= 1 && (by < 0 || now[layer] < MOST_NEURONS)) actions.configure({ hidden: now.map((each, i) => (i === layer ? each + by : each)) });
      };
      const head = columnHead(places.layers[layer][0].x, element("span", { class: "row", "data-control": "numHiddenLayers" },
        round("minus", `Remove a neuron from layer ${layer + 1}`, size > 1, () => resize(-1)),
        element("strong", { title: `${size} neuron${size === 1 ? "" : "s"}` }, roomy ? `${size} neuron${size === 1 ? "" : "s"}` : String(size)),
        round("plus", `Add a neuron to layer ${layer + 1}`, size < MOST_NEURONS, () => resize(1))));
      head.style.top = "44px";
      return head;
    });
    return [first, middle, ...layers, columnHead(places.layers[sizes.length - 1][0].x, element("strong", {}, "Output"))];
  }

  /** @param {import("../catalog.js").Spec} spec @param {import("./geometry.js").Geometry} places @param {string[]} offered @returns {Line[]} */
  function makeLines(spec, places, offered) {
    const sources = spec.features.map((/** @type {string} */ key) => places.inputs[offered.indexOf(key)]);
    return layout(spec).flatMap(({ inputs, neurons: count, weights }, layer) => {
      const from = layer === 0 ? sources : places.layers[layer - 1];
      return Array.from({ length: inputs * count }, (_, i) => {
        const [neuron, input] = [Math.floor(i / inputs), i % inputs];
        return { path: linePath(from[input], places.layers[layer][neuron]), start: from[input].x, end: places.layers[layer][neuron].x, weight: 0, at: weights + i, target: { kind: /** @type {const} */ ("weight"), layer, neuron, input } };
      });
    });
  }

  /** @type {import("../wire.js").Frame|null} */
  let drawn = null;
  function drawNumbers() {
    const { frame, playing, hoveredLink, pinned, view } = store.get();
    if (!frame || frame.small.length !== neurons.length) return;
    if (frame !== drawn) {
      neurons.forEach((neuron, i) => {
        drawField(neuron.context, sized(frame.small[i], neuron.place), view.discretize);
        neuron.bias.style.background = colour(frame.params[neuron.biasAt]);
      });
      for (const line of lines) line.weight = frame.params[line.at];
    }
    drawn = frame;
    const chosen = hoveredLink ?? (pinned?.kind === "weight" ? pinned : null);
    const index = chosen ? lines.findIndex(({ target }) => target.layer === chosen.layer && target.neuron === chosen.neuron && target.input === chosen.input) : -1;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawLines(context, lines, { phase: playing && !still.matches ? (performance.now() / 40) % 90 : null, chosen: index });
  }

  function mark() {
    const state = store.get();
    if (!state.spec) return;
    const shown = watched(state);
    for (const [unit, button] of buttonFromUnit) button.classList.toggle("watched", unit === shown && shown !== outputUnit(state.spec));
  }

  /** The line under a point of the graph, the last drawn first. @param {PointerEvent} event */
  function lineAt(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) * devicePixelRatio, (event.clientY - box.top) * devicePixelRatio];
    context.setLineDash([]);
    const column = event.clientX - box.left;
    return lines.findLast(({ path, weight, start, end }) => {
      if (column < start || column > end) return false;
      context.lineWidth = Math.max(event.pointerType === "touch" ? 18 : 9, lineWidth(weight) + 4);
      return context.isPointInStroke(path, x, y);
    });
  }
  canvas.onpointermove = (event) => actions.hoverLink(lineAt(event)?.target ?? null);
  canvas.onpointerleave = () => actions.hoverLink(null);
  canvas.onclick = (event) => actions.pin(lineAt(/** @type {PointerEvent} */ (event))?.target ?? null);

  on(store, (state) => [state.spec?.hidden, state.spec?.features, state.spec?.problem, state.view.hidden].map((value) => JSON.stringify(value)), build);
  // Hundreds of dashed curves are most of what a frame costs: while a network learns they move less often than the map.
  on(store, (state) => [state.frame], drawNumbers, ({ playing, frame }) => (playing && frame?.run === drawn?.run ? REFRESH : 0));
  on(store, (state) => [state.hoveredLink, state.pinned], drawNumbers);
  on(store, (state) => [state.view.discretize], () => { drawn = null; drawNumbers(); });
  on(store, (state) => [watched(state)], mark);
  on(store, (state) => [state.hoveredLink], ({ hoveredLink }) => { canvas.style.cursor = hoveredLink ? "pointer" : ""; });
  new ResizeObserver(build).observe(scroll);
}

/** Where a unit's button is on the screen, for the card. @param {string} unit */
export function unitBox(unit) {
  return document.querySelector(`[data-unit="${neuronOf(unit) ? unit : CSS.escape(unit)}"]`)?.getBoundingClientRect() ?? null;
}

/** A map of more samples where a unit is large enough to show the single ones. @param {Uint8Array} map @param {import("./geometry.js").Place} place */
const sized = (map, { size }) => (size > 3 * Math.sqrt(map.length) ? finer(map) : map);

/** @param {HTMLButtonElement} button */
function contextOf(button) {
  return /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (button.querySelector("canvas")).getContext("2d", { alpha: false }));
}

/** @param {number} x @param {HTMLElement} head @param {string|null} [note] */
function columnHead(x, head, note = null) {
  const column = element("div", { class: "column-head" }, head, note);
  column.style.left = `${x}px`;
  return column;
}

/** @param {string} name @param {string} label @param {boolean} enabled @param {() => void} act */
function roundButton(name, label, enabled, act) {
  return element("button", { type: "button", class: "tiny", "aria-label": label, "data-focus": label, title: label, disabled: !enabled, onclick: act }, icon(name));
}

function explanation() {
  const foot = element("div", { class: "net-foot", "data-text": "" });
  /** @param {string} stroke @param {string} dash */
  const sample = (stroke, dash) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [key, value] of Object.entries({ d: "M0 6H34", stroke, "stroke-width": "4", "stroke-dasharray": dash })) line.setAttribute(key, value);
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  };
  foot.append(
    element("span", {}, "Picture: a neuron’s output. Click it for its numbers."),
    element("span", {}, sample("#0877bd", "none"), "positive weight"),
    element("span", {}, sample("#f59322", "4 5"), "negative weight"));
  return foot;
}
