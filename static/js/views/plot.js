// What the place of the map shows of a network with one input: its curve over the points, and the value under the
// pointer.

import { drawAxes, drawCurve, drawShares, heightOf, onPlot, TOP, valueAt } from "../draw/plot.js";
import { drawCross, drawPoints } from "../draw/points.js";
import { constraints } from "../model/catalog.js";
import { neuronOf } from "../model/network_shape.js";
import { currentRun, watched } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { isTouch, numberText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";

const EDGE = 6;
const ACROSS = [-6, -4, -2, 0, 2, 4, 6];
const UP = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
const KEY_STEP = 0.25;

/**
 * Beside the map in the same place: the root and the place of words have the class "plotted" while there is a curve.
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export function mountPlot(root, model, actions, { visible, words = root, runOf = currentRun }) {
  const label = "The network as a curve over the points. Left and right arrow keys move a reading point.";
  const canvas = element("canvas", { tabIndex: 0, role: "img", "aria-label": label });
  const square = element("div", { class: "map-square plot" }, canvas,
    ...ACROSS.map((tick) => axisLabel("x", tick, EDGE)), ...UP.map((tick) => axisLabel("y", tick, TOP)));
  const reading = element("p", { class: "reading", role: "status" });
  const shares = element("input", { type: "checkbox" });
  const toggles = element("div", { class: "toggles" },
    element("label", { class: "check", title: "Activation times weight of each neuron before the output; with the "
      + "bias they add up to the curve" }, shares, "What each neuron adds"), testSwitch());
  root.append(square);
  words.append(element("div", { class: "map-foot plot" }, reading, toggles));
  const context = contextOf(canvas);

  function testSwitch() {
    const input = element("input", { type: "checkbox" });
    input.onchange = () => actions.look({ showTestData: input.checked });
    on(model, (state) => [state.view.showTestData], (state) => { input.checked = state.view.showTestData; });
    return element("label", { class: "check", "data-control": "showTestData" }, input, "Show test data");
  }

  /** @param {import("../model/state.js").State} state */
  function isCurve(state) {
    const { spec } = runOf(state);
    return spec !== null && constraints.isCurve(spec);
  }
  on(model, (state) => [isCurve(state)], (state) => {
    for (const each of [root, words]) each.classList.toggle("plotted", isCurve(state));
  });
  actions.show((state) => {
    if (!visible() || !isCurve(state)) return [];
    return [{ topic: "curve", run: state.current, shares: shares.checked }];
  });
  shares.onchange = () => {
    actions.refreshTopics();
    draw();
  };

  /** @param {import("../model/state.js").State} state */
  const part = (state) => (isCurve(state) ? runOf(state).parts.curve : undefined);

  function draw() {
    const state = model.get();
    const { points, spec } = runOf(state);
    const side = Math.round(square.clientWidth * devicePixelRatio);
    if (!visible() || !isCurve(state) || side === 0) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    context.clearRect(0, 0, side, side);
    const look = { side, scale: devicePixelRatio, ...theme() };
    const { view: { showTestData }, pointer } = state;
    drawAxes(context, look);
    if (points && spec) {
      const rows = onPlot(points.rows);
      const radius = Math.max(2.5, square.clientWidth / 105) * devicePixelRatio;
      const marks = { side, radius, classes: 0, outline: look.muted }; // white is not seen on paper
      if (showTestData) drawPoints(context, rows, points.train, points.train + points.test, { ...marks, test: true });
      drawPoints(context, rows, 0, points.train, { ...marks, test: false });
    }
    const found = part(state);
    if (!found?.curve) return;
    if (shares.checked && found.shares && spec) {
      const neuron = neuronOf(watched(state));
      const chosen = neuron?.layer === spec.hidden.length - 1 ? neuron.neuron : -1;
      drawShares(context, found.shares, found.shapes.shares?.[0] ?? 1, chosen, look);
    }
    drawCurve(context, found.curve, look);
    if (pointer) {
      const y = heightOf(valueAt(found.curve, pointer.x), side);
      drawCross(context, ((pointer.x + EDGE) / (2 * EDGE)) * side, y, devicePixelRatio);
    }
  }
  on(model, (state) => {
    const { points } = runOf(state);
    const { showTestData } = state.view;
    return [visible(), part(state), points?.rows, points?.train, showTestData, state.pointer, watched(state)];
  }, draw);
  new ResizeObserver(draw).observe(square);
  onPixelRatio(draw);
  onTheme(draw);

  on(model, (state) => [isCurve(state) && state.pointer, part(state)], (state) => {
    const { pointer } = state;
    const curve = part(state)?.curve;
    const value = pointer && curve ? numberText(valueAt(curve, pointer.x)) : "…";
    reading.textContent = pointer ? `${numberText(pointer.x)} → ${value}`
      : `${isTouch() ? "Tap" : "Point"} to read a value.`;
  });

  /** @param {number} x */
  const pointAt = (x) => actions.point({ x: Math.max(-EDGE, Math.min(EDGE, Math.round(x * 100) / 100)), y: 0 });

  /** @param {PointerEvent} event */
  function point(event) {
    const box = square.getBoundingClientRect();
    pointAt(((event.clientX - box.left) / box.width) * 2 * EDGE - EDGE);
  }
  canvas.onpointermove = point;
  canvas.onpointerdown = point;
  canvas.onpointerleave = (event) => { if (event.pointerType === "mouse") actions.point(null); };
  canvas.onblur = () => actions.point(null);
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    pointAt((model.get().pointer?.x ?? 0) + step * KEY_STEP);
  };
}

/**
 * @param {"x"|"y"} axis
 * @param {number} tick
 * @param {number} end of the axis
 */
function axisLabel(axis, tick, end) {
  const found = element("span", { class: `axis ${axis}`, "aria-hidden": "true" }, String(tick).replace("-", "−"));
  const share = `${((tick + end) / (2 * end)) * 100}%`;
  if (axis === "x") found.style.left = share;
  else [found.style.bottom, found.style.transform] = [share, "translateY(50%)"];
  return found;
}
