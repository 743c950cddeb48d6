// The big map: the watched unit's output over the plane, the examples on it, the value under the pointer.

import { drawClasses, drawFiner } from "../draw/field.js";
import { classColour, classRamp, DISCRETE, SMOOTH } from "../draw/palette.js";
import { drawCross, drawPoints } from "../draw/points.js";
import { swatch } from "../draw/shapes.js";
import { className } from "../model/names.js";
import { classOf } from "../model/network_shape.js";
import { classCount, lowest, outputCount, tellsProbability } from "../model/outputs.js";
import { watched } from "../model/state.js";
import { on } from "../model/store.js";
import { byId, element } from "../ui/element.js";
import { shown } from "../ui/text.js";
import { OUTPUT } from "../wire/protocol.js";

const EDGE = 6;
const TICKS = [-6, -4, -2, 0, 2, 4, 6];
const KEY_STEP = 0.25;

/**
 * @param {HTMLElement} root
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 * @param {() => boolean} visible
 */
export function mountMap(root, store, actions, visible) {
  const field = element("canvas");
  const marks = element("canvas", { tabIndex: 0, role: "img", "aria-label": "Decision map. Arrow keys move a reading point." });
  const square = element("div", { class: "map-square" }, field, marks, ...TICKS.flatMap(axisLabels));
  const reading = element("p", { class: "reading", role: "status" });
  const legend = element("div", { class: "legend" });
  const test = checkbox("Show test data", "showTestData");
  const discrete = checkbox("Discretize", "discretize");
  root.append(square, element("div", { class: "map-foot" }, reading, legend, element("div", { class: "toggles" }, test.root, discrete.root)));

  /** @param {string} label @param {"showTestData"|"discretize"} flag */
  function checkbox(label, flag) {
    const input = element("input", { type: "checkbox" });
    input.onchange = () => actions.look({ [flag]: input.checked });
    const holder = element("label", { class: "check", "data-control": flag }, input, label);
    on(store, (state) => [state.view[flag]], (state) => { input.checked = state.view[flag]; });
    return { root: holder };
  }

  // On a small screen the map scrolls away: a small one stays in the bar that does not.
  const peek = byId("peek");
  const peekContext = peek.querySelector("canvas").getContext("2d", { alpha: false });
  let peeking = false; // asked of the layout for every frame, it would have to be worked out for every frame
  new ResizeObserver(([{ contentRect }]) => { peeking = contentRect.width > 0; drawMap(); }).observe(peek);
  peek.onclick = () => square.scrollIntoView({ block: "center" });

  const fieldContext = /** @type {CanvasRenderingContext2D} */ (field.getContext("2d", { alpha: false }));
  const marksContext = /** @type {CanvasRenderingContext2D} */ (marks.getContext("2d"));

  function drawMap() {
    const { frame, spec, view } = store.get();
    if (!frame || !spec) return;
    const contexts = [...(visible() ? [fieldContext] : []), ...(peeking ? [peekContext] : [])];
    if (contexts.length === 0) return;
    if (frame.classMap) {
      for (const context of contexts) drawClasses(context, frame.classMap, view.discretize);
      return;
    }
    const unit = watched(store.get());
    if (frame.big.length === 0 || unit === OUTPUT) return; // not yet the map that is asked for
    const own = classOf(unit, spec);
    const ramp = own === null ? (view.discretize ? DISCRETE : SMOOTH) : classRamp(own, lowest(spec), view.discretize);
    for (const context of contexts) drawFiner(context, frame.big, ramp);
  }
  on(store, (state) => [visible(), state.frame, state.view.discretize], drawMap);

  function drawMarks() {
    const { points, spec, view, pointer } = store.get();
    const side = Math.round(square.clientWidth * devicePixelRatio);
    if (side === 0) return;
    if (marks.width !== side) marks.width = marks.height = side;
    marksContext.clearRect(0, 0, side, side);
    if (points && spec) {
      const classes = shapesOf(spec);
      const crowd = points.train + (view.showTestData ? points.test : 0) > 500 ? 0.8 : 1;
      const radius = Math.max(2.5, square.clientWidth / 105) * devicePixelRatio * crowd;
      if (view.showTestData) drawPoints(marksContext, points.rows, points.train, points.train + points.test, { side, radius, test: true, outline: "#222", classes });
      drawPoints(marksContext, points.rows, 0, points.train, { side, radius, test: false, outline: "#fff", classes });
    }
    if (pointer) drawCross(marksContext, ((pointer.x + EDGE) / (2 * EDGE)) * side, ((EDGE - pointer.y) / (2 * EDGE)) * side, devicePixelRatio);
  }
  on(store, (state) => [visible(), state.points?.rows, state.points?.train, state.spec && shapesOf(state.spec), state.view.showTestData, state.pointer], drawMarks);
  new ResizeObserver(drawMarks).observe(square);

  on(store, (state) => [state.spec && scaleOf(state.spec, watched(state))], ({ spec }) => {
    if (!spec) return;
    const unit = watched(store.get());
    legend.replaceChildren(...scale(spec, unit));
    legend.ariaHidden = String(unit !== OUTPUT); // two numbers without the ramp between them say nothing
    legend.title = unit === OUTPUT ? "Each place in the colour of the class that wins there: the paler, the closer the next one." : "";
  });
  on(store, (state) => [state.pointer, state.frame?.value, state.frame?.winner, watched(state)], ({ pointer, frame, spec }) => {
    const answer = pointer && frame && Number.isFinite(frame.value) ? shown(frame.value) : "…";
    const sure = spec && tellsProbability(spec) ? "probability " : "";
    const value = frame && frame.winner !== null ? `${className(frame.winner)}, ${sure}${answer}` : answer;
    reading.textContent = pointer ? `(${shown(pointer.x)}, ${shown(pointer.y)}) → ${value}` : "Point to read a value.";
  });

  /** @param {PointerEvent} event */
  function point(event) {
    const box = square.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * EDGE - EDGE;
    const y = EDGE - ((event.clientY - box.top) / box.height) * 2 * EDGE;
    actions.point({ x: within(x), y: within(y) });
  }
  marks.onpointermove = point;
  marks.onpointerdown = point;
  // A finger that has left has not taken its question back.
  marks.onpointerleave = (event) => { if (event.pointerType === "mouse") actions.point(null); };
  marks.onblur = () => actions.point(null);
  marks.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = store.get().pointer ?? { x: 0, y: 0 };
    actions.point({ x: within(x + step[0] * KEY_STEP), y: within(y + step[1] * KEY_STEP) });
  };
}

/**
 * How many shapes tell the classes of points; 0 where the colour tells their value.
 * @param {import("../model/catalog.js").Spec} spec
 */
const shapesOf = (spec) => (outputCount(spec) > 1 ? classCount(spec) : 0);

/**
 * What the scale depends on, as a text.
 * @param {import("../model/catalog.js").Spec} spec
 * @param {string} unit
 */
const scaleOf = (spec, unit) => `${unit === OUTPUT} ${classOf(unit, spec)} ${outputCount(spec)} ${lowest(spec)}`;

/**
 * What the colours of the unit's map mean.
 * @param {import("../model/catalog.js").Spec} spec
 * @param {string} unit
 */
function scale(spec, unit) {
  if (unit === OUTPUT) {
    return Array.from({ length: outputCount(spec) }, (_, index) => element("span", { class: "class-mark", title: className(index) }, swatch(index), element("span", { class: "unseen" }, "Class "), String(index + 1)));
  }
  const own = classOf(unit, spec);
  const ramp = element("span", { class: "ramp" });
  if (own !== null) ramp.style.background = `linear-gradient(90deg, var(--zero), ${classColour(own)})`;
  return [own !== null && lowest(spec) === 0 ? "0" : "−1", ramp, "1"];
}

/** @param {number} value */
const within = (value) => Math.max(-EDGE, Math.min(EDGE, Math.round(value * 100) / 100));

/** @param {number} tick */
function axisLabels(tick) {
  const text = String(tick).replace("-", "−");
  const share = `${((tick + EDGE) / (2 * EDGE)) * 100}%`;
  const x = element("span", { class: "axis x", "aria-hidden": "true" }, text);
  x.style.left = share;
  const y = element("span", { class: "axis y", "aria-hidden": "true" }, text);
  y.style.bottom = share;
  y.style.transform = "translateY(50%)";
  return [x, y];
}
