// Importance: the training loss without each input, neuron and link, as heat on the network and as a table.

import { unitName } from "../model/names.js";
import { layout, inputsOf } from "../model/network_shape.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { pace, viewWords } from "../ui/view_words.js";

const KEY = "importance";
const MOST = 200; // rows
const SETTLED = 250; // milliseconds: rows that move faster cannot be clicked

/** @typedef {"units"|"links"} Which */
/** @typedef {{part: string, name: string, loss: number, at: number}} Row at: place of a link in the parameters */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountImportance(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("inside");
  /** @type {Which} */
  let which = "units";
  const body = element("tbody");
  const table = element("table", { class: "inside-table" }, element("thead", {}, element("tr", {},
    ...["Without", "Loss", "Worth"].map((text) => element("th", { scope: "col" }, text)))), body);
  const empty = element("p", { class: "waiting" });
  const holder = element("div", { class: "inside-scroll", tabIndex: 0, "aria-label": "Importance" }, table, empty);
  holder.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  root.append(element("div", { class: "inside-view" }, holder));
  const select = element("select", { "aria-label": "Parts", onchange: () => {
    which = /** @type {Which} */ (select.value);
    draw();
  } }, element("option", { value: "units" }, "Inputs and neurons"), element("option", { value: "links" }, "Links"));
  const prune = element("button", { type: "button", class: "small", onclick: () => {
    const [least] = found();
    if (least) actions.toggleMask("cut", least.part);
  } }, "Prune the least");
  const { say } = viewWords(words, actions, { account, controls: [select, prune] });
  let isMarked = false;

  actions.show(({ current: run }) => (visible() ? [{ topic: "importance", run }] : []));

  /** The newest record, if it is of a network of this shape. */
  function newest() {
    const { parts: { importance }, spec } = runOf(model.get());
    if (!importance || !spec) return null;
    const { withoutUnits } = importance;
    return withoutUnits?.length === unitsOf(spec).length ? { importance, withoutUnits, spec } : null;
  }

  /** @param {Which} [of] @returns {Row[]} what is not cut, the least first */
  function found(of = which) {
    const now = newest();
    if (!now) return [];
    const { importance: { withoutLinks }, withoutUnits, spec } = now;
    const cut = new Set(spec.cut);
    /** @type {Row[]} */
    const rows = [];
    if (of === "units") {
      const units = unitsOf(spec);
      units.forEach((part, i) => rows.push({ part, name: unitName(part, spec), loss: withoutUnits[i], at: -1 }));
    } else if (withoutLinks) {
      let i = 0;
      layout(spec).forEach(({ inputs, neurons, weights }, layer) => {
        const from = inputsOf(layer, spec).map((unit) => unitName(unit, spec));
        for (let neuron = 0; neuron < neurons; neuron++) {
          const to = unitName(`${layer}.${neuron}`, spec);
          for (let input = 0; input < inputs; input++, i++) {
            const at = weights + neuron * inputs + input;
            const [part, name] = [`${layer}.${neuron}.${input}`, `${from[input]} → ${to}`];
            rows.push({ part, name, loss: withoutLinks[i], at });
          }
        }
      });
    }
    return rows.filter(({ part }) => !cut.has(part)).sort((a, b) => a.loss - b.loss);
  }

  function draw() {
    if (!visible()) {
      if (isMarked) actions.mark(KEY, null);
      isMarked = false;
      return;
    }
    const run = runOf(model.get());
    const whole = run.parts.importance?.whole ?? NaN;
    const rows = found();
    empty.hidden = rows.length > 0;
    empty.textContent = run.parts.importance ? Number.isNaN(whole) ? "There are no training points."
      : "This network has too many links to leave out each of them." : "Measuring…";
    table.hidden = !rows.length;
    prune.hidden = model.get().watching;
    prune.disabled = !rows.length;
    prune.title = rows.length ? `Cut ${rows[0].name}` : "";
    say(`The training loss is ${lossText(whole)}; each row says what it would be without that part. Dark on the `
      + `network: the loss would rise most. ${pace(run)}`);
    if (!rows.length) return;
    const most = Math.max(1e-9, ...rows.map(({ loss }) => loss - whole).filter(Number.isFinite));
    const worth = (/** @type {number} */ loss) => Math.max(0, Math.min(1, (loss - whole) / most));
    body.replaceChildren(...rows.slice(0, MOST).map(({ name, loss }) => {
      const change = `${loss < whole ? "−" : "+"}${lossText(Math.abs(loss - whole))}`;
      const share = element("td", { class: "inside-share" }, change);
      share.style.setProperty("--share", String(worth(loss)));
      return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, lossText(loss)), share);
    }));
    heat(worth);
  }

  /** @param {(loss: number) => number} worth */
  function heat(worth) {
    const [units, links] = [found("units"), found("links")];
    const ofLinks = new Float32Array(runOf(model.get()).frame?.params.length ?? 0);
    for (const { at, loss } of links) ofLinks[at] = worth(loss);
    actions.mark(KEY, {
      units: Object.fromEntries(units.map(({ part, loss }) => [part, { heat: worth(loss) }])), links: ofLinks,
    });
    isMarked = true;
  }

  function account() {
    const rows = found();
    const whole = runOf(model.get()).parts.importance?.whole ?? NaN;
    if (!rows.length) return `Importance. ${empty.textContent}`;
    const [least, most] = [rows[0], rows[rows.length - 1]];
    return `Importance. ${pace(runOf(model.get()))} The training loss is ${lossText(whole)}. It would rise most `
      + `without ${most.name}, to ${lossText(most.loss)}, and least without ${least.name}, to ${lossText(least.loss)}.`;
  }

  on(model, (state) => {
    const { parts, spec, playing } = runOf(state);
    return [visible(), visible() && parts.importance, spec, playing, state.watching];
  }, draw, () => (visible() ? SETTLED : 0));
}

/**
 * Inputs and hidden neurons, in the order of the record.
 * @param {import("../model/catalog.js").Spec} spec
 * @returns {string[]}
 */
const unitsOf = ({ features, hidden }) => [...features,
  ...hidden.flatMap((/** @type {number} */ neurons, /** @type {number} */ layer) => {
    return Array.from({ length: neurons }, (_, neuron) => `${layer}.${neuron}`);
  })];
