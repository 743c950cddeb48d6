// One neuron by hand: its line on the map, to be dragged, three sliders, the update by the next example with its
// numbers, and the loss over both weights, which is exact: there is nothing else but b.

import { drawLand, drawWay } from "../draw/contours.js";
import { mapTopics } from "../model/big_map.js";
import {
  KINDS, NONE, distanceTo, isNeuron, kindOf, lineOf, movedTo, numberOf, ruleOf, turnedTo,
} from "../model/neuron.js";
import { fittingFrame, shownLosses } from "../model/run.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { drawPointMap } from "../ui/point_map.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { theme } from "../ui/theme.js";
import { pace, viewWords } from "../ui/view_words.js";

/** @typedef {import("../model/neuron.js").Weights} Weights */
/** @typedef {import("../model/neuron.js").Place} Place */

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]
const SEND_EVERY = 60; // milliseconds between two changes while something is dragged
const [NEAR, ON_LINE] = [0.9, 0.7]; // units of the plane: to a handle, and to the line
const NAMES = ["w₁", "w₂", "b"];
const MOST = [3, 3, 9]; // ends of the sliders

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountNeuron(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await Promise.all([loadStyle("inside"), loadStyle("neuron")]);
  const [field, marks] = [element("canvas"), element("canvas", { role: "img", tabIndex: 0 })];
  const square = element("div", { class: "neuron-map" }, field, marks);
  const land = element("canvas", { role: "img" });
  const valley = element("div", { class: "neuron-land" }, land);
  const sliders = NAMES.map((name, i) => {
    const input = element("input", { type: "range", min: String(-MOST[i]), max: String(MOST[i]), step: "0.01" });
    const value = element("output", {});
    input.oninput = () => change(/** @type {Weights} */ (weights().with(i, Number(input.value))));
    return { input, value, row: element("label", { class: "neuron-slider" }, element("span", {}, name), input, value) };
  });
  const kinds = KINDS.map(({ key, label, output, loss }) => {
    const input = element("input", { type: "radio", name: "neuron-kind", value: key });
    input.onchange = () => actions.configure({ output, loss });
    return { key, input, row: element("label", { class: "check" }, input, label) };
  });
  const rule = element("ol", { class: "neuron-rule", "aria-label": "The update by the next example" });
  const next = element("button", { type: "button", class: "small" }, "Next example");
  next.onclick = () => {
    if (runOf(model.get()).clock !== "example") actions.setClock("example");
    actions.step();
  };
  const empty = element("p", { class: "inside-empty", hidden: true });
  const all = element("div", { class: "neuron-all" }, square, valley,
    element("div", { class: "neuron-side" }, ...sliders.map(({ row }) => row),
      element("div", { class: "neuron-kinds", role: "radiogroup", "aria-label": "Kind of neuron" },
        ...kinds.map(({ row }) => row))),
    element("div", { class: "neuron-next" }, rule));
  root.append(element("div", { class: "inside-view neuron-view" }, all, empty));
  const { say } = viewWords(words, actions, { account, controls: [next] });

  actions.show((state) => {
    const { current: run } = state;
    if (!visible() || !isNeuron(runOf(state).spec)) return [];
    return [...mapTopics(state), { topic: "example", run },
      { topic: "landscape", run, mode: "weights", first: "0.0.0", second: "0.0.1" }];
  });

  /** @type {Weights|null} what is set by hand and not yet said by the server */
  let set = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  /** @type {number|"line"|null} the handle that is dragged, or the line */
  let held = null;

  /** @returns {Weights} */
  function weights() {
    const frame = fittingFrame(runOf(model.get()));
    return set ?? (frame ? [frame.params[0], frame.params[1], frame.params[2]] : [0, 0, 0]);
  }

  /** @param {Weights} now */
  function change(now) {
    set = now;
    later ??= setTimeout(send, SEND_EVERY);
    draw();
  }

  function send() {
    later = undefined;
    if (!set) return;
    actions.editWeight(0, 0, 0, set[0]);
    actions.editWeight(0, 0, 1, set[1]);
    actions.editBias(0, 0, set[2]);
  }

  /** What was set is what the server has: it may change by training from here on. */
  function settle() {
    const frame = fittingFrame(runOf(model.get()));
    if (!set || !frame || held !== null || later !== undefined) return;
    const isThere = set.every((value, i) => Math.abs(frame.params[i] - value) < 1e-4 * Math.max(1, Math.abs(value)));
    if (isThere || runOf(model.get()).playing) set = null;
  }

  function draw() {
    const state = model.get();
    const run = runOf(state);
    const { spec } = run;
    if (!visible() || !spec) return;
    const isShown = isNeuron(spec);
    all.hidden = next.hidden = !isShown;
    empty.hidden = isShown;
    empty.textContent = NONE;
    settle();
    say(isShown ? sentence() : "");
    if (!isShown) return;
    const now = weights();
    sliders.forEach(({ input, value }, i) => {
      input.disabled = state.watching;
      input.value = String(now[i]);
      value.textContent = numberOf(now[i], 2);
    });
    next.disabled = state.watching;
    const kind = kindOf(spec);
    for (const each of kinds) {
      each.input.checked = each.key === kind?.key;
      each.input.disabled = state.watching;
    }
    const { example } = run.parts;
    const point = example?.inputs ? { x: example.inputs[0], y: example.inputs[1] } : undefined;
    drawPointMap(state, run, { square, field, marks }, { ring: point, across: 90, test: false });
    drawLine(now);
    const named = NAMES.map((name, i) => `${name} ${numberOf(now[i], 2)}`).join(", ");
    marks.setAttribute("aria-label",
      `The line of the neuron, where its sum is 0: ${named}. Up and down move it, left and right turn it.`);
    const { inputs, targets, sums, outputs, deltas, before, after } = example ?? {};
    const isTraced = inputs && targets && sums && outputs && deltas && before && after && before.length === 3;
    const lines = isTraced ? ruleOf(/** @type {any} */ (example), kind) : [];
    rule.replaceChildren(...lines.map((line) => element("li", {}, line)));
    drawValley(run);
  }

  /** @param {Weights} now */
  function drawLine(now) {
    const line = lineOf(now);
    const side = marks.width;
    if (!line || !side) return;
    const context = contextOf(marks);
    const unit = side / (2 * EDGE);
    const spot = (/** @type {Place} */ { x, y }) => /** @type {const} */ ([(x + EDGE) * unit, (EDGE - y) * unit]);
    for (const [wide, shade] of /** @type {const} */ ([[5, "#fff"], [2.5, "#1b2127"]])) {
      context.lineWidth = wide * devicePixelRatio;
      context.strokeStyle = shade;
      context.beginPath();
      context.moveTo(...spot(line.ends[0]));
      context.lineTo(...spot(line.ends[1]));
      context.stroke();
    }
    for (const handle of line.handles) {
      context.beginPath();
      context.arc(...spot(handle), 6 * devicePixelRatio, 0, 2 * Math.PI);
      context.fillStyle = "#fff";
      context.fill();
      context.lineWidth = 2.5 * devicePixelRatio;
      context.strokeStyle = "#1b2127";
      context.stroke();
    }
  }

  /** @param {import("../model/run.js").Run} run */
  function drawValley({ parts: { landscape: part } }) {
    if (part?.mode !== "weights" || !part.heights || !part.window || !part.way) return;
    const scale = devicePixelRatio;
    const [width, height] = [land.clientWidth, land.clientHeight].map((size) => Math.round(size * scale));
    if (!width || !height) return;
    if (land.width !== width) land.width = width;
    if (land.height !== height) land.height = height;
    const { way } = part;
    const [left, low, right, high] = part.window;
    const places = Array.from({ length: part.shapes.way[0] }, (_, i) => {
      const at = 4 * i;
      return { x: (way[at + 1] - left) / (right - left), y: (way[at + 2] - low) / (high - low) };
    });
    const context = contextOf(land);
    const { heights, shapes: { heights: [side] } } = part;
    drawLand(context, { heights, side }, { width, height, scale, contours: true });
    const now = way[way.length - 1];
    drawWay(context, places, { width, height, scale, font: theme().font, start: "start", end: lossText(now) });
    land.setAttribute("aria-label", `The training loss over w₁, across from ${numberOf(left, 1)} to `
      + `${numberOf(right, 1)}, and w₂, up; b is as it is now. The ball is at ${lossText(now)}.`);
  }

  /** @param {PointerEvent} event */
  function placeOf({ clientX, clientY }) {
    const box = marks.getBoundingClientRect();
    const [across, down] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    return { x: across * 2 * EDGE - EDGE, y: EDGE - down * 2 * EDGE };
  }
  marks.onpointerdown = (event) => {
    const now = weights();
    const line = lineOf(now);
    if (!line || model.get().watching) return;
    const place = placeOf(event);
    const handle = line.handles.findIndex(({ x, y }) => Math.hypot(x - place.x, y - place.y) < NEAR);
    if (handle < 0 && distanceTo(now, place) > ON_LINE) return;
    held = handle < 0 ? "line" : handle;
    marks.setPointerCapture(event.pointerId);
  };
  marks.onpointermove = (event) => {
    if (held === null) return;
    change(held === "line" ? movedTo(weights(), placeOf(event)) : turnedTo(weights(), held, placeOf(event)));
  };
  marks.onpointerup = marks.onpointercancel = () => { held = null; };
  marks.onkeydown = (event) => {
    const line = lineOf(weights());
    const step = { ArrowUp: 0.2, ArrowDown: -0.2 }[event.key];
    const turn = { ArrowLeft: 0.1, ArrowRight: -0.1 }[event.key];
    if (!line || model.get().watching || (step === undefined && turn === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    const { middle } = line;
    if (step !== undefined) { // at right angles to it: an upright one goes to the right
      const [w1, w2] = weights();
      const part = (step * (w2 + w1 * 1e-3 > 0 ? 1 : -1)) / Math.hypot(w1, w2);
      return change(movedTo(weights(), { x: middle.x + part * w1, y: middle.y + part * w2 }));
    }
    const [{ x, y }] = line.handles;
    const [cos, sin] = [Math.cos(turn ?? 0), Math.sin(turn ?? 0)];
    const [across, up] = [x - middle.x, y - middle.y];
    change(turnedTo(weights(), 0, { x: middle.x + across * cos - up * sin, y: middle.y + across * sin + up * cos }));
  };

  function sentence() {
    const run = runOf(model.get());
    const [train] = shownLosses(run).map(lossText);
    return `Training loss ${train}. The ring is the next example; below, its update. ${pace(run)}`;
  }

  function account() {
    const run = runOf(model.get());
    const { spec, parts: { example } } = run;
    if (!spec || !isNeuron(spec)) return `One neuron. ${NONE}`;
    const kind = kindOf(spec);
    const told = weights().map((value, i) => `${NAMES[i]} is ${numberOf(value, 2)}`).join(", ");
    const lines = example?.inputs ? ruleOf(/** @type {any} */ (example), kind) : [];
    return `One neuron, ${kind?.label ?? "of another kind"}: ${told}. ${sentence()} ${lines.join("; ")}.`;
  }

  new ResizeObserver(draw).observe(all);
  onPixelRatio(draw);
  on(model, (state) => {
    const run = runOf(state);
    return [visible(), visible() && run.frame, visible() && run.points, run.spec, run.playing, state.watching,
      visible() && run.parts.example, visible() && run.parts.landscape, state.view.discretize];
  }, draw);
}
