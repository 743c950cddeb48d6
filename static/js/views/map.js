// The big map: the watched unit's output over the plane, the examples on it, the value under the pointer.

import { drawBigMap } from "../draw/field.js";
import { classColour } from "../draw/palette.js";
import { drawCross, drawPoints } from "../draw/points.js";
import { swatch } from "../draw/shapes.js";
import { bigMap, mapTopics } from "../model/big_map.js";
import { constraints } from "../model/catalog.js";
import { className } from "../model/names.js";
import { classOf, outputUnit } from "../model/network_shape.js";
import { classCount, lowest, outputCount, tellsProbability } from "../model/outputs.js";
import { fittingFrame } from "../model/run.js";
import { currentRun, watched } from "../model/state.js";
import { on } from "../model/store.js";
import { ownClassName } from "../model/tables.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { isTouch, numberText } from "../ui/text.js";
import { OUTPUT } from "../wire/protocol.js";

const EDGE = 6;
const TICKS = [-6, -4, -2, 0, 2, 4, 6].map((at) => ({ at, text: String(at).replace("-", "−") }));
const KEYS = "Arrow keys move a reading point.";
const KEY_STEP = 0.25;
const CROWD = 500; // points beyond which they are drawn smaller

/** @typedef {import("../model/catalog.js").Spec} Spec */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export function mountMap(root, model, actions, { visible, words = root, runOf = currentRun }) {
  const field = element("canvas");
  const label = `Decision map. ${KEYS}`;
  const marks = element("canvas", { tabIndex: 0, role: "img", "aria-label": label });
  const ticks = element("div", { "aria-hidden": "true" });
  const square = element("div", { class: "map-square" }, field, marks, ticks);
  const reading = element("p", { class: "reading", role: "status" });
  const legend = element("div", { class: "legend" });
  const toggles = element("div", { class: "toggles" },
    checkbox("Show test data", "showTestData"), checkbox("Discretize", "discretize"));
  root.append(square);
  const foot = element("div", { class: "map-foot" }, reading, legend, toggles);
  words.append(foot);
  const fieldContext = contextOf(field, { alpha: false });
  const marksContext = contextOf(marks);

  /**
   * @param {string} text
   * @param {"showTestData"|"discretize"} flag
   */
  function checkbox(text, flag) {
    const input = element("input", { type: "checkbox" });
    input.onchange = () => actions.look({ [flag]: input.checked });
    on(model, (state) => [state.view[flag]], (state) => { input.checked = state.view[flag]; });
    return element("label", { class: "check", "data-control": flag }, input, text);
  }

  /** @param {import("../model/state.js").State} state */
  const isCurve = (state) => constraints.isCurve(runOf(state).spec); // there is nothing to see from above
  actions.show((state) => (visible() && !isCurve(state) ? mapTopics(state) : []));

  function drawMap() {
    const state = model.get();
    const map = visible() ? bigMap(state, runOf(state)) : null;
    if (map) drawBigMap(fieldContext, map, state.view.discretize);
  }
  on(model, (state) => [visible(), fittingFrame(runOf(state)), state.view.discretize], drawMap);

  /** @type {typeof import("../draw/lights.js")|null} */
  let lights = null;
  function drawMarks() {
    const state = model.get();
    const { points, spec, clock, parts } = runOf(state);
    const { view: { showTestData, lecture }, pointer } = state;
    const side = Math.round(square.clientWidth * devicePixelRatio);
    if (side === 0) return;
    if (marks.width !== side) marks.width = marks.height = side;
    marksContext.clearRect(0, 0, side, side);
    if (points && spec) {
      const { rows, train, test } = points;
      const crowd = train + (showTestData ? test : 0) > CROWD ? 0.8 : 1;
      const radius = Math.max(2.5, square.clientWidth / 105) * devicePixelRatio * crowd;
      // On a projector a dark rim is seen, a light one is lost in the field.
      const look = { side, radius, classes: shapesOf(spec), outline: lecture ? "#14191d" : "#fff" };
      const batch = lights && clock !== "epoch" ? parts.batch : undefined;
      marksContext.globalAlpha = batch ? 0.35 : 1;
      if (showTestData) drawPoints(marksContext, rows, train, train + test, { ...look, test: true });
      drawPoints(marksContext, rows, 0, train, { ...look, test: false });
      marksContext.globalAlpha = 1;
      const lit = { ...look, test: false, byExamples: clock === "example" };
      if (batch) lights?.drawLights(marksContext, batch, points, lit);
    }
    if (pointer) {
      const scale = side / (2 * EDGE);
      drawCross(marksContext, (pointer.x + EDGE) * scale, (EDGE - pointer.y) * scale, devicePixelRatio);
    }
  }
  on(model, (state) => {
    const { points, spec, clock, parts } = runOf(state);
    const { showTestData, lecture } = state.view;
    const shapes = spec && shapesOf(spec);
    return [visible(), points?.rows, points?.train, shapes, showTestData, lecture, state.pointer, clock, parts.batch];
  }, drawMarks);
  on(model, (state) => [runOf(state).clock], async (state) => { // the batch lights up where it is stepped through
    if (lights || runOf(state).clock === "epoch") return;
    lights = await import("../draw/lights.js");
    drawMarks();
  });
  new ResizeObserver(drawMarks).observe(square);
  onPixelRatio(drawMarks);

  /** @type {typeof import("../ui/map_plane.js")|null} what stored data need, once there are some */
  let stored = null;
  /** @type {ReturnType<typeof import("../ui/map_plane.js").mapPlane>|null} */
  let plane = null;
  on(model, (state) => {
    const { points, spec } = runOf(state);
    return [spec?.data, points?.origin, points?.axes, state.tables];
  }, async (state) => {
    if (runOf(state).spec?.data && !plane) {
      stored = await import("../ui/map_plane.js");
      plane ??= stored.mapPlane(foot, model, actions);
    }
    const axes = plane?.show(runOf(model.get()));
    const labels = (/** @type {"x"|"y"} */ axis, /** @type {{at: number, text: string}[]} */ all) => {
      return all.map((tick) => tickLabel(axis, tick));
    };
    ticks.replaceChildren(...labels("x", axes?.across.ticks ?? TICKS), ...labels("y", axes?.up.ticks ?? TICKS));
    marks.ariaLabel = axes ? `Decision map, ${axes.said} ${KEYS}` : label;
    drawLegend();
  });

  on(model, (state) => {
    const { spec } = runOf(state);
    return [spec && scaleOf(spec, watched(state)), spec?.data];
  }, drawLegend);
  function drawLegend() {
    const { spec } = runOf(model.get());
    if (!spec) return;
    const unit = watched(model.get());
    legend.replaceChildren(...scale(spec, unit, stored?.targetEnds(spec, unit)));
    legend.ariaHidden = String(unit !== OUTPUT); // two numbers without the ramp between them say nothing
    legend.title = unit === OUTPUT
      ? "Each place has the colour of the class that wins there; a paler colour means the network is less sure." : "";
  }

  on(model, (state) => {
    const frame = fittingFrame(runOf(state));
    return [state.pointer, frame?.value, frame?.winner, watched(state)];
  }, (state) => {
    const { pointer } = state;
    const run = runOf(state);
    const frame = fittingFrame(run);
    const answer = !pointer || !frame || !run.spec || !Number.isFinite(frame.value) ? "…"
      : stored?.targetText(run.spec, watched(state), frame.value) ?? numberText(frame.value);
    const sure = run.spec && tellsProbability(run.spec) ? "probability " : "";
    const won = frame && frame.winner !== null && run.spec ? className(frame.winner, run.spec) : null;
    const value = won ? `${won}, ${sure}${answer}` : answer;
    const place = pointer && (plane?.place(pointer, run) ?? `${numberText(pointer.x)}, ${numberText(pointer.y)}`);
    reading.textContent = pointer ? `(${place}) → ${value}`
      : `${isTouch() ? "Tap" : "Point"} to read a value.`;
  });

  /** @param {PointerEvent} event */
  function point(event) {
    const box = square.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * EDGE - EDGE;
    const y = EDGE - ((event.clientY - box.top) / box.height) * 2 * EDGE;
    actions.point({ x: within(x), y: within(y) });
  }
  marks.onpointermove = point;
  marks.onpointerdown = (event) => {
    point(event);
    plane?.hold(model.get(), runOf(model.get()));
  };
  // A finger that has left has not taken its question back.
  marks.onpointerleave = (event) => { if (event.pointerType === "mouse") actions.point(null); };
  marks.onblur = () => actions.point(null);
  marks.onkeydown = (event) => {
    if (event.key === "Enter") return plane?.hold(model.get(), runOf(model.get()));
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = model.get().pointer ?? { x: 0, y: 0 };
    actions.point({ x: within(x + step[0] * KEY_STEP), y: within(y + step[1] * KEY_STEP) });
  };
}

/**
 * How many shapes tell the classes of points; 0 where the colour tells their value.
 * @param {Spec} spec
 */
const shapesOf = (spec) => (outputCount(spec) > 1 ? classCount(spec) : 0);

/**
 * What the scale depends on, as a text.
 * @param {Spec} spec
 * @param {string} unit
 */
const scaleOf = (spec, unit) => {
  return `${unit === OUTPUT} ${classOf(unit, spec)} ${outputCount(spec)} ${lowest(spec)} ${spec.class_names}`;
};

/**
 * What the colours of the unit's map mean.
 * @param {Spec} spec
 * @param {string} unit
 * @param {string[]|null} [raw] what the ends stand for in the data's own numbers
 */
function scale(spec, unit, raw) {
  if (unit === OUTPUT) {
    return Array.from({ length: outputCount(spec) }, (_, index) => {
      const name = ownClassName(index, spec);
      const word = element("span", { class: "unseen" }, "Class ");
      return element("span", { class: "class-mark", title: className(index, spec) },
        swatch(index), ...(name ? [name] : [word, String(index + 1)]));
    });
  }
  const own = classOf(unit, spec);
  const ramp = element("span", { class: "ramp" });
  if (own !== null) {
    const end = `color-mix(in srgb, ${classColour(own)} 60%, var(--zero))`; // as pale as the map
    ramp.style.background = `linear-gradient(90deg, var(--zero), ${end})`;
  }
  const ends = raw ?? (unit === outputUnit(spec) ? [0, 1].map((index) => ownClassName(index, spec)) : []);
  return [ends[0] ?? (own !== null && lowest(spec) === 0 ? "0" : "−1"), ramp, ends[1] ?? "1"];
}

/** @param {number} value */
const within = (value) => Math.max(-EDGE, Math.min(EDGE, Math.round(value * 100) / 100));

/**
 * @param {"x"|"y"} axis
 * @param {{at: number, text: string}} tick
 */
function tickLabel(axis, { at, text }) {
  const share = `${((at + EDGE) / (2 * EDGE)) * 100}%`;
  const label = element("span", { class: `axis ${axis}` }, text);
  if (axis === "x") label.style.left = share;
  else Object.assign(label.style, { bottom: share, transform: "translateY(50%)" });
  return label;
}
