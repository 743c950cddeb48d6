// One example, number by number: forward, loss, backward and the update, at one's own pace; and a quiz of the next
// number. To choose a point explains it and never changes the run: only Next example does.

import { mapTopics } from "../model/big_map.js";
import { drawnPoints } from "../model/drawing.js";
import { isRight, placeOf, remarksOf, stepsOf, typedNumber, weightName, weightsOf } from "../model/example.js";
import { inputLabel } from "../model/names.js";
import { layout, shapeKey } from "../model/network_shape.js";
import { outputCount } from "../model/outputs.js";
import { currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { broken, formula } from "../ui/math.js";
import { drawPointMap } from "../ui/point_map.js";
import { loadStyle } from "../ui/style.js";
import { numberText } from "../ui/text.js";

const EDGE = 6; // the plane is [-6, 6] x [-6, 6]
const REFRESH = 150; // milliseconds: numbers that change faster cannot be read
const SHARE = 1e-4; // of a gradient, by which nudging may differ from it; below SMALL it may be rounding
const SMALL = 1e-7;

/** @typedef {import("../model/example.js").Stage} Stage */
/** @type {[Stage, string][]} */
const STAGES = [["forward", "Forward"], ["loss", "Loss"], ["backward", "Backward"], ["update", "Update"]];

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountExample(root, model, actions, { visible, runOf = currentRun }) {
  await loadStyle("example");
  const { watching } = model.get();
  const [field, marks] = [element("canvas"), element("canvas", { tabIndex: 0, role: "img",
    "aria-label": "Map. Click a point to explain it; arrow keys go from point to point." })];
  const square = element("div", { class: "example-map" }, field, marks);
  const [title, facts] = [element("h3"), element("dl")];
  const following = element("button", { type: "button", class: "small", onclick: goOn });
  const box = element("input", { type: "checkbox", onchange: () => draw() });
  const quiz = element("label", { class: "check" }, box, "Quiz me");
  const read = element("button", {
    type: "button", class: "small", title: "What is there now, in words",
    onclick: () => actions.toast(account(), [], true),
  }, "Read me");
  const bar = element("div", { class: "stages", role: "group", "aria-label": "Stages" });
  const sum = element("div", { class: "sum" });
  const typed = element("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  const check = element("button", { type: "submit", class: "small" }, "Check");
  const reveal = element("button", { type: "button", class: "small", hidden: true, onclick: () => show(true) }, "Show");
  const sign = element("label", {});
  const back = element("button", { type: "button", class: "small back", onclick: () => go(at - 1) }, "Back");
  const next = element("button", { type: "button", class: "small forth", onclick: () => go(at + 1) }, "Next");
  const form = element("form", { class: "row answer", onsubmit: answer }, sign, typed, check, reveal, back, next);
  const chooser = element("select", { "aria-label": "Weight", onchange: chooseWeight });
  const said = element("p", { class: "note", role: "status" });
  const remarks = element("p", { class: "note" });
  root.append(element("div", { class: "example" },
    element("div", { class: "example-top" }, square, element("div", {}, title, facts)),
    element("div", { class: "row" }, following, chooser, quiz, read), bar, sum, form, said, remarks));
  following.hidden = quiz.hidden = watching;

  /** @type {number|null} id of the point that is chosen; null: the one that is next in line */
  let chosen = null;
  /** @type {import("../model/example.js").Weight} */
  let weight = { layer: 0, neuron: 0, input: 0 };
  let at = 0; // of the steps
  let known = true; // the number of the step is shown
  let wrong = 0; // answers to this question
  let shape = ""; // of the network that `weight` and the list of weights are of

  actions.show((state) => {
    if (!visible()) return [];
    const { input } = weight;
    const topic = { topic: /** @type {const} */ ("example"), run: state.current, layer: weight.layer,
      neuron: weight.neuron, ...(input === null ? {} : { input }), ...(chosen === null ? {} : { id: chosen }) };
    return [topic, ...mapTopics(state)];
  });

  /** What the server has told, if it is of this network. */
  function trace() {
    const { parts: { example }, spec } = runOf(model.get());
    if (!spec || !example?.before || !example.sums || !example.inputs) return null;
    const { biases, neurons } = layout(spec)[spec.hidden.length];
    const fits = example.before.length === biases + neurons && example.inputs.length === spec.features.length;
    return fits ? /** @type {import("../model/example.js").Trace & typeof example} */ (example) : null;
  }

  function steps() {
    const [{ spec }, found] = [runOf(model.get()), trace()];
    return spec && found ? stepsOf(spec, found, weight) : [];
  }

  /** @param {number} to the step */
  function go(to) {
    const all = steps();
    at = Math.max(0, Math.min(all.length - 1, to));
    [known, wrong, typed.value] = [!box.checked || watching, 0, ""];
    draw();
    const step = all[at];
    const name = step?.stage === "update" ? step.sign : step?.title; // there is room for no more beside the check
    said.textContent = step && known ? `${name}: ${numberText(step.value)}.${nudged()}` : "";
    if (!known) typed.focus();
  }

  /** @param {boolean} isGivenUp */
  function show(isGivenUp) {
    const step = steps()[at];
    known = true;
    draw();
    const praise = isGivenUp ? "" : ` ✓, you typed ${typed.value}`;
    said.textContent = `${step.title}: ${numberText(step.value)}${praise}.${nudged()}`;
    next.focus();
  }

  /** @param {SubmitEvent} event */
  function answer(event) {
    event.preventDefault();
    const [step, number] = [steps()[at], typedNumber(typed.value)];
    if (!step || known) return;
    if (number === null) {
      said.textContent = `“${typed.value.slice(0, 20)}” is not a number: type one such as 0.25.`;
      return;
    }
    if (isRight(number, step.value)) return show(false);
    wrong += 1;
    reveal.hidden = wrong < 2;
    said.textContent = `✗ Not ${typed.value}. ${wrong < 2 ? "Try again." : "Try again, or let it be shown."}`;
  }

  /** The check of the gradient, where it is shown. */
  function nudged() {
    const [{ spec }, found] = [runOf(model.get()), trace()];
    if (!spec || !found || steps()[at]?.stage !== "update" || !Number.isFinite(found.quotient)) return "";
    const own = found.gradient[placeOf(spec, weight)];
    const agrees = Math.abs(own - found.quotient) <= Math.max(SMALL, SHARE * Math.abs(own));
    return ` By nudging the weight: ${numberText(found.quotient)} ${agrees ? "✓" : "✗, where the loss has a corner"}.`;
  }

  /** What is there now, in words; what the quiz asks for is not given away. */
  function account() {
    const [{ spec }, found, all] = [runOf(model.get()), trace(), steps()];
    if (!spec || !found || all.length === 0) return "There is no example to explain.";
    const inputs = spec.features.map((key, i) => `${inputLabel(key, spec)} is ${numberText(found.inputs[i])}`);
    const step = all[at];
    const value = known ? `is ${numberText(step.value)}` : "is asked for";
    const [wanted, place] = [Array.from(found.targets, numberText).join(", "), `step ${at + 1} of ${all.length}`];
    const told = all.findIndex(({ stage }) => stage === "loss");
    const end = told < at || (told === at && known) ? ` The loss of this example is ${numberText(found.loss)}.` : "";
    const which = `${found.isTraining ? "Point" : "Test point"} ${found.point}${found.isNext ? ", next in line" : ""}`;
    return `${which}: ${inputs.join(", ")}; wanted is ${wanted}. Now ${place}: ${step.title} ${value}.${end}`;
  }

  function goOn() {
    const found = trace();
    if (chosen !== null && !found?.isNext) chosen = null;
    else {
      chosen = null;
      if (runOf(model.get()).clock !== "example") actions.setClock("example");
      actions.step();
    }
    actions.refreshTopics();
    go(0);
  }

  /** @param {number|null} id */
  function choose(id) {
    chosen = id;
    actions.refreshTopics();
    go(0);
  }

  function chooseWeight() {
    const { spec } = runOf(model.get());
    if (spec) weight = weightsOf(spec)[chooser.selectedIndex] ?? weight;
    actions.refreshTopics();
    go(steps().findIndex(({ stage }) => stage === "update"));
  }

  /** The list of weights, where the network has another shape. */
  function follow() {
    const { spec } = runOf(model.get());
    if (!spec || shape === shapeKey(spec)) return;
    shape = shapeKey(spec);
    [weight, at] = [{ layer: 0, neuron: 0, input: spec.features.length ? 0 : null }, 0];
    chooser.replaceChildren(...weightsOf(spec).map((each) => element("option", {}, weightName(spec, each))));
    actions.refreshTopics();
  }

  function draw() {
    if (!visible()) return;
    follow();
    const { spec, points } = runOf(model.get());
    const [found, all] = [trace(), steps()];
    if (!spec || !found || all.length === 0) {
      const isEmpty = points?.train === 0 && chosen === null;
      sum.textContent = isEmpty ? "There are no training points: choose a test point on the map." : "…";
      return actions.showPills(null);
    }
    at = Math.min(at, all.length - 1);
    const step = all[at];
    const outputs = all.filter(({ stage, sign: own }) => stage === "forward" && own === "a").slice(-outputCount(spec));
    const lossAt = all.findIndex(({ stage }) => stage === "loss");
    const isTold = (/** @type {number} */ place) => place < at || (place === at && known);
    const line = found.isNext ? ", next in line" : "";
    title.textContent = `${found.isTraining ? "Point" : "Test point"} ${found.point}${line}`;
    const given = spec.features.map((key, i) => [inputLabel(key, spec), numberText(found.inputs[i])]);
    facts.replaceChildren(...[...given.slice(0, 4),
      ["wanted", Array.from(found.targets, numberText).join(", ")],
      ["answered", isTold(lossAt - 1) ? outputs.map(({ value }) => numberText(value)).join(", ") : "?"],
      ["loss", isTold(lossAt) ? numberText(found.loss) : "?"],
    ].flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    following.textContent = found.isNext || chosen === null ? "Next example" : "Back to the next in line";
    following.title = "Trains by one example; weights change at the end of its batch.";
    bar.replaceChildren(...STAGES.map(([stage, label]) => {
      const own = all.flatMap((each, i) => (each.stage === stage ? [i] : []));
      const isHere = step.stage === stage;
      const place = own.indexOf(at) + 1;
      const button = element("button", { type: "button", class: isHere || own[0] < at ? "done" : "",
        onclick: () => go(own[0]) }, isHere && own.length > 1 ? `${label} ${place}/${own.length}` : label);
      if (isHere) button.setAttribute("aria-current", "step");
      return button;
    }));
    const most = Math.max(24, Math.floor(sum.clientWidth / 9.5));
    const lines = step.lines.flatMap((terms, i) => broken([...(i ? [] : [step.sign]), "=", ...terms], most));
    if (known) lines.push(["=", step.value]);
    sum.replaceChildren(element("h3", {}, step.title),
      ...lines.map((line, i) => element("p", { class: i ? "further" : "" }, formula(line))));
    sign.textContent = known ? "" : `${step.sign} =`;
    typed.setAttribute("aria-label", `${step.title}, as a number`);
    for (const each of [typed, check, sign]) each.hidden = known;
    reveal.hidden = known || wrong < 2;
    [back.disabled, next.disabled] = [at === 0, at === all.length - 1 || !known];
    remarks.textContent = step.stage === "update" ? remarksOf(spec).join(" ") : "";
    chooser.hidden = step.stage !== "update";
    chooser.selectedIndex = weightsOf(spec).findIndex((each) => weightName(spec, each) === weightName(spec, weight));
    /** @type {import("../model/example.js").Pill[]} */
    const pills = spec.features.map((unit, i) => ({ unit, text: numberText(found.inputs[i]), kind: "value" }));
    all.slice(0, at + 1).forEach(({ pill, value }, i) => {
      if (!pill) return;
      const [isDelta, isAsked] = [pill.kind === "delta", i === at && !known];
      pills.push({ unit: pill.unit, kind: isAsked ? "ask" : pill.kind,
        text: `${isDelta ? "δ " : ""}${isAsked ? "?" : numberText(value)}` });
    });
    actions.showPills(pills, step.sum);
    mark();
  }

  /** The small map, with a ring around the point. */
  function mark() {
    const [state, found] = [model.get(), trace()];
    const run = runOf(state);
    const ring = drawnPoints(run).find(({ id }) => id === found?.point);
    drawPointMap(state, run, { square, field, marks }, { ring, across: 90, test: false });
  }

  marks.onclick = (event) => {
    const rect = marks.getBoundingClientRect();
    const x = ((event.clientX - rect.left) / rect.width) * 2 * EDGE - EDGE;
    const y = EDGE - ((event.clientY - rect.top) / rect.height) * 2 * EDGE;
    const far = (/** @type {{x: number, y: number}} */ point) => Math.hypot(point.x - x, point.y - y);
    const [nearest] = drawnPoints(runOf(model.get())).toSorted((one, other) => far(one) - far(other));
    if (nearest) choose(nearest.id);
  };
  marks.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = drawnPoints(runOf(model.get()));
    const place = all.findIndex(({ id }) => id === (chosen ?? trace()?.point)) + step;
    if (all.length) choose(all[(place + all.length) % all.length].id);
  };

  on(model, (state) => {
    const run = runOf(state);
    return [visible(), run.parts.example, run.parts.map, run.points?.rows, run.spec];
  }, () => { if (visible()) draw(); }, whileTraining(REFRESH, runOf));
  on(model, () => [visible()], () => { if (!visible() && model.get().pills) actions.showPills(null); });
  new ResizeObserver(mark).observe(square);
}
