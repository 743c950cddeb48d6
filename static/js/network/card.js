// The card: a neuron's formula with its numbers in it, and the numbers to change.

import { catalog } from "../model/catalog.js";
import { Masks, linkPart } from "../model/masks.js";
import { linkName, unitName, unitSign } from "../model/names.js";
import { activationsOf, inputsOf, layout, neuronOf, shapeKey } from "../model/network_shape.js";
import { fittingFrame } from "../model/run.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon } from "../ui/element.js";
import { entryField } from "../ui/entry.js";
import { lettersAreOn, takesLetters } from "../ui/letters.js";
import { loadStyle } from "../ui/style.js";
import { numberText, typedNumber } from "../ui/text.js";
import { activationChoice } from "./column_headers.js";
import { formulaText } from "./formula.js";

const LARGEST = catalog.limits.weight;
const DIGITS = 5; // of a weight in its field
const STEP = 0.1; // that an arrow key changes a weight by
const HOVER_DELAY = 300; // milliseconds: passing over a neuron is not asking about it
const GAP = 8; // CSS pixels
// What a click does, before and after it, each with its help. The first words name the keys.
const SWITCHES = /** @type {const} */ ([
  ["frozen", [["Freeze", "It keeps its weights while the rest learns."], ["Unfreeze", "It learns again."]]],
  ["cut", [
    ["Cut", "It carries nothing until it is restored; its weights are kept."],
    ["Restore", "It carries its values again."],
  ]],
]);

/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../model/masks.js").Link} Link */
/**
 * @typedef {object} Switch
 * @property {HTMLButtonElement} button
 * @property {import("../model/masks.js").Mask} mask
 * @property {string} part
 * @property {(isOn: boolean) => void} show says what a click does now
 */
/**
 * @typedef {object} Row a number of the parameter vector
 * @property {number} at
 * @property {string} label
 * @property {Link|null} link null for a bias
 * @property {(value: number) => void} edit
 */

/**
 * @param {HTMLElement} card
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {(unit: string) => DOMRect|null} options.boxOf where a unit of the network is on the screen
 * @param {HTMLElement} options.inside the panel of the network: the card covers neither the map, which one watches
 *   while changing a number, nor what it explains
 * @param {{x: number, y: number}} options.pointer where it is now, in CSS pixels of the window
 */
export async function mountCard(card, model, actions, { boxOf, inside, pointer }) {
  await loadStyle("card");
  const formula = element("p", { class: "formula" });
  /** @type {{field: ReturnType<typeof entryField>, row: Row, mark: HTMLElement}[]} */
  let inputs = [];
  /** @type {Switch[]} the first two are of what the card is about */
  let switches = [];
  /** @type {string|null} the neuron whose formula is shown */
  let explained = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  /** @type {Element|null} */
  let opener = null;
  let shownKey = "";
  addEventListener("pointermove", ({ clientX: x, clientY: y }) => { pointer = { x, y }; }, { passive: true });

  /** What there is to show: the pinned target wins over the hovered one. */
  function target() {
    const { pinned, hovered, hoveredLink } = model.get();
    if (pinned) return { ...pinned, fixed: true };
    if (hoveredLink) return { ...hoveredLink, fixed: false };
    return hovered && neuronOf(hovered) ? { kind: /** @type {const} */ ("neuron"), unit: hovered, fixed: false } : null;
  }

  function open() {
    clearTimeout(later);
    const shown = target();
    const { spec } = currentRun(model.get());
    if (!shown || !spec) return close();
    // The mouse may wander over other neurons while a number is typed here: the same card stays as it is.
    const key = JSON.stringify([shown, shapeKey(spec)]);
    if (shown.fixed && !card.hidden && key === shownKey) return refresh();
    shownKey = key;
    if (!shown.fixed && shown.kind !== "weight" && card.hidden) {
      later = setTimeout(() => fill(target()), HOVER_DELAY);
      return;
    }
    fill(shown);
  }

  /** @param {ReturnType<typeof target>} what */
  function fill(what) {
    const { spec } = currentRun(model.get());
    if (!what || !spec) return close();
    const { watching } = model.get();
    const link = what.kind === "weight" ? what : null;
    const unit = what.kind === "weight" ? `${what.layer}.${what.neuron}` : what.unit;
    const place = neuronOf(unit);
    if (!place) return close();
    explained = link ? null : unit;
    const all = rowsOf(place.layer, place.neuron, spec);
    inputs = (link ? [all[link.input]] : all).map((row) => {
      const isButton = explained && row.link && what.fixed;
      const mark = isButton && row.link ? linkButton(row.link) : element("span", { class: "mark" });
      return { row, field: numberField(row), mark };
    });
    const source = link?.layer === 0 ? spec.features[link.input] : null;
    switches = [
      ...switchesOf(link ? linkPart(link) : unit, link ? "this link" : "this neuron"),
      ...(source ? switchesOf(source, `input ${unitSign(source, spec)}`) : []),
    ];
    const closing = closeButton();
    const title = link ? linkName(link, spec) : unitName(unit, spec);
    card.classList.toggle("hovering", !what.fixed);
    card.setAttribute("aria-label", title);
    if (!what.fixed) card.replaceChildren(formula);
    else card.replaceChildren(
      element("div", { class: "card-head" }, element("h2", {}, title), closing),
      ...(explained ? [formula] : []),
      numbers(),
      ...(watching ? [] : [maskSwitches(), ...layerChoice(spec, place.layer)]),
      element("p", { class: "hint" }, hint(watching)));
    card.hidden = false;
    refresh();
    showMasks();
    put(link && !(what.fixed && opener) ? null : boxOf(unit), what.fixed);
    if (!what.fixed) return;
    opener ??= document.activeElement;
    // On a touch screen a focused number would bring up the keyboard over what was asked about.
    if (matchMedia("(pointer: coarse)").matches) closing.focus();
    else (what.kind === "bias" ? inputs[inputs.length - 1] : inputs[0])?.field.input.select();
  }

  function close() {
    clearTimeout(later);
    if (card.hidden) return;
    const isInside = card.contains(document.activeElement);
    card.hidden = true;
    explained = null;
    inputs = [];
    switches = [];
    if (isInside && opener instanceof HTMLElement) opener.focus();
    opener = null;
  }

  /**
   * The weights of a neuron, then its bias.
   * @param {number} layer
   * @param {number} neuron
   * @param {Spec} spec
   * @returns {Row[]}
   */
  function rowsOf(layer, neuron, spec) {
    const { inputs: count, weights, biases } = layout(spec)[layer];
    const sources = inputsOf(layer, spec);
    return [
      ...sources.map((source, input) => ({
        at: weights + neuron * count + input, label: `weight of ${unitSign(source, spec)}`,
        link: { layer, neuron, input },
        edit: (/** @type {number} */ value) => actions.editWeight(layer, neuron, input, value),
      })),
      { at: biases + neuron, label: "bias", link: null, edit: (value) => actions.editBias(layer, neuron, value) },
    ];
  }

  /**
   * From a neuron's card to that of one of its links.
   * @param {Link} link
   */
  function linkButton(link) {
    return element("button", {
      type: "button", class: "tiny quiet mark", onclick: () => actions.pin({ kind: "weight", ...link }),
    });
  }

  function closeButton() {
    return element("button", {
      type: "button", class: "tiny quiet", "aria-label": "Close", onclick: () => actions.pin(null),
    }, icon("close"));
  }

  function numbers() {
    return element("div", { class: "numbers" }, ...inputs.flatMap(({ row, field, mark }) => {
      return [element("label", { for: field.input.id }, row.label), field.input, mark, field.problem];
    }));
  }

  function maskSwitches() {
    return element("div", { class: "mask-switches" }, ...switches.map(({ button }) => button));
  }

  /**
   * @param {Spec} spec
   * @param {number} layer
   */
  function layerChoice(spec, layer) {
    if (!explained || layer >= spec.hidden.length) return [];
    const choice = activationChoice(spec, layer, false, actions);
    return [element("label", { class: "of-layer" }, `Activation of layer ${layer + 1}`, choice)];
  }

  /**
   * @param {string} part
   * @param {string} name
   * @returns {Switch[]}
   */
  function switchesOf(part, name) {
    return SWITCHES.map(([mask, words]) => {
      const said = element("span");
      const button = element("button", {
        type: "button", class: "small", onclick: () => actions.toggleMask(mask, part),
      }, icon(mask), said);
      /** @param {boolean} isOn */
      const show = (isOn) => {
        const [verb, help] = words[Number(isOn)];
        said.textContent = `${verb} ${name}`;
        button.title = `${help} (${words[0][0][0]})`;
      };
      return { mask, part, button, show };
    });
  }

  /** @param {Row} row */
  function numberField(row) {
    const { watching } = model.get();
    const largest = LARGEST.toLocaleString("en");
    const field = entryField({
      isNumber: true,
      read: (text) => {
        const value = typedNumber(text);
        return value !== undefined && Math.abs(value) <= LARGEST ? value : undefined;
      },
      take: row.edit,
      refusal: (text) => `The ${row.label} is “${text}”, but must be a number from −${largest} to ${largest}.`,
    });
    const { input } = field;
    input.readOnly = watching;
    input.id = `number-${row.at}`;
    input.addEventListener("keydown", (event) => {
      const step = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
      const value = typedNumber(input.value);
      if (!step || value === undefined || watching) return;
      event.preventDefault();
      row.edit(Number((value + step).toPrecision(DIGITS)));
    });
    return field;
  }

  function refresh() {
    const run = currentRun(model.get());
    const frame = fittingFrame(run);
    if (!frame || !run.spec || card.hidden) return;
    for (const { field, row } of inputs) {
      field.show(String(Number(frame.params[row.at].toPrecision(DIGITS))));
    }
    if (explained) formula.textContent = formulaText(explained, run.spec, frame.params);
    else if (card.matches(".hovering")) formula.textContent = `Weight ${numberText(frame.params[inputs[0].row.at])}`;
  }

  function showMasks() {
    const { spec } = currentRun(model.get());
    if (!spec || card.hidden) return;
    const masks = new Masks(spec);
    for (const { show, mask, part } of switches) show(masks[mask].has(part));
    for (const { row, mark } of inputs) {
      const { link } = row;
      const mask = link && masks.ofLink(link);
      const isButton = mark.tagName === "BUTTON";
      if (link && isButton) {
        const name = `The link from ${unitSign(inputsOf(link.layer, spec)[link.input], spec)} alone`;
        mark.title = mark.ariaLabel = name + (mask ? `, ${mask}: open its card` : ": freeze it, cut it");
      }
      const signs = mask ? [icon(mask), element("span", { class: "unseen" }, mask)] : isButton ? ["⋯"] : [];
      mark.replaceChildren(...signs);
    }
  }

  /**
   * A formula is wider than the gaps between neurons: while one points it stands over the legend. A weight stands at
   * the pointer. What is pinned stands at the side of the network that is farther from it or, where the network is
   * narrow, above or below it.
   * @param {DOMRect|null} box of a neuron; else the pointer is at a line
   * @param {boolean} fixed
   */
  function put(box, fixed) {
    const { offsetWidth: width, offsetHeight: height } = card;
    const anchor = box ?? new DOMRect(pointer.x - GAP, pointer.y - GAP, 2 * GAP, 2 * GAP);
    const [middle, centre] = [anchor.left + anchor.width / 2, anchor.top + anchor.height / 2];
    const panel = inside.getBoundingClientRect();
    let [x, y] = [middle - width / 2, anchor.bottom + GAP];
    if (fixed) {
      const isLeft = middle < panel.left + panel.width / 2;
      x = isLeft ? panel.right - width - GAP : panel.left + GAP;
      y = centre - height / 2;
      const isApart = isLeft ? x > anchor.right : x + width < anchor.left;
      if (!isApart) y = centre < innerHeight / 2 ? anchor.bottom + GAP : anchor.top - height - GAP;
    } else if (box) [x, y] = [panel.left + GAP, panel.bottom - height - GAP / 2];
    else if (y + height > innerHeight - GAP) y = anchor.top - height - GAP;
    card.style.left = `${Math.max(GAP, Math.min(innerWidth - width - GAP, x))}px`;
    card.style.top = `${Math.max(GAP, Math.min(innerHeight - height - GAP, y))}px`;
  }

  on(model, (state) => [state.pinned, state.hovered, state.hoveredLink, currentRun(state).restarts], open);
  on(model, (state) => [currentRun(state).frame, currentRun(state).spec], refresh);
  on(model, (state) => [currentRun(state).spec?.frozen, currentRun(state).spec?.cut], showMasks);
  on(model, (state) => [currentRun(state).spec?.activation, currentRun(state).spec?.activations], (state) => {
    const { spec } = currentRun(state);
    const choice = /** @type {HTMLSelectElement|null} */ (card.querySelector(".layer-activation"));
    if (choice && spec && explained) choice.value = activationsOf(spec)[neuronOf(explained)?.layer ?? 0];
  });
  card.onkeydown = (event) => {
    if (event.key === "Escape") actions.pin(null);
    const at = /** @type {Element} */ (event.target);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const own = isPlain && lettersAreOn() && !takesLetters(at) ? ["f", "c"].indexOf(event.key) : -1;
    if (own >= 0) switches[own]?.button.click();
    event.stopPropagation(); // a space or an arrow typed here is not a command
  };
  addEventListener("pointerdown", (event) => {
    const at = /** @type {Element} */ (event.target);
    if (model.get().pinned && !card.contains(at) && !at.closest(".net, .toasts")) actions.pin(null);
  });
}

/** @param {boolean} watching */
function hint(watching) {
  if (watching) return "Only the owner of this session can change it.";
  return "Type a number: loss, maps and curve follow at once.";
}
