// A sweep: one or two settings over a grid, several seeds in each cell, coloured by what came of them.

import { catalog } from "../model/catalog.js";
import { CELL, cellText, factsOf } from "../model/seeds.js";
import { classCount } from "../model/outputs.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { askField, askGoal, secondsText } from "../ui/trials.js";
import { viewWords } from "../ui/view_words.js";
import { LIMITS, MAIN } from "../wire/protocol.js";

/** @typedef {import("../model/seeds.js").Facts} Facts */
/** @typedef {"median"|"solved"|"epochs"} Colour */

const HEAD = ["runs", "solved", "share_low", "share_high", "epochs_median", "test_loss_q1", "test_loss_median",
  "test_loss_q3", "train_loss_median"];
/** @type {[Colour, string][]} */
const COLOURS = [["median", "median test loss"], ["solved", "share solved"], ["epochs", "epochs to the goal"]];
const FIRST = "learningRate";
const FIRST_VALUES = "0.003, 0.01, 0.03, 0.1, 0.3";

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement}} options
 */
export async function mountSweep(root, model, actions, { visible, words = root }) {
  await Promise.all([loadStyle("inside"), loadStyle("trials")]);
  const { watching } = model.get();
  const heading = element("p", { class: "trials-heading", role: "status" });
  const note = element("p", { class: "note" });
  const table = element("table", { class: "sweep-grid" });
  const [low, high] = [element("span", {}), element("span", {})];
  const legend = element("p", { class: "sweep-legend" }, low, element("span", { class: "sweep-ramp" }), high);
  root.append(element("div", { class: "sweep-view" }, heading, note,
    element("div", { class: "sweep-scroll" }, table), legend));

  const keys = catalog.fields.filter(({ key, kind }) => key && kind !== "list");
  const axes = ["Across", "Up"].map((label, i) => {
    const select = element("select", { "aria-label": `${label}: setting` },
      ...(i ? [element("option", { value: "" }, "none")] : []),
      ...keys.map(({ key, label: name }) => element("option", { value: key }, name)));
    select.value = i ? "" : FIRST;
    const values = element("input", {
      type: "text", "aria-label": `${label}: values`, value: i ? "" : FIRST_VALUES, spellcheck: false, size: 18,
      title: "By commas, or by semicolons where a value has commas",
    });
    select.onchange = () => { values.value = suggested(select.value); };
    return { label, select, values };
  });
  const count = askField("Seeds", 5, { least: 1, most: LIMITS.seeds, whole: true });
  const epochs = askField("Epochs", 300, { least: 1, most: LIMITS.step_epochs, whole: true });
  const goal = askGoal();
  const colour = element("select", { "aria-label": "Colour" },
    ...COLOURS.map(([value, text]) => element("option", { value }, text)));
  const run = element("button", { type: "button", class: "button small" }, "Run");
  const open = element("button", { type: "button", class: "small", disabled: true }, "Open this run");
  const csv = element("button", { type: "button", class: "small" }, "CSV");
  const { say } = viewWords(words, actions, { account, controls: watching ? [colour, csv] : [
    ...axes.map(({ label, select, values }) =>
      element("span", { class: "inside-row sweep-axis" }, label, select, values)),
    count.root, epochs.root, goal.root, colour, run, open, csv] });
  words.classList.add("trials-words");

  actions.show(() => (visible() ? [{ topic: "sweep", run: MAIN }] : []));
  const part = () => model.get().runs[MAIN].parts.sweep;
  const facts = () => factsOf(part());
  let chosen = -1; // the cell that is selected

  /**
   * Values that are worth trying: all choices of a setting, or those around the present one.
   * @param {string} key
   */
  function suggested(key) {
    const field = keys.find((each) => each.key === key);
    if (!field) return "";
    if (key === "networkShape") return "2; 3; 4,2; 8; 8,8";
    const given = field.choices?.filter(({ basic }) => basic !== false).map(({ key: each }) => each)
      ?? field.offered?.map(String) ?? [];
    const now = model.get().runs[MAIN].spec?.[field.name];
    if (given.length) return given.join(", ");
    return typeof now === "number" ? [now / 2, now, now * 2].join(", ") : field.kind === "flag" ? "true, false" : "";
  }

  run.onclick = () => {
    if (facts()?.running) return actions.tell({ type: "cancel_trials", which: "sweep" });
    const [seeds, until, asked] = [count.value(), epochs.value(), goal.value()];
    if (seeds === null || until === null || asked === null) return;
    const vary = axes.filter(({ select }) => select.value)
      .map(({ select, values }) => ({ key: select.value, values: listed(values.value) }));
    if (vary.some(({ values }) => values.length === 0 || values.length > LIMITS.side)) {
      return actions.toast(`Values of a setting: from 1 to ${LIMITS.side}, by commas.`, [], true);
    }
    chosen = -1;
    actions.tell({ type: "run_sweep", vary, count: seeds, epochs: until, ...asked });
  };
  colour.onchange = draw;
  open.onclick = () => { if (chosen >= 0) actions.openTrial("sweep", chosen, 1); };
  csv.onclick = () => {
    const now = facts();
    if (now) save(rowsOf(now).map((row) => row.map(quoted).join(",")).join("\r\n"));
  };

  /** @param {number} index @returns {(number|null)[]} */
  function cell(index) {
    const record = part();
    return record ? Array.from(record.cells.subarray(9 * index, 9 * index + 9), (value) => {
      return Number.isFinite(value) ? value : null;
    }) : [];
  }

  /** @param {Facts} now */
  const sizeOf = ({ vary = [] }) => vary.reduce((all, { values }) => all * values.length, 1);

  /** What a cell is coloured by; null where it has none. @param {number} index */
  function valueOf(index) {
    const found = cell(index);
    if (!found[CELL.done]) return null;
    if (colour.value === "solved") return (found[CELL.solved] ?? 0) / (found[CELL.done] ?? 1);
    return found[colour.value === "epochs" ? CELL.epochs : CELL.median] ?? null;
  }

  const shownAs = () => COLOURS.find(([value]) => value === colour.value)?.[1] ?? "";

  /** @param {number|null} value */
  const text = (value) => (value === null ? "–" : colour.value === "solved" ? `${Math.round(100 * value)} %`
    : colour.value === "epochs" ? String(Math.round(value)) : lossText(value));

  function draw() {
    const now = facts();
    if (!visible()) return;
    const { spec } = model.get().runs[MAIN];
    goal.offer(spec !== null && classCount(spec) > 0);
    run.textContent = now?.running ? "Cancel" : now ? "Run again" : "Run";
    table.hidden = legend.hidden = csv.hidden = !now;
    open.disabled = chosen < 0;
    if (!now?.vary) {
      heading.textContent = "One or two settings over a grid: several runs in each cell, from the seeds 1, 2, …";
      note.textContent = "";
      return say("");
    }
    heading.textContent = now.running ? `${now.done.toLocaleString("en")} of ${now.runs.toLocaleString("en")} runs done`
      + secondsText(now.left) : `${now.done.toLocaleString("en")} runs in ${now.seconds.toFixed(1)} s`;
    note.textContent = now.cancelled ? "It was cancelled: cells without runs are empty." : "";
    const [across, up] = now.vary;
    const rows = up ? up.values.length : 1;
    const all = Array.from({ length: sizeOf(now) }, (_, i) => valueOf(i));
    const known = all.filter((value) => value !== null);
    const ends = [Math.min(...known), Math.max(...known)];
    [low.textContent, high.textContent] = known.length ? ends.map(text) : ["", ""];
    const focused = document.activeElement instanceof HTMLElement && table.contains(document.activeElement);
    const name = (/** @type {string} */ key) => keys.find((each) => each.key === key)?.label ?? key;
    table.replaceChildren(
      element("caption", { class: "unseen" }, `${shownAs()} by ${now.vary.map(({ key }) => name(key)).join(" and ")}`),
      element("tbody", {}, ...Array.from({ length: rows }, (_, back) => {
        const row = rows - 1 - back; // the first value is below
        return element("tr", {}, element(up ? "th" : "td", up ? { scope: "row" } : {}, up ? up.values[row] : ""),
          ...across.values.map((_value, column) => element("td", {}, button(now, all, ends, column * rows + row))));
      }), element("tr", {}, element("td", { class: "sweep-name" }, up ? `${name(up.key)} ↑` : ""),
        ...across.values.map((value) => element("th", { scope: "col" }, value))),
      element("tr", {}, element("td", {}),
        element("td", { class: "sweep-name", colSpan: across.values.length }, `${name(across.key)} →`))));
    if (focused) focusOn(chosen);
    const [first, last] = [CELL.q1, CELL.q3].map((place) => lossText(cell(chosen)[place] ?? NaN));
    say(chosen < 0 ? "Select a cell; enter opens its first run."
      : `${valuesOf(now, chosen).join(", ")}: ${cellText(cell(chosen))}; test loss ${first} to ${last} in the `
        + "middle half.");
  }

  /**
   * @param {Facts} now
   * @param {(number|null)[]} all
   * @param {number[]} ends
   * @param {number} index
   */
  function button(now, all, [least, largest], index) {
    const value = all[index];
    const share = value === null ? 0 : largest > least ? (value - least) / (largest - least) : 0.5;
    const made = element("button", {
      type: "button", class: "sweep-cell", "data-cell": String(index), "aria-pressed": String(index === chosen),
      tabIndex: index === Math.max(0, chosen) ? 0 : -1, onclick: () => choose(index),
      "aria-label": `${valuesOf(now, index).join(", ")}: ${value === null ? "no value" : text(value)}`,
    }, text(value));
    made.ondblclick = () => { if (!watching) actions.openTrial("sweep", index, 1); };
    made.style.background = value === null ? "none" : shade(share);
    made.style.color = value === null ? "inherit" : share > 0.45 ? "#fff" : "#1b2127";
    return made;
  }

  /** @param {number} index */
  function choose(index) {
    chosen = index;
    draw();
    focusOn(index);
  }

  /** @param {number} index */
  function focusOn(index) {
    /** @type {HTMLElement|null} */
    const found = table.querySelector(`[data-cell="${index}"]`);
    found?.focus();
  }

  /** The texts of the values of a cell. @param {Facts} now @param {number} index */
  function valuesOf({ vary = [] }, index) {
    const [across, up] = vary;
    const rows = up ? up.values.length : 1;
    return [across.values[Math.floor(index / rows)], ...(up ? [up.values[index % rows]] : [])];
  }

  table.onkeydown = (event) => {
    const now = facts();
    if (!now?.vary) return;
    const rows = now.vary[1]?.values.length ?? 1;
    const step = { ArrowRight: rows, ArrowLeft: -rows, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && chosen >= 0 && !watching) actions.openTrial("sweep", chosen, 1);
    else if (step && chosen + step >= 0 && chosen + step < sizeOf(now)) choose(Math.max(0, chosen + step));
    else if (!step) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** The table as rows: values, then what its runs say together. @param {Facts} now */
  function rowsOf(now) {
    const head = [...(now.vary ?? []).map(({ key }) => key), ...HEAD];
    const body = Array.from({ length: sizeOf(now) }, (_, i) => {
      return [...valuesOf(now, i), ...cell(i).map((value) => value ?? "")];
    });
    return [head, ...body];
  }

  function account() {
    const now = facts();
    if (!now?.vary) return `Sweep. ${heading.textContent}`;
    const best = Array.from({ length: sizeOf(now) }, (_, i) => i).filter((i) => valueOf(i) !== null)
      .sort((a, b) => (valueOf(a) ?? 0) - (valueOf(b) ?? 0));
    const told = (/** @type {number} */ i) => `${valuesOf(now, i).join(", ")}: ${text(valueOf(i))}`;
    const ends = best.length ? `least at ${told(best[0])}; most at ${told(best[best.length - 1])}` : "nothing yet";
    return `Sweep. ${heading.textContent}. ${shownAs()}: ${ends}.`;
  }

  on(model, (state) => [visible(), visible() && state.runs[MAIN].parts.sweep, state.runs[MAIN].spec], draw);
}

/** @param {string} text of values, by semicolons where there is one, else by commas */
function listed(text) {
  return text.split(text.includes(";") ? ";" : ",").map((each) => each.trim()).filter(Boolean);
}

/** @param {number} share of the way from pale to violet */
function shade(share) {
  const [pale, violet] = [[0xf3, 0xee, 0xf9], [0x4b, 0x16, 0x84]];
  return `rgb(${pale.map((each, i) => Math.round(each + (violet[i] - each) * share)).join(" ")})`;
}

/** A cell of a table of commas. @param {string|number} value */
const quoted = (value) => (/[",\n;]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));

/** @param {string} text */
function save(text) {
  const link = element("a", {
    href: URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" })), download: "sweep.csv",
  });
  link.click();
  URL.revokeObjectURL(link.href);
}
