// The network as a picture that is also the control: inputs, layers, neurons, lines.

import { finer } from "../draw/field.js";
import { geometry, lineMiddle, linePath } from "../draw/geometry.js";
import { drawLines, lineWidth } from "../draw/lines.js";
import { classRamp, colour, DISCRETE, SMOOTH } from "../draw/palette.js";
import { swatch } from "../draw/shapes.js";
import { Sheet } from "../draw/sheet.js";
import { catalog, featureMap } from "../model/catalog.js";
import { Masks } from "../model/masks.js";
import { className, unitName } from "../model/names.js";
import {
  activationsOf, classOf, layersDiffer, layerSizes, layout, neuronOf, outputUnit,
} from "../model/network_shape.js";
import { lowest, outputLabel } from "../model/outputs.js";
import { watched } from "../model/state.js";
import { on } from "../model/store.js";
import { columnHeaders } from "./column_headers.js";
import { foldedNeurons } from "./folded.js";
import { byId, element, icon } from "../ui/element.js";
import { closeOutside } from "../ui/popovers.js";

const REFRESH = 75; // milliseconds
const BUILD_AFTER = 100; // milliseconds

/** @typedef {import("../draw/geometry.js").Place} Place */
/**
 * @typedef {{path: Path2D, start: number, end: number, middle: {x: number, y: number}, weight: number, at: number,
 *   mask: import("../model/masks.js").Mask|null, target: import("../model/state.js").WeightTarget}} Line
 */

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountNetwork(store, actions) {
  const canvas = element("canvas", { class: "lines", "aria-hidden": "true" });
  const maps = element("canvas", { class: "maps", "aria-hidden": "true" });
  const [context, mapsContext] = [canvas, maps].map((each) => /** @type {CanvasRenderingContext2D} */ (each.getContext("2d")));
  const units = element("div");
  const graph = element("div", { class: "graph" }, canvas, maps, units);
  const scroll = element("div", { class: "net-scroll" }, graph);
  const restore = element("button", { type: "button", class: "small restore", title: "Give back all that is frozen or cut", onclick: actions.restoreAll });
  byId("network").append(scroll, element("div", { class: "net-foot" }, explanation(), restore));
  closeOutside(units);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  /** @type {Line[]} */
  let lines = [];
  /** @type {string|null} a neuron without a map that is pointed at: only then it has lines */
  let unfolded = null;
  /** @type {Map<string, HTMLButtonElement>} */
  let buttonFromUnit = new Map();
  /**
   * @type {{place: Place, own: number|null, bias: HTMLElement, biasAt: number, shade: string}[]} hidden and output
   *   neurons, as frames number them
   */
  let neurons = [];
  /** @type {(Place & {faint: boolean})[]} of the inputs, then of the neurons */
  let tiles = [];
  /** @type {Sheet} */
  let sheet;
  /** @type {import("../draw/geometry.js").Geometry} */
  let places;

  /** Everything that changes only with the shape of the network or of the window. */
  function build() {
    const { spec, view, watching } = store.get();
    if (!spec || scroll.clientWidth === 0) return;
    const focused = document.activeElement?.getAttribute("data-focus");
    const features = catalog.features.filter((feature) => spec.features.includes(feature.key) || (feature.basic && !view.hidden.includes(feature.key)));
    const sizes = layerSizes(spec);
    const layers = layout(spec);
    places = geometry(scroll.clientWidth, scroll.clientHeight, features.length, sizes, layersDiffer(spec));
    graph.style.width = `${places.width}px`;
    graph.style.height = `${places.height}px`;
    for (const each of [canvas, maps]) fitTo(each, places);

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
      button.append(element("span", { class: "name", "aria-hidden": "true" }, feature.label));
      button.onclick = () => toggleFeature(feature.key);
      return button;
    });
    const cells = places.layers.flatMap((column, layer) => column.map((place, neuron) => {
      const unit = `${layer}.${neuron}`;
      const own = classOf(unit, spec);
      const button = unitButton(unit, place, unitName(unit, spec));
      const bias = element("span", { class: "bias" });
      button.append(bias);
      if (own !== null) button.append(element("span", { class: "tag", "aria-hidden": "true" }, swatch(own), className(own)));
      else if (layer === spec.hidden.length) button.append(element("span", { class: "tag", "aria-hidden": "true" }, outputLabel(spec)));
      button.onclick = (event) => actions.pin({ kind: event.target === bias ? "bias" : "neuron", unit });
      neurons.push({ place, own, bias, biasAt: layers[layer].biases + neuron, shade: "" });
      return button;
    }));
    sheet = new Sheet(inputs.length + neurons.length);
    features.forEach((feature, i) => sheet.put(i, sized(featureMap(feature), places.inputs[i]), SMOOTH));
    tiles = [...features.map(({ key }, i) => ({ ...places.inputs[i], faint: !spec.features.includes(key) })), ...neurons.map(({ place }) => ({ ...place, faint: false }))];
    const folds = places.folds.flatMap((place, layer) => (place ? [foldedNeurons(layer, sizes[layer], place, foldedCell)] : []));
    offered = features.map((feature) => feature.key);
    units.replaceChildren(...columnHeaders(store, actions, places, toggleFeature), ...inputs, ...cells, ...folds);
    lines = makeLines(spec);
    if (focused) restoreFocus(focused);
    drawn = null;
    showMasks();
    drawMaps();
    drawLinks();
    mark();
  }

  /** @param {string} unit @param {import("../draw/geometry.js").Place} place @param {string} name */
  function unitButton(unit, { x, y, size }, name) {
    const button = element("button", { type: "button", class: "unit", "aria-label": name, "data-unit": unit, "data-focus": unit });
    Object.assign(button.style, { left: `${x - size / 2}px`, top: `${y - size / 2}px`, width: `${size}px`, height: `${size}px` });
    return pointed(button, unit);
  }

  /** @param {HTMLButtonElement} button @param {string} unit that is shown large while the button is pointed at */
  function pointed(button, unit) {
    button.onpointerenter = () => actions.hover(unit);
    button.onpointerleave = () => actions.hover(null);
    button.onfocus = () => { if (button.matches(":focus-visible")) actions.hover(unit); };
    button.onblur = () => actions.hover(null);
    buttonFromUnit.set(unit, button);
    return button;
  }

  /**
   * A neuron without a map, in its layer's popover.
   * @param {string} unit
   * @param {string} label
   */
  function foldedCell(unit, label) {
    const name = `${unitName(unit, /** @type {import("../model/catalog.js").Spec} */ (store.get().spec))}. Open its numbers.`;
    const button = element("button", { type: "button", class: "cell", "aria-label": name, "data-unit": unit, "data-focus": unit }, label);
    button.onclick = () => actions.pin({ kind: "neuron", unit });
    return pointed(button, unit);
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

  /** @type {string[]} inputs in the picture, also those that are off */
  let offered = [];

  /**
   * Where a unit's lines begin and end: a neuron without a map has them only while it is pointed at.
   * @param {number} layer -1 for the inputs
   * @param {number} index
   * @param {import("../model/catalog.js").Spec} spec
   * @returns {Place|undefined}
   */
  function placeOf(layer, index, spec) {
    if (layer < 0) return places.inputs[offered.indexOf(spec.features[index])];
    return places.layers[layer][index] ?? (unfolded === `${layer}.${index}` ? places.folds[layer] : undefined) ?? undefined;
  }

  /** @param {import("../model/catalog.js").Spec} spec @returns {Line[]} */
  function makeLines(spec) {
    const masks = new Masks(spec);
    return layout(spec).flatMap(({ inputs, neurons: count, weights }, layer) => {
      /** @type {Line[]} */
      const found = [];
      for (let neuron = 0; neuron < count; neuron++) {
        const to = placeOf(layer, neuron, spec);
        for (let input = 0; to && input < inputs; input++) {
          const from = placeOf(layer - 1, input, spec);
          if (!from) continue;
          const target = { kind: /** @type {const} */ ("weight"), layer, neuron, input };
          found.push({ path: linePath(from, to), start: from.x, end: to.x, middle: lineMiddle(from, to), weight: 0, at: weights + neuron * inputs + input, mask: masks.ofLink(target), target });
        }
      }
      return found;
    });
  }

  /** Show what is frozen and cut, and say it. */
  function showMasks() {
    const { spec, watching } = store.get();
    if (!spec) return;
    const masks = new Masks(spec);
    for (const line of lines) line.mask = masks.ofLink(line.target);
    for (const [unit, button] of buttonFromUnit) {
      if (button.classList.contains("cell")) continue;
      const own = masks.ofUnit(unit);
      button.querySelector(".masks")?.remove();
      if (own.length) button.append(element("span", { class: "masks", "aria-hidden": "true" }, ...own.map((mask) => icon(mask))));
      const what = neuronOf(unit) ? ". Open its numbers." : `: ${spec.features.includes(unit) ? "on" : "off"}`;
      button.setAttribute("aria-label", [unitName(unit, spec), ...own].join(", ") + what);
    }
    restore.hidden = masks.count === 0 || watching;
    restore.textContent = `Restore all (${masks.count})`;
  }

  /** @type {import("../wire/decode.js").Frame|null} whose weights are drawn */
  let drawn = null;
  /** @type {import("../wire/decode.js").Frame|null} and whose maps */
  let mapped = null;
  function drawMaps() {
    const { spec, view } = store.get();
    if (!spec || !sheet) return;
    const frame = fitting();
    const low = lowest(spec);
    if (frame) neurons.forEach((neuron, i) => {
      const ramp = neuron.own !== null ? classRamp(neuron.own, low, view.discretize) : view.discretize ? DISCRETE : SMOOTH;
      sheet.put(offered.length + i, sized(frame.small[i], neuron.place), ramp);
      // In steps too small to see: a style that changes is work for the whole page.
      const shade = colour(Math.round(20 * frame.params[neuron.biasAt]) / 20);
      if (shade !== neuron.shade) neuron.bias.style.background = neuron.shade = shade;
    });
    mapped = frame;
    sheet.draw(cleared(mapsContext), tiles);
  }

  function drawLinks() {
    const { playing, hoveredLink, pinned } = store.get();
    const frame = fitting();
    if (!frame) return;
    if (frame !== drawn) for (const line of lines) line.weight = frame.params[line.at];
    drawn = frame;
    const chosen = hoveredLink ?? (pinned?.kind === "weight" ? pinned : null);
    const index = chosen ? lines.findIndex(({ target }) => target.layer === chosen.layer && target.neuron === chosen.neuron && target.input === chosen.input) : -1;
    const ink = lines.some(({ mask }) => mask) ? getComputedStyle(canvas).color : ""; // asking for it is work, and few want it
    drawLines(cleared(context), lines, { phase: playing && !still.matches ? performance.now() / 40 : null, chosen: index, ink });
  }

  /** The newest frame, if it is of the shape that is shown. */
  function fitting() {
    const { frame } = store.get();
    return frame && frame.small.length === neurons.length ? frame : null;
  }

  function mark() {
    const state = store.get();
    if (!state.spec) return;
    const shown = watched(state);
    for (const [unit, button] of buttonFromUnit) button.classList.toggle("watched", unit === shown && shown !== outputUnit(state.spec));
    const place = neuronOf(shown);
    const folded = place && places?.folds[place.layer] && !places.layers[place.layer][place.neuron] ? shown : null;
    if (folded === unfolded) return;
    unfolded = folded;
    lines = makeLines(state.spec);
    drawn = null;
    drawLinks();
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

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let building;
  /** With the first frame of the new shape or, where that is long in coming, without: to build twice would delay it. */
  function buildSoon() {
    clearTimeout(building);
    building = undefined;
    const { frame, revision } = store.get();
    if (frame && frame.revision >= revision) build();
    else building = setTimeout(() => { building = undefined; build(); }, BUILD_AFTER);
  }
  on(store, (state) => [shapeOf(state)], buildSoon);
  on(store, (state) => [state.frame], () => { if (building !== undefined) buildSoon(); });
  on(store, (state) => [state.spec?.frozen, state.spec?.cut], () => { showMasks(); drawLinks(); });
  const learning = () => { const { playing, frame } = store.get(); return playing && frame?.restarts === drawn?.restarts; };
  // What was built with a frame has it already.
  on(store, (state) => [state.frame], () => { if (fitting() !== mapped) drawMaps(); }, () => (learning() ? REFRESH : 0));
  // Hundreds of dashed curves are most of what a frame costs: the more there are, the less often they move.
  on(store, (state) => [state.frame], () => { if (fitting() !== drawn) drawLinks(); }, () => (learning() ? REFRESH + Math.min(140, lines.length / 3) : 0));
  on(store, (state) => [state.hoveredLink, state.pinned], drawLinks);
  on(store, (state) => [state.view.discretize], drawMaps);
  on(store, (state) => [watched(state)], mark);
  on(store, (state) => [state.hoveredLink], ({ hoveredLink }) => { canvas.style.cursor = hoveredLink ? "pointer" : ""; });
  new ResizeObserver(build).observe(scroll);
}

/**
 * All that the picture is built from, as a text.
 * @param {import("../model/state.js").State} state
 */
function shapeOf({ spec, view }) {
  return spec && JSON.stringify([spec.features, layerSizes(spec), outputLabel(spec), layersDiffer(spec) && activationsOf(spec), view.hidden]);
}

/**
 * Where a unit's button, or the popover it is in, is on the screen, for the card.
 * @param {string} unit
 */
export function unitBox(unit) {
  const button = document.querySelector(`[data-unit="${neuronOf(unit) ? unit : CSS.escape(unit)}"]`);
  return (button?.closest(".popover-box") ?? button)?.getBoundingClientRect() ?? null;
}

/**
 * A map of more samples where a unit is large enough to show the single ones.
 * @param {Uint8Array} map
 * @param {import("../draw/geometry.js").Place} place
 */
const sized = (map, { size }) => (size > 3 * Math.sqrt(map.length) ? finer(map) : map);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size in CSS pixels
 */
function fitTo(canvas, size) {
  for (const side of /** @type {const} */ (["width", "height"])) {
    canvas.style[side] = `${size[side]}px`;
    const pixels = Math.round(size[side] * devicePixelRatio);
    if (canvas[side] !== pixels) canvas[side] = pixels; // set to what it is, it would be emptied and sent to the screen again
  }
}

/** @param {CanvasRenderingContext2D} context empty, and in CSS pixels from here on */
function cleared(context) {
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  return context;
}

function explanation() {
  const foot = element("div", { class: "explanation", "data-text": "" });
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
    element("span", {}, sample("#f59322", "7 6"), "negative weight"));
  return foot;
}
