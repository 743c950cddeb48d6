// How good the answers are, beside the loss: accuracy, which class is taken for which, F1; for numbers R², RMSE, and
// each point's prediction against its true value. The server measures only while somebody looks here.

import { drawPairs } from "../draw/pairs.js";
import { swatch } from "../draw/shapes.js";
import { outputCount } from "../model/outputs.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { ownClassName } from "../model/tables.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { onTheme, theme } from "../ui/theme.js";

const SETS = /** @type {const} */ ([["train", "Training"], ["test", "Test"]]);

/** @typedef {import("../model/metrics.js").Metrics} Metrics */
/** @typedef {import("../wire/frame.js").SetMetrics} Answers */
/** @typedef {import("../model/catalog.js").Spec} Spec */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountMetrics(root, model, actions, { visible, runOf = currentRun }) {
  await loadStyle("tables");
  const waiting = element("p", { class: "waiting" }, "Measuring…");
  const summary = element("table", { class: "metrics" });
  const picture = element("canvas", { role: "img" });
  const meaning = element("p", { class: "note" }, "F1: the harmonic mean of precision and recall; 1 is perfect.");
  const confusions = element("div", { class: "confusions" });
  const holder = element("div", { class: "metrics-view", tabIndex: 0, "aria-label": "Measures" },
    waiting, summary, meaning, confusions, picture);
  holder.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  root.append(holder);

  actions.show(({ current: run }) => (visible() ? [{ topic: "metrics", run }] : []));

  function draw() {
    const run = runOf(model.get());
    const { metrics, spec } = run;
    if (!visible() || !spec) return;
    const last = metrics.at(-1);
    const isReady = last !== undefined && Boolean(last.test.confusion) === (spec.problem === "classification");
    waiting.hidden = isReady;
    for (const shown of [summary, meaning, confusions, picture]) shown.hidden = !isReady;
    if (!isReady) return;
    const { confusion, predicted } = last.test;
    summary.replaceChildren(...summaryRows(last, spec));
    confusions.hidden = meaning.hidden = !confusion;
    picture.hidden = !predicted;
    confusions.classList.toggle("few", (confusion?.length ?? 0) <= 3);
    confusions.replaceChildren(
      element("p", { class: "note" }, "Rows: true class; columns: predicted class."),
      ...SETS.flatMap(([name, label]) => {
        const table = last[name].confusion;
        return table ? [confusionTable(table, label, spec)] : [];
      }));
    if (predicted) drawPicture(last, run);
  }

  /**
   * @param {Metrics} metrics
   * @param {import("../model/run.js").Run} run
   */
  function drawPicture(metrics, { points, restarts }) {
    if (!points || points.restarts !== restarts) return;
    const said = `Predicted against true values. R² of the test points: ${share(metrics.test.r2)}.`;
    picture.setAttribute("aria-label", said);
    const side = Math.round(picture.clientWidth * devicePixelRatio);
    if (picture.width !== side) picture.width = picture.height = side;
    const pairs = SETS.map(([name]) => pairsOf(metrics[name], points, name === "train" ? 0 : points.train));
    drawPairs(contextOf(picture), pairs, { side, scale: devicePixelRatio, ...theme() });
  }

  on(model, (state) => {
    const { metrics, points, spec } = runOf(state);
    return [visible(), visible() && metrics, points, spec];
  }, draw);
  new ResizeObserver(draw).observe(root);
  onTheme(draw);
}

/**
 * A part of the whole, in three digits; none where it is not defined.
 * @param {number|null|undefined} value
 */
function share(value) {
  return value === null || value === undefined ? "–" : value.toFixed(3).replace("-", "−");
}

/**
 * @param {Metrics} metrics
 * @param {Spec} spec
 */
function summaryRows({ train, test }, spec) {
  /**
   * @param {string} label
   * @param {number|null|undefined} one
   * @param {number|null|undefined} other
   * @param {Node|null} [mark]
   */
  const row = (label, one, other, mark = null) => element("tr", {},
    element("th", { scope: "row" }, mark, label), element("td", {}, share(one)), element("td", {}, share(other)));
  const f1 = test.confusion?.map((_, i) => {
    return row(`F1 of ${className(i, spec)}`, train.f1?.[i], test.f1?.[i], classMark(i, spec));
  });
  const rows = f1 ? [row("Accuracy", train.accuracy, test.accuracy), ...f1]
    : [row("R²", train.r2, test.r2), row("RMSE", train.rmse, test.rmse)];
  return [tableHead(SETS.map(([, label]) => [label])), element("tbody", {}, ...rows)];
}

/**
 * The heads of the columns, beside a column of row heads.
 * @param {(Node|string)[][]} columns what is in each
 */
function tableHead(columns) {
  const heads = columns.map((parts) => element("th", { scope: "col" }, ...parts));
  return element("thead", {}, element("tr", {}, element("td", {}), ...heads));
}

/**
 * @param {number} i
 * @param {Spec} spec
 */
function className(i, spec) {
  return ownClassName(i, spec) ?? (isOfTwo(spec) ? ["class −1", "class 1"][i] : `class ${i + 1}`);
}

/**
 * One output for two classes: they go by its answers.
 * @param {Spec} spec
 */
const isOfTwo = (spec) => outputCount(spec) === 1;

/**
 * @param {number} i
 * @param {Spec} spec
 */
function classMark(i, spec) {
  if (!isOfTwo(spec)) return swatch(i);
  return element("span", { class: `swatch ${["negative", "positive"][i]}`, "aria-hidden": "true" });
}

/**
 * Which class was taken for which: the deeper a cell, the more of its row.
 * @param {number[][]} confusion
 * @param {string} label
 * @param {Spec} spec
 */
function confusionTable(confusion, label, spec) {
  const names = confusion.map((_, i) => (isOfTwo(spec) ? ["−1", "1"][i] : String(i + 1)));
  return element("table", { class: "confusion" },
    element("caption", {}, label),
    tableHead(names.map((name, i) => [classMark(i, spec), name])),
    element("tbody", {}, ...confusion.map((row, i) => {
      const all = row.reduce((sum, count) => sum + count, 0);
      return element("tr", {}, element("th", { scope: "row" }, classMark(i, spec), names[i]), ...row.map((count, j) => {
        const cell = element("td", { class: i === j ? "right" : "wrong" }, String(count));
        cell.style.setProperty("--share", `${Math.round(all ? (100 * count) / all : 0)}%`);
        return cell;
      }));
    })));
}

/**
 * True value and prediction of the first points of a part.
 * @param {Answers} answers
 * @param {import("../wire/frame.js").Points} points
 * @param {number} first
 * @returns {[number, number][]}
 */
function pairsOf(answers, points, first) {
  /** @type {[number, number][]} */
  const pairs = [];
  answers.predicted?.forEach((predicted, i) => {
    if (predicted !== null) pairs.push([points.rows[3 * (first + i) + 2], predicted]);
  });
  return pairs;
}
