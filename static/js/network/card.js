// The card: a neuron's formula with its numbers in it, and the numbers to change.

import { catalog, fieldFromName } from "../model/catalog.js";
import { linkPart, Masks } from "../model/masks.js";
import { answerSign, linkName, unitName, unitSign } from "../model/names.js";
import { activationsOf, inputsOf, layerSizes, layout, neuronOf, parameterCount } from "../model/network_shape.js";
import { outputLabel } from "../model/outputs.js";
import { on } from "../model/store.js";
import { activationChoice } from "./column_headers.js";
import { unitBox } from "./network.js";
import { byId, element, icon } from "../ui/element.js";
import { shown } from "../ui/text.js";

const LARGEST = catalog.limits.weight;
const HOVER_DELAY = 300; // milliseconds: passing over a neuron is not asking about it

/** @typedef {import("../model/masks.js").Link} Link */
/** @typedef {{at: number, label: string, link: Link|null, edit: (value: number) => void}} Row a number of the parameter vector; link: null for a bias */
/** @typedef {{button: HTMLButtonElement, mask: import("../model/masks.js").Mask, part: string}} Switch */

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountCard(store, actions) {
  const card = byId("card");
  const formula = element("p", { class: "formula" });
  /** @type {{input: HTMLInputElement, row: Row, mark: HTMLElement}[]} */
  let inputs = [];
  /** @type {Switch[]} the first two are of what the card is about */
  let switches = [];
  /** @type {WeakSet<HTMLInputElement>} fields with something typed that is not yet taken */
  const typed = new WeakSet();
  /** @type {{unit: string}|null} */
  let explained = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  /** @type {Element|null} */
  let opener = null;
  let shownKey = "";
  let pointer = { x: 0, y: 0 };
  addEventListener("pointermove", ({ clientX, clientY }) => { pointer = { x: clientX, y: clientY }; }, { passive: true });

  /** What there is to show: the pinned target wins over the hovered one. */
  function target() {
    const { pinned, hovered, hoveredLink } = store.get();
    if (pinned) return { ...pinned, fixed: true };
    if (hoveredLink) return { ...hoveredLink, fixed: false };
    return hovered && neuronOf(hovered) ? { kind: /** @type {const} */ ("neuron"), unit: hovered, fixed: false } : null;
  }

  function open() {
    clearTimeout(later);
    const shownTarget = target();
    const { spec } = store.get();
    if (!shownTarget || !spec) return close();
    // The mouse may wander over other neurons while a number is typed here: the same card stays as it is.
    const key = JSON.stringify([shownTarget, spec.features, layerSizes(spec)]);
    if (shownTarget.fixed && !card.hidden && key === shownKey) return refresh();
    shownKey = key;
    if (!shownTarget.fixed && shownTarget.kind !== "weight" && card.hidden) {
      later = setTimeout(() => fill(target()), HOVER_DELAY);
      return;
    }
    fill(shownTarget);
  }

  /** @param {ReturnType<typeof target>} what */
  function fill(what) {
    const { spec } = store.get();
    if (!what || !spec) return close();
    const unit = what.kind === "weight" ? `${what.layer}.${what.neuron}` : what.unit;
    const place = neuronOf(unit);
    if (!place) return close();
    explained = what.kind === "weight" ? null : { unit };
    const all = rowsOf(place.layer, place.neuron);
    const rows = what.kind === "weight" ? [all[what.input]] : all;
    inputs = rows.map((row) => ({ row, input: numberInput(row), mark: explained && row.link && what.fixed ? linkButton(row.link) : element("span", { class: "mark" }) }));
    const title = what.kind === "weight" ? linkName(what, spec) : unitName(unit, spec);
    const { watching } = store.get();
    const closing = element("button", { type: "button", class: "tiny quiet", "aria-label": "Close", onclick: () => actions.pin(null) }, icon("close"));
    const numbers = element("div", { class: "numbers" }, ...inputs.flatMap(({ row, input, mark }) => [element("label", { for: input.id }, row.label), input, mark]));
    const source = what.kind === "weight" && what.layer === 0 ? spec.features[what.input] : null;
    switches = [...switchesOf(what.kind === "weight" ? linkPart(what) : unit, what.kind === "weight" ? "this link" : "this neuron"), ...(source ? switchesOf(source, `input ${unitSign(source)}`) : [])];
    const maskSwitches = element("div", { class: "mask-switches" }, ...switches.map(({ button }) => button));
    const ofLayer = explained && place.layer < spec.hidden.length ? element("label", { class: "of-layer" }, `Activation of layer ${place.layer + 1}`, activationChoice(spec, place.layer, watching, actions)) : null;
    const hint = watching ? "Only the owner of this session can change it."
      : what.fixed ? "Type a number: loss, maps and curve follow at once." : "Click to change.";
    card.classList.toggle("hovering", !what.fixed);
    card.setAttribute("aria-label", title);
    card.replaceChildren(
      element("header", {}, element("h3", {}, title), ...(what.fixed ? [closing] : [])),
      ...(explained ? [formula] : []),
      ...(what.fixed || what.kind === "weight" ? [numbers] : []),
      ...(what.fixed && !watching ? [maskSwitches, ...(ofLayer ? [ofLayer] : [])] : []),
      element("p", { class: "hint" }, hint));
    card.hidden = false;
    refresh();
    showMasks();
    put(what.kind === "weight" ? null : unitBox(unit));
    if (what.fixed) {
      opener ??= document.activeElement;
      // On a touch screen a focused number would bring up the keyboard over what was asked about.
      if (matchMedia("(pointer: coarse)").matches) closing.focus();
      else (what.kind === "bias" ? inputs[inputs.length - 1] : inputs[0])?.input.select();
    }
  }

  function close() {
    clearTimeout(later);
    if (card.hidden) return;
    const inside = card.contains(document.activeElement);
    card.hidden = true;
    explained = null;
    inputs = [];
    switches = [];
    if (inside && opener instanceof HTMLElement) opener.focus();
    opener = null;
  }

  /** @param {number} layer @param {number} neuron @returns {Row[]} the weights, then the bias */
  function rowsOf(layer, neuron) {
    const spec = /** @type {import("../model/catalog.js").Spec} */ (store.get().spec);
    const { inputs: count, weights, biases } = layout(spec)[layer];
    const sources = inputsOf(layer, spec);
    return [
      ...Array.from({ length: count }, (_, input) => ({
        at: weights + neuron * count + input, label: `weight of ${unitSign(sources[input])}`, link: { layer, neuron, input },
        edit: (/** @type {number} */ value) => actions.editWeight(layer, neuron, input, value),
      })),
      { at: biases + neuron, label: "bias", link: null, edit: (value) => actions.editBias(layer, neuron, value) },
    ];
  }

  /** From a neuron's card to that of one of its links. @param {Link} link */
  function linkButton(link) {
    const source = unitSign(inputsOf(link.layer, /** @type {import("../model/catalog.js").Spec} */ (store.get().spec))[link.input]);
    const label = `The link from ${source} alone: freeze it, cut it`;
    return element("button", { type: "button", class: "tiny quiet mark", "aria-label": label, title: label, onclick: () => actions.pin({ kind: "weight", ...link }) });
  }

  /** @param {string} part @param {string} of @returns {Switch[]} */
  function switchesOf(part, of) {
    return [/** @type {const} */ (["frozen", "Freeze", "It keeps its weights while the rest learns."]), /** @type {const} */ (["cut", "Cut", "It carries nothing until it is restored; its weights are kept."])].map(([mask, verb, help]) => ({
      mask, part,
      button: element("button", { type: "button", class: "small", "aria-pressed": "false", title: `${help} (${verb[0]})`, onclick: () => actions.toggleMask(mask, part) }, icon(mask), `${verb} ${of}`),
    }));
  }

  /** @param {Row} row */
  function numberInput(row) {
    const input = element("input", { type: "number", step: "0.1", readOnly: store.get().watching, id: `number-${row.at}` });
    input.onchange = () => {
      const value = input.valueAsNumber;
      typed.delete(input);
      if (Math.abs(value) <= LARGEST) row.edit(value);
      else {
        actions.toast(`The ${row.label} must be a number from −${LARGEST.toLocaleString("en")} to ${LARGEST.toLocaleString("en")}; it stays as it was.`);
        refresh();
      }
    };
    input.oninput = () => { typed.add(input); };
    input.onkeydown = (event) => { if (event.key === "Enter") input.select(); };
    return input;
  }

  function refresh() {
    const { frame, spec } = store.get();
    if (!frame || !spec || card.hidden || frame.restarts !== store.get().restarts || frame.params.length !== parameterCount(spec)) return;
    for (const { input, row } of inputs) {
      const text = String(Number(frame.params[row.at].toPrecision(5)));
      if (!typed.has(input) && input.value !== text) {
        input.value = text;
        if (input === document.activeElement) input.select();
      }
    }
    if (explained) formula.textContent = formulaText(explained.unit, spec, frame.params);
  }

  function showMasks() {
    const { spec } = store.get();
    if (!spec || card.hidden) return;
    const masks = new Masks(spec);
    for (const { button, mask, part } of switches) button.setAttribute("aria-pressed", String(masks[mask].has(part)));
    for (const { row, mark } of inputs) {
      const mask = row.link && masks.ofLink(row.link);
      mark.replaceChildren(...(mask ? [icon(mask), element("span", { class: "unseen" }, mask)] : mark.tagName === "BUTTON" ? ["⋯"] : []));
    }
  }

  /** Beside the neuron, or beside the pointer for a line; always inside the window. @param {DOMRect|null} box */
  function put(box) {
    const { offsetWidth: width, offsetHeight: height } = card;
    const anchor = box ?? new DOMRect(pointer.x, pointer.y, 1, 1);
    const right = anchor.right + 12;
    // Not over the big map, which is what one watches while changing a number.
    const edge = innerWidth > 1000 ? byId("stage").getBoundingClientRect().left - 16 : innerWidth - 8;
    const x = right + width > edge ? anchor.left - width - 12 : right;
    card.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, x))}px`;
    card.style.top = `${Math.max(8, Math.min(innerHeight - height - 8, anchor.top + anchor.height / 2 - 40))}px`;
  }

  on(store, (state) => [state.pinned, state.hovered, state.hoveredLink, state.restarts], open);
  on(store, (state) => [state.frame, state.spec], refresh);
  on(store, (state) => [state.spec?.frozen, state.spec?.cut], showMasks);
  on(store, (state) => [state.spec?.activation, state.spec?.activations], ({ spec }) => {
    const choice = /** @type {HTMLSelectElement|null} */ (card.querySelector(".layer-activation"));
    if (choice && spec && explained) choice.value = activationsOf(spec)[neuronOf(explained.unit)?.layer ?? 0];
  });
  card.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") actions.pin(null);
    const own = event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).matches("select") ? -1 : ["f", "c"].indexOf(event.key);
    if (own >= 0) switches[own]?.button.click();
    event.stopPropagation(); // a space or an arrow typed here is not a command
  };
  addEventListener("pointerdown", (event) => {
    const at = /** @type {Element} */ (event.target);
    if (store.get().pinned && !card.contains(at) && !at.closest(".net, .toasts")) actions.pin(null);
  });
}

/**
 * a₁ = tanh(0.42·x₁ − 0.31·x₂ + 0.10)
 * @param {string} unit
 * @param {import("../model/catalog.js").Spec} spec
 * @param {Float32Array} params
 */
function formulaText(unit, spec, params) {
  const { layer, neuron } = /** @type {{layer: number, neuron: number}} */ (neuronOf(unit));
  const { inputs, weights, biases } = layout(spec)[layer];
  const terms = inputsOf(layer, spec).map((source, input) => ({ value: params[weights + neuron * inputs + input], sign: `·${unitSign(source)}` }));
  const sum = [...terms, { value: params[biases + neuron], sign: "" }].map(({ value, sign }, i) => {
    const size = shown(Math.abs(value)) + sign;
    return i === 0 ? (value < 0 ? `−${size}` : size) : ` ${value < 0 ? "−" : "+"} ${size}`;
  }).join("");
  const isOutput = layer === spec.hidden.length;
  const activation = activationsOf(spec)[layer];
  const label = isOutput ? outputLabel(spec) : (fieldFromName.get("activation")?.choices?.find((choice) => choice.key === activation)?.label ?? activation).toLowerCase();
  return `${answerSign(unit, spec)} = ${label === "linear" ? sum : `${label}(${sum})`}`;
}
