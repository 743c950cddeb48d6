// The points as a table: where each is, what it should be, what the network answers, and its loss; the hardest first.
// Only the rows in sight are in the page.

import { mapTopics } from "../model/big_map.js";
import { classCount } from "../model/outputs.js";
import { rowsOf, sorted, targetText } from "../model/point_rows.js";
import { isOnPlane } from "../model/tables.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { drawPointMap } from "../ui/point_map.js";
import { loadStyle } from "../ui/style.js";
import { lossText, numberText } from "../ui/text.js";

/** @typedef {import("../model/point_rows.js").Row} Row */
/** @typedef {import("../model/point_rows.js").Key} Key */

/** @type {{key: Key, label: string, falls: boolean}[]} falls: the largest first when it is chosen */
const COLUMNS = [
  { key: "x", label: "X₁", falls: false }, { key: "y", label: "X₂", falls: false },
  { key: "target", label: "Target", falls: false }, { key: "answer", label: "Answer", falls: true },
  { key: "training", label: "Set", falls: true }, { key: "loss", label: "Loss", falls: true },
];
const SPARE = 6; // rows beyond both ends of what is in sight
const MOST = 100; // rows in the page, whatever the screen

/** @param {number} value in two decimals, where there is room for no more */
const short = (value) => (Math.abs(value) < 100 ? value.toFixed(2).replace("-", "−") : numberText(value));

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountPoints(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("points");
  const [field, marks] = [element("canvas"), element("canvas")];
  const square = element("div", { class: "points-map", "aria-hidden": "true" }, field, marks);
  const heads = COLUMNS.map((column) => {
    const button = element("button", { type: "button", class: "quiet", onclick: () => sortBy(column) }, column.label);
    return element("th", { scope: "col", role: "columnheader" }, button);
  });
  const [before, after] = [element("tr", { "aria-hidden": "true" }), element("tr", { "aria-hidden": "true" })];
  const body = element("tbody");
  const table = element("table", { role: "grid", tabIndex: 0, "aria-label": "List of points" },
    element("thead", {}, element("tr", {}, ...heads)), body);
  const holder = element("div", { class: "points-table" }, table);
  root.append(element("div", { class: "points-view" }, square, holder));
  const said = element("p", { class: "reading", role: "status" });
  const show = element("button", { type: "button", class: "small", onclick: showOnMap }, "Show on the map");
  const flip = element("button", { type: "button", class: "small", onclick: flipSet });
  words.append(element("div", { class: "points-words" }, said, show, flip));

  let order = { key: /** @type {Key} */ ("loss"), isFalling: true };
  /** @type {Row[]} */
  let rows = [];
  /** @type {number|null} */
  let chosen = null;
  let height = 28; // of a row, in CSS pixels

  actions.show((state) => (visible() ? [{ topic: "points", run: state.current }, ...mapTopics(state)] : []));

  const place = () => rows.findIndex(({ id }) => id === chosen);

  /** @param {typeof COLUMNS[number]} column */
  function sortBy({ key, falls }) {
    order = { key, isFalling: order.key === key ? !order.isFalling : falls };
    holder.scrollTop = 0;
    arrange(true);
  }

  /**
   * What somebody is reading keeps its place: the numbers change, the order does not.
   * @param {boolean} isAsked
   */
  function arrange(isAsked) {
    const now = rowsOf(runOf(model.get()));
    const isRead = holder.matches(":hover") || holder.contains(document.activeElement);
    const known = new Map(now.map((row) => [row.id, row]));
    const isSame = rows.length === now.length && rows.every(({ id }) => known.has(id));
    const hadLosses = rows.some(({ loss }) => !Number.isNaN(loss));
    rows = isRead && isSame && hadLosses && !isAsked
      ? rows.map(({ id }) => /** @type {Row} */ (known.get(id))) : sorted(now, order.key, order.isFalling);
    const { spec } = runOf(model.get());
    const names = spec && isOnPlane(spec) ? ["X₁", "X₂"] : ["Across", "Up"]; // on the map
    names.forEach((name, i) => { heads[i].children[0].textContent = name; });
    heads.forEach((head, i) => {
      const direction = order.isFalling ? "descending" : "ascending";
      if (COLUMNS[i].key === order.key) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
    table.setAttribute("aria-rowcount", String(rows.length + 1));
    fill();
    tell();
    mark();
  }

  /** The rows in sight. */
  function fill() {
    const first = Math.max(0, Math.floor(holder.scrollTop / height) - SPARE);
    const end = Math.min(rows.length, first + Math.min(MOST, Math.ceil(holder.clientHeight / height) + 2 * SPARE));
    before.style.height = `${first * height}px`;
    after.style.height = `${(rows.length - end) * height}px`;
    body.replaceChildren(before, ...rows.slice(first, end).map((row, i) => line(row, first + i)), after);
    const [, sample] = body.children;
    if (sample !== after && sample.getBoundingClientRect().height > 0) height = sample.getBoundingClientRect().height;
    if (body.querySelector("[aria-selected=true]")) table.setAttribute("aria-activedescendant", "points-chosen");
    else table.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Row} row
   * @param {number} index
   */
  function line(row, index) {
    const run = runOf(model.get());
    const isWrong = !Number.isNaN(row.said) && row.said !== row.target;
    const answer = Number.isNaN(row.answer) ? "…" : Number.isNaN(row.said) ? short(row.answer)
      : `${isWrong ? "✗ " : ""}${row.said + 1} (${short(row.answer)})`;
    const target = run.spec && classCount(run.spec) ? String(row.target + 1) : short(row.target);
    const texts = [short(row.x), short(row.y), target, answer, row.training ? "train" : "test",
      Number.isNaN(row.loss) ? "…" : lossText(row.loss)];
    const isChosen = row.id === chosen;
    return element("tr", {
      "aria-rowindex": String(index + 2), "aria-selected": String(isChosen), id: isChosen ? "points-chosen" : "",
      class: isWrong ? "wrong" : "", onclick: () => choose(index),
    }, ...texts.map((text) => element("td", { role: "gridcell" }, text)));
  }

  /** @param {number} index */
  function choose(index) {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    chosen = row.id;
    const top = place() * height;
    const head = table.tHead?.offsetHeight ?? 0;
    if (top < holder.scrollTop) holder.scrollTop = top;
    if (top + height + head > holder.scrollTop + holder.clientHeight) {
      holder.scrollTop = top + height + head - holder.clientHeight;
    }
    fill();
    tell();
    mark();
  }

  function tell() {
    const run = runOf(model.get());
    const row = rows[place()];
    show.disabled = !row;
    const isFixed = !row || model.get().watching || !run.spec || !isOnPlane(run.spec);
    flip.hidden = model.get().watching || (run.spec !== null && !isOnPlane(run.spec));
    flip.disabled = isFixed;
    flip.textContent = row && !row.training ? "Make it a training point" : "Make it a test point";
    const hint = `${rows.length.toLocaleString("en")} points. Choose a row to see where its point is.`;
    const text = row ? told(row) : hint;
    if (said.textContent !== text) said.textContent = text;
  }

  /** @param {Row} row */
  function told({ id, x, y, target, loss }) {
    const what = targetText(runOf(model.get()), target, numberText);
    const size = Number.isNaN(loss) ? "…" : lossText(loss);
    return `Point ${id} at ${numberText(x)}, ${numberText(y)}: ${what}, loss ${size}.`;
  }

  function showOnMap() {
    const row = rows[place()];
    if (!row) return;
    actions.showView("right", "map");
    actions.point({ x: row.x, y: row.y });
  }

  function flipSet() {
    const row = rows[place()];
    if (row) actions.editData({ moved: [{ id: row.id, training: !row.training }] });
  }

  /** The small map, with a ring around the point that is chosen. */
  function mark() {
    const state = model.get();
    if (!visible()) return;
    drawPointMap(state, runOf(state), { square, field, marks }, { ring: rows[place()], across: 110, test: true });
  }

  table.onkeydown = (event) => {
    if (event.target !== table) return;
    const page = Math.max(1, Math.floor(holder.clientHeight / height) - 2);
    const at = place();
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0,
      End: rows.length - 1 }[event.key];
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) showOnMap();
    else choose(to);
  };
  holder.onscroll = fill;
  new ResizeObserver(() => { if (visible()) { fill(); mark(); } }).observe(holder);
  on(model, (state) => {
    const { parts, points, spec } = runOf(state);
    return [visible(), visible() && parts.points, visible() && points, spec?.problem, state.watching];
  }, () => { if (visible()) arrange(false); });
  on(model, (state) => [visible() && runOf(state).frame, state.view.discretize], mark);
}
