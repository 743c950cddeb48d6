// Compare: the run and its twin side by side, how far their answers are apart, and what differs between them.

import { drawBigMap } from "../draw/field.js";
import { lookOf } from "../draw/lane.js";
import { drawGap } from "../draw/pair.js";
import { drawPoints } from "../draw/points.js";
import { bigMap, mapTopics } from "../model/big_map.js";
import { fieldFromName } from "../model/catalog.js";
import { comparisonLine } from "../model/comparing.js";
import { disputed, gapOf } from "../model/difference.js";
import { chiefMetric } from "../model/metrics.js";
import { valueText } from "../model/names.js";
import { classCount, outputCount } from "../model/outputs.js";
import { shownLosses } from "../model/run.js";
import { READABLE, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { viewWords } from "../ui/view_words.js";
import { MAIN, TWIN } from "../wire/protocol.js";

/** @typedef {import("../model/state.js").State} State */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement}} options
 */
export async function mountCompare(root, model, actions, { visible, words = root }) {
  const [compare] = await Promise.all([
    actions.comparing(), loadStyle("inside"), loadStyle("timeline"), loadStyle("compare"),
  ]);
  const { watching } = model.get();
  const begin = element("button", { type: "button", class: "button", onclick: compare.begin }, "Compare");
  const empty = element("div", { class: "compare-empty" },
    element("p", {}, "A twin is a copy of this run from epoch 0, with one setting changed: the same points, the same "
      + "first weights, the same order. So the difference is that setting, and not luck."), watching ? null : begin);
  const maps = [MAIN, TWIN].map((id) => {
    const [field, marks] = [0, 1].map(() => element("canvas", { "aria-hidden": "true" }));
    const letter = element("b", { class: "run-letter" });
    const name = element("span", {});
    const square = element("button", {
      type: "button", class: "compare-map", disabled: watching, onclick: () => compare.show(id),
    }, field, marks);
    return { id, field, marks, letter, name, square };
  });
  const gap = element("canvas", { role: "img" });
  const ramp = element("span", { class: "compare-ramp", "aria-hidden": "true" });
  const table = element("table", { class: "inside-table" });
  const grid = element("div", { class: "compare-grid" },
    ...maps.map(({ letter, name, square }) => element("figure", {},
      element("figcaption", {}, letter, name), square)),
    element("figure", {}, element("figcaption", {}, "Difference", ramp), element("div", { class: "compare-map" }, gap)),
    element("div", { class: "inside-scroll" }, table));
  root.append(element("div", { class: "compare-view" }, empty, grid));

  words.classList.add("compare-words");
  const own = element("input", { type: "checkbox" });
  own.onchange = () => compare.changeTwin(own.checked);
  const ways = /** @type {const} */ ([["swap", "Swap"], ["take", "{B} for {A}"], ["drop", "Drop {B}"]]);
  const buttons = ways.map(([how]) => {
    return element("button", { type: "button", class: "small", onclick: () => compare.settle(how) });
  });
  const forTwin = element("span", {});
  const { say } = viewWords(words, actions, { account: () => `Compare. ${sentence()} ${tableText()}`,
    controls: watching ? [] : [element("label", {
      class: "check", title: "Make the next change of a setting to this one only",
    }, own, forTwin), ...buttons] });

  /** The output, whatever is pointed at, of one of the two. @param {State} state @param {string} id @returns {State} */
  const plain = (state, id) => {
    return { ...state, current: id, hovered: null, spotlight: null, pinned: null, pointer: null };
  };
  const isOn = (/** @type {State} */ { runs }) => runs[MAIN].twin !== null && TWIN in runs;
  actions.show((state) => (!visible() || !isOn(state) ? [] : [MAIN, TWIN].flatMap((run) => {
    return [...mapTopics(plain(state, run)), { topic: /** @type {const} */ ("metrics"), run }];
  })));

  /** @param {State} state */
  const lettersOf = ({ runs }) => [runs[MAIN].kept[0]?.letter ?? "A", runs[MAIN].twin?.letter ?? "B"];

  function draw() {
    const state = model.get();
    if (!visible()) return;
    const on = isOn(state);
    empty.hidden = on;
    grid.hidden = !on;
    for (const each of [own.parentElement, ...buttons]) if (each) each.hidden = !on;
    if (!on) return say("");
    const letters = lettersOf(state);
    const found = maps.map(({ id, field, marks, letter, name, square }, i) => {
      const run = state.runs[id];
      letter.textContent = letters[i];
      letter.style.background = lookOf(letters[i], ["var(--run-b)", "var(--run-c)"], "var(--ink)").colour;
      const isCopy = state.runs[MAIN].twin?.fields.length === 0;
      name.textContent = !isCopy ? run.kept[0]?.name ?? "" : i ? "copy" : "";
      square.setAttribute("aria-pressed", String(state.current === id));
      square.setAttribute("aria-label", `Map of run ${letters[i]}. Show its network.`);
      const map = bigMap(plain(state, id), run);
      field.hidden = !map;
      if (map) drawBigMap(contextOf(field), map, state.view.discretize);
      const side = Math.round(square.clientWidth * devicePixelRatio);
      if (marks.width !== side) marks.width = marks.height = side;
      const context = contextOf(marks);
      context.clearRect(0, 0, side, side);
      const { points, spec } = run;
      if (points && spec && side) {
        drawPoints(context, points.rows, 0, points.train, { side, radius: Math.max(1.5 * devicePixelRatio, side / 100),
          outline: "#fff", classes: outputCount(spec) > 1 ? classCount(spec) : 0, test: false });
      }
      return map;
    });
    const [one, other] = found;
    const apart = one && other ? gapOf(one, other) : null;
    gap.hidden = !apart;
    if (one && other && apart) {
      const hatched = disputed(one, other);
      drawGap(contextOf(gap), apart, hatched);
      disagreement = hatched.reduce((all, each) => all + each, 0) / hatched.length;
    } else disagreement = null;
    fill();
    own.checked = state.forTwin;
    forTwin.textContent = `${letters[1]} only`;
    buttons.forEach((button, i) => {
      button.textContent = ways[i][1].replace("{A}", letters[0]).replace("{B}", letters[1]);
    });
    say(sentence());
    gap.setAttribute("aria-label", sentence());
  }
  /** @type {number|null} the share of the map where the classes differ */
  let disagreement = null;

  /** What differs: settings, and apart from them results. */
  function rows() {
    const { runs } = model.get();
    const two = [runs[MAIN], runs[TWIN]];
    const [lead, twin] = two;
    if (!lead.spec || !twin?.spec) return { settings: [], results: [] };
    const names = Object.keys(lead.spec).filter((name) => {
      return JSON.stringify(lead.spec?.[name]) !== JSON.stringify(twin.spec?.[name]);
    });
    const settings = names.map((name) => {
      const field = fieldFromName.get(name);
      const text = (/** @type {any} */ value) => (field ? valueText(field, value) || "none" : String(value));
      return [field?.label ?? name, text(lead.spec?.[name]), text(twin.spec?.[name])];
    });
    const [losses, chief] = [two.map((run) => shownLosses(run)), chiefMetric(lead.spec)];
    const measure = two.map((run) => run.metrics.at(-1)?.test[chief.name]);
    const results = [
      ["Training loss", ...losses.map(([train]) => lossText(train))],
      ["Test loss", ...losses.map(([, test]) => lossText(test))],
      [chief.label, ...measure.map(share)],
    ];
    if (two.some(({ halted, divergedAt }) => halted || divergedAt !== null)) {
      results.push(["Stopped at", ...two.map(({ frame, halted, divergedAt }) => {
        return halted || divergedAt !== null ? (divergedAt ?? frame?.epoch ?? 0).toLocaleString("en") : "–";
      })]);
    }
    return { settings, results };
  }

  let filled = ""; // what the table has: most pictures change none of it, and somebody may be copying from it
  function fill() {
    const { settings, results } = rows();
    const letters = lettersOf(model.get());
    const now = JSON.stringify([settings, results, letters]);
    if (now === filled) return;
    filled = now;
    const body = (/** @type {string} */ title, /** @type {string[][]} */ lines) => element("tbody", {},
      element("tr", {}, element("th", { scope: "rowgroup", class: "compare-part" }, title),
        ...letters.map((letter) => element("th", { scope: "col" }, letter))),
      ...lines.map(([name, ...values]) => element("tr", {},
        element("th", { scope: "row" }, name), ...values.map((value) => element("td", {}, value)))));
    const nothing = [["nothing yet", "", ""]];
    table.replaceChildren(body("Differs", settings.length ? settings : nothing), body("Results", results));
  }

  const tableText = () => {
    const { settings, results } = rows();
    const letters = lettersOf(model.get());
    const lines = [...settings, ...results];
    return lines.map(([name, a, b]) => `${name}: ${letters[0]} ${a}, ${letters[1]} ${b}.`).join(" ");
  };

  function sentence() {
    const state = model.get();
    const told = comparisonLine(state);
    if (!told) return "Nothing is compared yet.";
    const { notes } = state.runs[MAIN].twin ?? { notes: [] };
    const share = disagreement === null ? "" : disagreement > 0
      ? `They disagree on ${(100 * disagreement).toFixed(disagreement < 0.1 ? 1 : 0)} % of the map (hatched).`
      : "They agree on the whole map.";
    return [share || told.said, ...notes].filter(Boolean).join(" ");
  }

  new ResizeObserver(draw).observe(root);
  onPixelRatio(draw);
  on(model, (state) => {
    const two = [state.runs[MAIN], state.runs[TWIN]];
    return [visible(), state.current, state.forTwin, state.view.discretize, state.plane,
      ...two.flatMap((run) => [visible() && run?.frame, run?.points?.rows, run?.kept, run?.twin, run?.metrics,
        run?.halted, run?.spec])];
  }, draw, whileTraining(READABLE));
}

/** @param {number|null|undefined} part of the whole */
const share = (part) => (typeof part === "number" ? part.toFixed(3).replace("-", "−") : "–");
