// Labs: their place in the menu and below the data, the line that says which one is open, and its text and data in the
// left column. What a lab shows is drawn by the panels and views that draw everything else.

import { catalog, featureKeys } from "../model/catalog.js";
import { START, before, keepBefore, labs } from "../model/labs.js";
import { parseLink } from "../model/link_reading.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { factsOf } from "../model/tables.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

/** @typedef {import("../model/labs.js").Lab} Lab */
/** @typedef {import("../model/state.js").Model} Model */
/** @typedef {import("../model/actions.js").Actions} Actions */

/**
 * The labs as items of a menu, before its last ones.
 * @param {HTMLElement} menu
 * @param {Model} model
 * @param {Actions} actions
 */
export async function fillMenu(menu, model, actions) {
  const items = (await labs()).map((lab) => element("button", {
    type: "button", class: "quiet", role: "menuitem", tabIndex: -1, title: lab.line,
    onclick: () => open(lab, model, actions),
  }, lab.title));
  menu.firstElementChild?.after(...items);
}

/**
 * The labs as buttons below the data.
 * @param {HTMLElement} list
 * @param {HTMLElement} opener
 * @param {Model} model
 * @param {Actions} actions
 * @returns {Promise<() => void>} shows or hides them
 */
export async function fillList(list, opener, model, actions) {
  const show = (/** @type {boolean} */ isShown) => {
    list.hidden = !isShown;
    opener.setAttribute("aria-expanded", String(isShown));
  };
  list.replaceChildren(...(await labs()).map((lab) => element("button", {
    type: "button", class: "small", title: lab.line,
    onclick: () => {
      opener.focus();
      show(false);
      open(lab, model, actions);
    },
  }, lab.title)));
  return () => show(list.hidden === true);
}

/**
 * @param {string} key of a link that names a lab and nothing else
 * @param {Model} model
 * @param {Actions} actions
 */
export async function openLab(key, model, actions) {
  const all = await labs();
  const lab = all.find((each) => each.key === key);
  if (lab) return open(lab, model, actions);
  actions.toast(`There is no lab “${key}”. There are: ${all.map((each) => each.key).join(", ")}.`, [], true);
  actions.writeAddress(true);
}

/**
 * @param {Lab} lab
 * @param {Model} model
 * @param {Actions} actions
 */
function open(lab, model, actions) {
  const state = model.get();
  const { kept, frame } = currentRun(state);
  // A run that was not trained is not kept: its start comes back by the link.
  if (!state.view.lab) keepBefore({ link: actions.fragment(), letter: frame?.epoch ? kept[0]?.letter ?? "" : "" });
  actions.visit(lab.link);
}

/**
 * @param {HTMLElement} root the left column, where a lab's text and data go
 * @param {Model} model
 * @param {Actions} actions
 * @param {{line?: HTMLElement, table?: HTMLElement}} [options] beside the line stands which lab is open; the button
 *   that brings a table. Who watches has neither.
 */
export async function mountLabs(root, model, actions, { line, table } = {}) {
  const [all] = await Promise.all([labs(), loadStyle("labs")]);
  const name = element("strong", { role: "status" });
  const leave = element("button", { type: "button", class: "small", onclick: goBack }, "Leave the lab");
  const shown = element("p", { class: "lab-line", hidden: true }, name, leave);
  line?.after(shown);
  const title = element("h2");
  const read = element("button", { type: "button", class: "small", onclick: readOut }, "Read me");
  const text = element("div", { class: "lab-text", tabIndex: 0 });
  const about = element("details", { class: "more" }, element("summary", {}, "About this lab"), text);
  const sets = element("select", { "aria-label": "Data of the lab" });
  const own = element("button", { type: "button", class: "small", onclick: () => table?.click() }, "Your table");
  const data = element("label", { class: "lab-data" }, "Data ", sets);
  const chart = element("div", { class: "lab-chart", hidden: true });
  const part = element("section", { class: "lab", "aria-label": "Lab", hidden: true },
    element("header", {}, title, read), data, own, chart, about);
  root.prepend(part);
  sets.onchange = () => actions.useData(sets.value);

  /** @type {Lab|undefined} */
  let lab;
  let isBrought = false; // the picture of the test losses

  function goBack() {
    const was = before() ?? { link: START, letter: "" };
    keepBefore(null);
    const run = currentRun(model.get());
    const isKept = run.kept.slice(1).some(({ letter }) => letter === was.letter);
    if (!isKept) return actions.visit(was.link);
    const { view, speed } = parseLink(was.link, catalog.fields, featureKeys);
    actions.settleAddress();
    actions.takeView(view, speed);
    actions.openKept(was.letter);
  }

  function readOut() {
    if (lab) actions.toast(`${lab.title}. ${lab.text.join(" ")}`, [], true);
  }

  on(model, (state) => [state.view.lab], ({ view, watching }) => {
    const before = lab;
    lab = all.find(({ key }) => key === view.lab);
    shown.hidden = part.hidden = lab === undefined;
    if (view.lab && !lab) actions.toast(`There is no lab “${view.lab}”.`, [], true);
    if (!lab || lab === before) return;
    name.textContent = `Lab: ${lab.title}.`;
    title.textContent = lab.line;
    text.replaceChildren(...lab.text.map((paragraph) => element("p", {}, paragraph)));
    about.open = true;
    data.hidden = lab.sets.length === 0 || watching;
    own.hidden = !lab.own || watching;
    chart.hidden = !lab.counted;
    if (lab.counted) bringChart();
  });
  async function bringChart() {
    if (isBrought) return;
    isBrought = true;
    const found = await import("../ui/lab_chart.js").catch(() => null);
    if (found) found.mountLabChart(chart, model, () => lab);
    else isBrought = false; // the server is away: the next such lab tries again
  }
  on(model, (state) => [state.view.lab, currentRun(state).spec?.data, state.tables], (state) => {
    const { spec } = currentRun(state);
    if (!lab || !spec) return;
    const isOther = spec.data !== "" && !lab.sets.some(([, reference]) => reference === spec.data);
    const offered = [...lab.sets, ...(isOther ? [[factsOf(spec)?.title ?? "Own data", spec.data]] : [])];
    sets.replaceChildren(...offered.map(([label, value]) => element("option", { value }, label)));
    sets.value = spec.data;
  });
}
