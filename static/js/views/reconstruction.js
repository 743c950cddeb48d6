// Reconstruction: how much of each column is lost, by the network and by principal components, and one row as bars.

import { SHADES, drawRebuilt } from "../draw/rebuilt.js";
import {
  NONE, chosenRow, codeTopics, columnNames, isAutoencoder, rowError, rowText, rowsOf, shareText, worstRows,
} from "../model/autoencoder.js";
import { figure } from "../model/table_words.js";
import { currentRun } from "../model/state.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { drawRows, rowChooser } from "../ui/row_chooser.js";
import { loadStyle } from "../ui/style.js";
import { theme } from "../ui/theme.js";
import { pace, viewWords } from "../ui/view_words.js";

const REFRESH = 250; // milliseconds: a table takes longer to read than a number
const WORST = 8; // rows of the list

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountReconstruction(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await Promise.all([loadStyle("inside"), loadStyle("codes")]);
  const bars = element("canvas", { role: "img", class: "code-bars" });
  const columns = element("tbody");
  const heads = ["Column", "network, test", "training", "PCA, test", "training"];
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const table = element("table", { class: "inside-table" },
    element("caption", { class: "unseen" }, "Lost of each column, as a part of its variance"),
    element("thead", {}, head), columns);
  const worst = element("div", { class: "worst-rows", role: "group", "aria-label": "Rows that are rebuilt worst" });
  const title = element("h3");
  const scroll = element("div", { class: "inside-scroll", tabIndex: 0, "aria-label": "Errors by column and by row" },
    table, element("h3", {}, "Worst rows"), worst);
  scroll.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  const empty = element("p", { class: "inside-empty", hidden: true });
  const all = element("div", { class: "rebuilt-all" }, title, bars, scroll);
  root.append(element("div", { class: "inside-view code-view" }, all, empty));
  const chooser = rowChooser(model, actions, runOf);
  const { say } = viewWords(words, actions, { account, controls: chooser.controls });

  actions.show((state) => (visible() ? codeTopics(state) : []));

  function draw() {
    const { spec, ...run } = runOf(model.get());
    if (!visible() || !spec) return;
    const known = rowsOf({ spec, ...run });
    empty.hidden = known !== null;
    all.hidden = known === null;
    empty.textContent = isAutoencoder(spec) ? "Measuring…" : NONE;
    if (!known) return say("");
    chooser.show();
    const row = chosenRow(known, model.get().row);
    const names = columnNames(spec);
    const { network, pca } = known.sides;
    title.textContent = rowText(known, row, spec);
    const of = (/** @type {ArrayLike<number>} */ values) => {
      return Array.from({ length: known.columns }, (_, i) => values[row * known.columns + i]);
    };
    const scale = devicePixelRatio;
    const [width, height] = [bars.clientWidth, bars.clientHeight].map((size) => Math.round(size * scale));
    if (width && height) {
      if (bars.width !== width) bars.width = width;
      if (bars.height !== height) bars.height = height;
      const shown = [
        { values: of(network.rebuilt), shade: SHADES.network }, { values: of(pca.rebuilt), shade: SHADES.pca },
      ];
      drawRebuilt(contextOf(bars), {
        wanted: of(known.targets), names, bars: shown,
      }, { ...theme(), width, height, scale });
    }
    const told = names.map((name, i) =>
      `${name} ${[known.targets, network.rebuilt, pca.rebuilt].map((values) => figure(of(values)[i])).join(", ")}`);
    bars.setAttribute("aria-label", `${title.textContent}: the frame is the row, blue what the network builds, brown `
      + `what PCA builds. ${told.join("; ")}.`);
    const step = 1 + known.columns;
    columns.replaceChildren(...["All", ...names].map((name, at) => element("tr", {},
      element("th", { scope: "row" }, name),
      ...[network, pca].flatMap(({ errors }) => [errors[step + at], errors[at]])
        .map((error) => element("td", {}, shareText(error))))));
    const focused = worst.contains(document.activeElement);
    if (!focused) {
      worst.replaceChildren(...worstRows(known).slice(0, WORST).map((each) => element("button", {
        type: "button", class: "small", "aria-pressed": String(each === row),
        onclick: () => actions.chooseRow(known.ids[each]),
      }, `${known.ids[each] + 1}: ${figure(rowError(known, network.rebuilt, each))}`)));
    }
    say(`Lost of the variance, by column; the bars are the chosen row. ${pace(runOf(model.get()))}`);
  }

  function account() {
    const run = runOf(model.get());
    const known = rowsOf(run);
    if (!known || !run.spec) return `Reconstruction. ${isAutoencoder(run.spec) ? "It is being measured." : NONE}`;
    const { spec } = run;
    const step = 1 + known.columns;
    const told = ["All columns", ...columnNames(spec)].map((name, at) => {
      const [own, other] = [known.sides.network, known.sides.pca].map(({ errors }) => shareText(errors[step + at]));
      return `${name} ${own} and ${other}`;
    });
    const first = worstRows(known)[0];
    return `Reconstruction. ${pace(run)} Lost on test rows by the network and by PCA: ${told.join("; ")}. `
      + `The network rebuilds ${rowText(known, first, spec)} worst.`;
  }

  drawRows(model, draw, { area: all, visible, runOf, rest: REFRESH });
}
