// The network as a picture that is also the control: inputs, layers, neurons, lines.

import { finer } from "../draw/field.js";
import { geometry } from "../draw/geometry.js";
import { MOST, drawLines, drawSigns, widestLine } from "../draw/lines.js";
import { DISCRETE, SMOOTH, classRamp, colour } from "../draw/palette.js";
import { Sheet } from "../draw/sheet.js";
import { catalog, constraints, featureMap, featureOf } from "../model/catalog.js";
import { Masks } from "../model/masks.js";
import { inputLabel, unitName } from "../model/names.js";
import {
  activationsOf, layerSizes, layersDiffer, layout, neuronOf, outputUnit, shapeKey,
} from "../model/network_shape.js";
import { lowest, outputLabel } from "../model/outputs.js";
import { fittingFrame } from "../model/run.js";
import { currentRun, watched } from "../model/state.js";
import { on } from "../model/store.js";
import { factsOf, isOnPlane } from "../model/tables.js";
import { isWritten, writtenBefore, writtenMap } from "../model/written.js";
import { cleared, contextOf, fitTo, onPixelRatio } from "../ui/canvas.js";
import { element, icon } from "../ui/element.js";
import { createPopovers } from "../ui/popovers.js";
import { onTheme, remSize, theme } from "../ui/theme.js";
import { blindness, callouts } from "./callouts.js";
import { columnHeaders } from "./column_headers.js";
import { foldedNeurons } from "./folded.js";
import { legend } from "./legend.js";
import { indexOf, light, lineAt, makeLines } from "./links.js";
import { foldedButton, inputButton, neuronButton } from "./units.js";

const REFRESH = 75; // milliseconds
const MOST_REST = 140; // milliseconds more between two drawings of many links
const BUILD_AFTER = 100; // milliseconds

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../wire/frame.js").Frame} Frame */
/** @typedef {import("../draw/geometry.js").Place} Place */
/**
 * @typedef {object} Neuron a hidden or output neuron that has a map
 * @property {Place} place
 * @property {number|null} own the class that it is the output of
 * @property {HTMLElement} bias
 * @property {number} biasAt where its bias is in the parameter vector
 * @property {string} shade the colour of its bias as drawn
 */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns {{boxOf(unit: string): DOMRect|null, lines(): import("./links.js").Line[]}} boxOf: where a unit, or the
 *   popover it is in, is on the screen; lines: all that are drawn
 */
export function mountNetwork(root, model, actions) {
  const canvas = element("canvas", { class: "lines", "aria-hidden": "true" });
  const maps = element("canvas", { class: "maps", "aria-hidden": "true" });
  const [context, mapsContext] = [contextOf(canvas), contextOf(maps)];
  const units = element("div");
  const graph = element("div", { class: "graph" }, canvas, maps, units);
  const scroll = element("div", { class: "net-scroll" }, graph);
  const restore = element("button", {
    type: "button", class: "small restore", title: "Give back all that is frozen or cut", onclick: actions.restoreAll,
  });
  const { root: words, crowd } = legend();
  root.append(scroll, element("div", { class: "net-foot" }, words, restore));
  const popover = createPopovers(units);
  const forFingers = matchMedia("(pointer: coarse), (max-width: 43.99rem)"); // as network.css makes the buttons
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const spec = () => currentRun(model.get()).spec;

  /** @type {import("./links.js").Line[]} */
  let lines = [];
  /** @type {string|null} a neuron without a map that is pointed at: only then it has lines */
  let unfolded = null;
  /** @type {Map<string, HTMLButtonElement>} */
  let buttonFromUnit = new Map();
  /** @type {Neuron[]} in the order of a frame's maps */
  let neurons = [];
  /** @type {string[]} inputs in the picture, also those that are off */
  let offered = [];
  /** @type {(Place & {faint: boolean, dim?: boolean})[]} of the inputs, then of the neurons */
  let tiles = [];
  /** @type {Sheet} */
  let sheet;
  /** @type {import("../draw/geometry.js").Geometry} */
  let places;
  let widest = 0; // of the lines, in CSS pixels
  /** @type {typeof import("./columns.js")|null} what stored data need, once there are some */
  let columns = null;
  /** @type {Spec|null} of which all this was built */
  let built = null;
  /** @type {Frame|null} whose weights are drawn */
  let drawn = null;
  /** @type {Frame|null} and whose maps */
  let mapped = null;

  /** Everything that changes only with the shape of the network or of the window. */
  function build() {
    const { view, watching, enlarged: isMini } = model.get();
    const now = spec();
    if (!now || scroll.clientWidth === 0) return;
    if (!columns && !isOnPlane(now)) {
      import("./columns.js").then((module) => {
        columns = module;
        build();
      });
      return;
    }
    const focused = document.activeElement?.getAttribute("data-focus");
    const isOn = (/** @type {string} */ key) => now.features.includes(key);
    const known = inputsOffered(now).filter(({ key, basic }) => {
      return isOn(key) || (basic && !isMini && !view.hidden.includes(key) && constraints.hasFeature(key, now));
    });
    const own = now.features.filter(isWritten);
    for (const key of own) writtenBefore.add(key);
    const features = [...known, ...own.flatMap((key) => {
      const feature = featureOf(key);
      return feature ? { ...feature, label: inputLabel(key, now), formula: inputLabel(key, now) } : [];
    })];
    const sizes = layerSizes(now);
    const layers = layout(now);
    const scale = remSize() / 16;
    const { clientWidth: width, clientHeight: height } = scroll;
    const isDense = view.lecture || view.embed;
    places = geometry(
      width, height, features.length, sizes, layersDiffer(now), scale, isMini, isDense, forFingers.matches);
    graph.style.width = `${places.width}px`;
    graph.style.height = `${places.height}px`;
    for (const each of [canvas, maps]) fitTo(each, places);

    buttonFromUnit = new Map();
    const inputs = features.map((feature, i) => {
      const button = inputButton(feature, places.inputs[i], now, { fixed: watching || isMini, toggle: toggleFeature });
      return pointed(button, feature.key);
    });
    neurons = [];
    const cells = places.layers.flatMap((column, layer) => column.map((place, neuron) => {
      const unit = `${layer}.${neuron}`;
      const { button, bias, own } = neuronButton(unit, place, now, (kind) => actions.pin({ kind, unit }));
      neurons.push({ place, own, bias, biasAt: layers[layer].biases + neuron, shade: "" });
      return pointed(button, unit);
    }));
    widest = widestLine(Math.min(...neurons.map(({ place }) => place.size)));
    built = now;
    sheet = new Sheet(inputs.length + neurons.length);
    features.forEach((feature, i) => {
      if (columns && "counts" in feature) return sheet.put(i, columns.histogram(feature.counts), columns.HISTOGRAM);
      const map = isWritten(feature.key) ? writtenMap(feature.key, build)
        : featureMap(/** @type {import("../model/catalog.js").Feature} */ (feature));
      sheet.put(i, sized(map, places.inputs[i]), SMOOTH);
    });
    tiles = [
      ...features.map(({ key }, i) => ({ ...places.inputs[i], faint: !isOn(key) })),
      ...neurons.map(({ place }) => ({ ...place, faint: false })),
    ];
    const folds = places.folds.flatMap((place, layer) => {
      return place ? [foldedNeurons(popover, layer, sizes[layer], place, foldedCell)] : [];
    });
    offered = features.map((feature) => feature.key);
    const hiddenNow = () => spec()?.hidden ?? [];
    const headers = isMini ? []
      : columnHeaders(now, actions, { places, popover, watching, hiddenNow, toggleFeature });
    const said = isMini ? [] : [...callouts(places, remSize()), ...(now.features.length ? [] : [blindness(places)])];
    units.replaceChildren(...said, ...headers, ...inputs, ...cells, ...folds);
    lines = makeLines(now, placeOf);
    crowd.hidden = lines.length <= MOST;
    if (focused) restoreFocus(focused);
    drawn = null;
    showMasks();
    shine();
    mark();
  }

  /** The spotlight: on one unit and its lines, with all else dimmed; or off. */
  function shine() {
    const isDim = light(lines, model.get().spotlight, model.get().sum);
    [...buttonFromUnit].forEach(([unit, button], i) => { // the first ones are those that have maps
      button.classList.toggle("dim", isDim(unit));
      if (tiles[i]) tiles[i].dim = isDim(unit);
    });
    drawMaps();
    drawLinks();
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} unit that is shown large while the button is pointed at
   */
  function pointed(button, unit) {
    button.onpointerenter = () => actions.hover(unit);
    button.onpointerleave = () => actions.hover(null);
    button.onfocus = () => { if (button.matches(":focus-visible")) actions.hover(unit); };
    button.onblur = () => actions.hover(null);
    buttonFromUnit.set(unit, button);
    return button;
  }

  /**
   * @param {string} unit
   * @param {string} label
   */
  function foldedCell(unit, label) {
    const now = /** @type {Spec} */ (spec());
    return pointed(foldedButton(unit, label, now, () => actions.pin({ kind: "neuron", unit })), unit);
  }

  /**
   * A rebuilt button is another element: the keyboard must not lose its place.
   * @param {string} key
   */
  function restoreFocus(key) {
    /** @type {HTMLButtonElement|null} */
    const same = units.querySelector(`[data-focus="${CSS.escape(key)}"]`);
    if (same && !same.disabled) return same.focus();
    const enabled = "button:enabled";
    const neighbour = same?.parentElement?.querySelector(enabled) ?? units.querySelector(enabled);
    /** @type {HTMLElement|null} */ (neighbour)?.focus();
  }

  /**
   * All inputs that the data have, in the order in which a network takes them.
   * @param {Spec} now
   */
  const inputsOffered = (now) => (isOnPlane(now) ? catalog.features : columns?.tableInputs(now) ?? []);

  /** @param {string} key */
  function toggleFeature(key) {
    const now = spec();
    if (!now) return;
    const { features } = now;
    const wanted = features.includes(key) ? features.filter((each) => each !== key) : [...features, key];
    const known = inputsOffered(now).map((each) => each.key).filter((each) => wanted.includes(each));
    actions.configure({ features: [...known, ...wanted.filter(isWritten)] });
  }

  /**
   * Where a unit's lines begin and end: a neuron without a map has them only while it is pointed at.
   * @param {number} layer -1 for the inputs
   * @param {number} index
   * @returns {Place|undefined}
   */
  function placeOf(layer, index) {
    if (layer < 0) return places.inputs[offered.indexOf(spec()?.features[index] ?? "")];
    const folded = unfolded === `${layer}.${index}` ? places.folds[layer] : null;
    return places.layers[layer][index] ?? folded ?? undefined;
  }

  /** Show what is frozen and cut, and say it. */
  function showMasks() {
    const now = spec();
    if (!now) return;
    const masks = new Masks(now);
    for (const line of lines) line.mask = masks.ofLink(line.target);
    for (const [unit, button] of buttonFromUnit) {
      if (button.classList.contains("cell")) continue;
      const own = masks.ofUnit(unit);
      button.querySelector(".masks")?.remove();
      const icons = own.map((mask) => icon(mask));
      if (own.length) button.append(element("span", { class: "masks", "aria-hidden": "true" }, ...icons));
      // What stands beside and below the button.
      const tag = [button.dataset.range ?? "", unit === outputUnit(now) ? outputLabel(now) : ""].filter(Boolean);
      const what = neuronOf(unit) ? ". Open its numbers." : "";
      button.setAttribute("aria-label", [unitName(unit, now), ...tag, ...own].join(", ") + what);
    }
    restore.hidden = masks.count === 0 || model.get().watching;
    restore.textContent = `Restore all (${masks.count})`;
  }

  function drawMaps() {
    const now = spec();
    if (!now || !sheet) return;
    const frame = fitting();
    const { discretize } = model.get().view;
    const low = lowest(now);
    if (frame) neurons.forEach((neuron, i) => {
      const { own, place, bias, biasAt } = neuron;
      const ramp = own !== null ? classRamp(own, low, discretize) : discretize ? DISCRETE : SMOOTH;
      sheet.put(offered.length + i, sized(frame.small[i], place), ramp);
      // In steps too small to see: a style that changes is work for the whole page.
      const shade = colour(Math.round(20 * frame.params[biasAt]) / 20);
      if (shade !== neuron.shade) bias.style.background = neuron.shade = shade;
    });
    mapped = frame;
    sheet.draw(cleared(mapsContext), tiles);
  }

  function drawLinks() {
    const { hoveredLink, pinned } = model.get();
    const frame = fitting();
    if (!frame) return;
    if (frame !== drawn) for (const line of lines) line.weight = frame.params[line.at];
    drawn = frame;
    const chosen = indexOf(lines, hoveredLink ?? (pinned?.kind === "weight" ? pinned : null));
    // Only where it is needed: asking for the style is work.
    const ink = lines.some(({ mask }) => mask) ? getComputedStyle(canvas).color : "";
    const isMoving = currentRun(model.get()).playing && !still.matches;
    const { signs, lecture: bold } = model.get().view;
    drawLines(cleared(context), lines, { phase: isMoving ? performance.now() / 40 : null, chosen, ink, widest, bold });
    if (!signs && !bold) return;
    const look = theme();
    drawSigns(context, lines, { ink: look.ink, ground: look.panel, zoom: look.zoom });
  }

  /** The newest frame, if it is of the network that is built. */
  const fitting = () => built && fittingFrame(currentRun(model.get()), built);

  function mark() {
    const state = model.get();
    const now = spec();
    if (!now) return;
    const shown = watched(state);
    const isOutput = shown === outputUnit(now);
    for (const [unit, button] of buttonFromUnit) button.classList.toggle("watched", unit === shown && !isOutput);
    const place = neuronOf(shown);
    const folded = place && places?.folds[place.layer] && !places.layers[place.layer][place.neuron] ? shown : null;
    if (folded === unfolded) return;
    unfolded = folded;
    lines = makeLines(now, placeOf);
    drawn = null;
    shine();
  }

  units.addEventListener("click", (event) => { // a finger moves the spotlight, and does nothing else
    const isFinger = /** @type {PointerEvent} */ (event).pointerType === "touch";
    if (!isFinger || !model.get().spotlight || !/** @type {Element} */ (event.target).closest(".unit")) return;
    event.stopPropagation();
  }, true);
  canvas.onpointermove = (event) => actions.hoverLink(lineAt(lines, context, event)?.target ?? null);
  canvas.onpointerleave = () => actions.hoverLink(null);
  canvas.onclick = (event) => actions.pin(lineAt(lines, context, /** @type {PointerEvent} */ (event))?.target ?? null);

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let building;
  /** With the first frame of the new shape or, where that is long in coming, without: to build twice would delay it. */
  function buildSoon() {
    clearTimeout(building);
    building = undefined;
    if (fittingFrame(currentRun(model.get()))) return build();
    building = setTimeout(() => {
      building = undefined;
      build();
    }, BUILD_AFTER);
  }
  const frameOf = (/** @type {State} */ state) => [currentRun(state).frame];
  const isTraining = () => {
    const { playing, frame } = currentRun(model.get());
    return playing && frame?.restarts === drawn?.restarts;
  };
  on(model, (state) => [buildKey(state)], buildSoon);
  on(model, frameOf, () => { if (building !== undefined) buildSoon(); });
  on(model, () => [spec()?.frozen, spec()?.cut], () => {
    showMasks();
    drawLinks();
  });
  // What was built with a frame has it already.
  on(model, frameOf, () => { if (fitting() !== mapped) drawMaps(); }, () => (isTraining() ? REFRESH : 0));
  // Hundreds of dashed curves are most of what a frame costs: the more there are, the less often they move.
  on(model, frameOf, () => { if (fitting() !== drawn) drawLinks(); },
    () => (isTraining() ? REFRESH + Math.min(MOST_REST, lines.length / 3) : 0));
  on(model, (state) => [state.hoveredLink, state.pinned, state.view.signs, state.view.lecture], drawLinks);
  on(model, ({ spotlight, sum }) => [spotlight, sum], shine);
  onTheme(drawLinks);
  on(model, (state) => [state.view.discretize], drawMaps);
  on(model, (state) => [watched(state)], mark);
  on(model, (state) => [state.hoveredLink], ({ hoveredLink }) => {
    canvas.style.cursor = hoveredLink ? "pointer" : "";
  });
  new ResizeObserver(build).observe(scroll);
  onPixelRatio(build);
  forFingers.addEventListener("change", build);

  return {
    lines: () => lines,
    boxOf(unit) {
      const button = root.querySelector(`[data-unit="${CSS.escape(unit)}"]`);
      return (button?.closest(".popover-box") ?? button)?.getBoundingClientRect() ?? null;
    },
  };
}

/**
 * All that the picture is built from, as a text.
 * @param {State} state
 */
function buildKey(state) {
  const { enlarged, view } = state;
  const { spec } = currentRun(state);
  const own = spec && layersDiffer(spec) && activationsOf(spec);
  const isDense = view.lecture || view.embed;
  const data = spec && spec.data && [spec.data, factsOf(spec) !== null];
  return spec && JSON.stringify([shapeKey(spec), outputLabel(spec), own, view.hidden, isDense, enlarged, data]);
}

/**
 * A map of more samples where a unit is large enough to show the single ones.
 * @param {Uint8Array} map
 * @param {Place} place
 */
const sized = (map, { size }) => (size > 3 * Math.sqrt(map.length) ? finer(map) : map);
