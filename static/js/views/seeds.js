// Many seeds: copies of the run from other first weights, trained at once, as small maps and as a bundle of curves.

import { drawBundle } from "../draw/bundle.js";
import { drawBigMap } from "../draw/field.js";
import { sameSpec } from "../model/link.js";
import { CELL, cellText, factsOf, goalText, pairText, ranked, sorted, tileOf, trialsOf } from "../model/seeds.js";
import { classCount } from "../model/outputs.js";
import { on } from "../model/store.js";
import { cleared, contextOf, fitTo, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";
import { askField, askGoal, secondsText } from "../ui/trials.js";
import { viewWords } from "../ui/view_words.js";
import { LIMITS, MAIN } from "../wire/protocol.js";

/** @typedef {import("../model/seeds.js").Trial} Trial */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement}} options
 */
export async function mountSeeds(root, model, actions, { visible, words = root }) {
  await Promise.all([loadStyle("inside"), loadStyle("trials")]);
  const { watching } = model.get();
  const heading = element("p", { class: "trials-heading", role: "status" });
  const note = element("p", { class: "note" });
  const grid = element("div", { class: "seed-tiles", role: "listbox", "aria-label": "Seeds" });
  const curves = element("canvas", { role: "img" });
  const bundle = element("div", { class: "seed-bundle" }, curves);
  root.append(element("div", { class: "seeds-view" }, heading, note, grid, bundle));

  const count = askField("Seeds", 20, { least: 2, most: LIMITS.seeds, whole: true });
  const epochs = askField("Epochs", 300, { least: 1, most: LIMITS.step_epochs, whole: true });
  const goal = askGoal();
  const otherData = element("input", { type: "checkbox" });
  const orders = [["epochs", "by epochs"], ["loss", "by test loss"], ["seed", "by seed"]];
  const order = element("select", { "aria-label": "Sort" },
    ...orders.map(([value, text]) => element("option", { value }, text)));
  const run = element("button", { type: "button", class: "button small" }, "Run");
  const open = element("button",
    { type: "button", class: "small", disabled: true, "aria-label": "Open this run" }, "Open");
  const ranks = /** @type {const} */ (["best", "median", "worst"]).map((rank) => ({
    rank, button: element("button", { type: "button", class: "small", onclick: () => openRank(rank) }, rank),
  }));
  const rankButtons = element("span", { class: "inside-row", role: "group", "aria-label": "Open by test loss" },
    ...ranks.map(({ button }) => button));
  const { say } = viewWords(words, actions, { account: () => `Many seeds. ${heading.textContent} ${said()}`,
    controls: watching ? [order] : [count.root, epochs.root, goal.root,
      element("label", { class: "check", title: "Each seed draws other points too" }, otherData,
        "other data"), run, order, open, rankButtons] });
  words.classList.add("trials-words");

  actions.show(({ current }) => (visible() ? [{ topic: "seeds", run: current === MAIN ? current : MAIN }] : []));
  const part = () => model.get().runs[MAIN].parts.seeds;
  const facts = () => factsOf(part());
  /** @type {number|null} the row that is selected */
  let chosen = null;
  /** @type {Trial[]} in the order in which they are shown */
  let shown = [];
  /** @type {Map<number, {root: HTMLElement, canvas: HTMLCanvasElement, name: HTMLElement, value: HTMLElement,
   *   goal: HTMLElement, rest: HTMLElement}>} goal and rest are not seen */
  const tiles = new Map();

  run.onclick = () => {
    if (facts()?.running) return actions.tell({ type: "cancel_trials", which: "seeds" });
    const [many, until, asked] = [count.value(), epochs.value(), goal.value()];
    if (many === null || until === null || asked === null) return;
    chosen = null;
    actions.tell({ type: "run_seeds", count: many, epochs: until, ...asked, other_data: otherData.checked });
  };
  order.onchange = draw;
  open.onclick = () => { if (chosen !== null) openRun(chosen); };

  /** @param {number} row */
  function openRun(row) {
    const trial = shown.find((each) => each.row === row);
    if (trial && !watching) actions.openTrial("seeds", trial.cell, trial.seed);
  }

  /** Of the setting of the run that is selected, else of the first. @param {"best"|"median"|"worst"} rank */
  function ofRank(rank) {
    const cell = shown.find(({ row }) => row === chosen)?.cell ?? 0;
    return ranked(shown.filter((each) => each.cell === cell))?.[rank];
  }

  /** @param {"best"|"median"|"worst"} rank */
  function openRank(rank) {
    const trial = ofRank(rank);
    if (!trial) return;
    chosen = trial.row;
    draw();
    openRun(trial.row);
  }

  /** @param {number} row */
  function choose(row) {
    chosen = row;
    draw();
    tiles.get(row)?.root.focus();
  }

  /** @param {Trial} trial */
  function tileFor(trial) {
    const found = tiles.get(trial.row);
    if (found) return found;
    const canvas = element("canvas", { "aria-hidden": "true" });
    const [name, value] = [element("span", {}), element("b", {})];
    const [goal, rest] = [0, 1].map(() => element("span", { class: "unseen" }));
    const box = element("div", { class: "seed-tile", role: "option", tabIndex: -1 }, canvas,
      element("span", { class: "unseen" }, "Seed"), element("span", { class: "seed-words" }, name, goal, value, rest));
    box.onclick = () => choose(trial.row);
    box.ondblclick = (event) => {
      event.stopPropagation();
      openRun(trial.row);
    };
    const made = { root: box, canvas, name, value, goal, rest };
    tiles.set(trial.row, made);
    return made;
  }

  grid.onkeydown = (event) => {
    const at = shown.findIndex(({ row }) => row === chosen);
    const across = Math.max(1, Math.round(grid.clientWidth / (shown.length ? tileFor(shown[0]).root.offsetWidth : 1)));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? shown.length - 1 : step && at + step;
    if (event.key === "Enter" && chosen !== null) openRun(chosen);
    else if (to === undefined) return;
    else choose(shown[Math.max(0, Math.min(shown.length - 1, to))].row);
    event.preventDefault();
    event.stopPropagation();
  };

  function draw() {
    const now = facts();
    const record = part();
    if (!visible()) return;
    const { runs } = model.get();
    goal.offer(runs[MAIN].spec !== null && classCount(runs[MAIN].spec) > 0);
    run.textContent = now?.running ? "Cancel" : now ? "Run again" : "Run";
    grid.hidden = bundle.hidden = !now;
    open.disabled = chosen === null || !now;
    rankButtons.hidden = !now || now.running;
    if (!now || !record) {
      heading.textContent = "Copies of this run from other first weights: was it the setting, or luck?";
      note.textContent = "";
      return say(said());
    }
    const letters = [runs[MAIN].kept[0]?.letter ?? "A", runs[MAIN].twin?.letter ?? "B"];
    const cells = now.cells ?? [];
    heading.textContent = now.running ? `${now.done} of ${now.runs} done${secondsText(now.left)}`
      : cells.map((cell, i) => (now.compared ? `${letters[i]}: ` : "") + cellText(cell)).join("; ");
    const isOld = runs[MAIN].spec !== null && !sameSpec({ ...runs[MAIN].spec, seed: "", weight_seed: "" },
      { ...now.spec, seed: "", weight_seed: "" });
    note.textContent = [isOld ? "The settings have changed since: run again." : "",
      now.cancelled ? "It was cancelled." : "", pairText(now, letters, lossText)].filter(Boolean).join(" ");
    grid.classList.toggle("old", isOld);
    const by = /** @type {import("../model/seeds.js").Order} */ (order.value);
    shown = sorted(trialsOf(record, now), by);
    if (now.compared) shown.sort((one, other) => one.cell - other.cell);
    for (const { rank, button } of ranks) {
      const trial = ofRank(rank);
      button.disabled = !trial;
      button.title = trial ? `Open seed ${trial.seed}, test loss ${lossText(trial.test)}` : "No run has a test loss";
    }
    const focused = tiles.get(chosen ?? -1)?.root === document.activeElement;
    const isDiscrete = model.get().view.discretize;
    grid.replaceChildren(...shown.map((trial) => {
      const { root: box, canvas, name, value, goal, rest } = tileFor(trial);
      drawBigMap(contextOf(canvas), tileOf(record, now, trial.row), isDiscrete);
      const isOver = !now.running || trial.epoch >= now.epochs;
      const isFailed = trial.reached === null && isOver;
      name.textContent = `${now.compared ? letters[trial.cell] : "#"}${trial.seed}`;
      value.textContent = trial.reached !== null ? `${trial.reached} ep.`
        : `${isFailed ? "✕ " : ""}${lossText(trial.test)}`;
      box.classList.toggle("failed", isFailed);
      box.setAttribute("aria-selected", String(trial.row === chosen));
      goal.textContent = trial.reached !== null ? "goal after" : isFailed ? "not solved, test loss" : "test loss";
      rest.textContent = trial.reached !== null ? `test loss ${lossText(trial.test)}` : "";
      box.tabIndex = trial.row === (chosen ?? shown[0].row) ? 0 : -1;
      return box;
    }));
    if (focused) tiles.get(chosen ?? -1)?.root.focus();
    drawCurves(now, record);
    say(said());
  }

  /**
   * @param {import("../model/seeds.js").Facts} now
   * @param {import("../wire/protocol.js").SeedsPart} record
   */
  function drawCurves(now, record) {
    const { clientWidth: width, clientHeight: height } = bundle;
    if (!width || !height) return;
    const { places } = now;
    const all = Array.from({ length: now.runs }, (_, i) => {
      return record.curves.subarray(i * places.length, (i + 1) * places.length);
    });
    const look = theme();
    const style = getComputedStyle(document.documentElement);
    const [accent, bad] = ["--accent", "--warn"].map((name) => style.getPropertyValue(name));
    const good = getComputedStyle(bundle).color;
    const size = { width, height, zoom: look.zoom };
    fitTo(curves, size);
    const context = contextOf(curves);
    cleared(context);
    const failed = trialsOf(record, now).map(({ reached }) => !now.running && reached === null);
    const goal = now.measure === "test_accuracy" ? null : now.bound;
    drawBundle(context, { epochs: places, curves: all, failed, chosen, goal },
      size, { ...look, accent, bad, good });
    const medians = (now.cells ?? []).map((cell) => lossText(cell[CELL.median] ?? NaN)).join(" and ");
    curves.setAttribute("aria-label", `Test losses of ${now.runs} runs over ${now.epochs} epochs, median ${medians}; `
      + `the goal is ${goalText(now)}.`);
  }

  function said() {
    const trial = shown.find(({ row }) => row === chosen);
    if (!trial) return facts() ? "Select a map to see its run; enter opens it." : "";
    const where = trial.reached === null ? "has not reached the goal" : `reached the goal at epoch ${trial.reached}`;
    return `Seed ${trial.seed} ${where}; test loss ${lossText(trial.test)}.`;
  }

  new ResizeObserver(draw).observe(bundle);
  onPixelRatio(draw);
  onTheme(draw);
  on(model, (state) => {
    const { parts, spec, twin } = state.runs[MAIN];
    return [visible(), visible() && parts.seeds, spec, twin, state.view.discretize];
  }, draw);
}
