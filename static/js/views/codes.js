// Codes: what the narrowest layer makes of each row, as a table that settles and as points in a cube, and what comes
// out.

import { colour } from "../draw/palette.js";
import { SHADES, drawCube, drawRebuilt } from "../draw/rebuilt.js";
import {
  NONE, bitsOf, chosenRow, codeTopics, columnNames, isAutoencoder, isBinary, rowText, rowsOf,
} from "../model/autoencoder.js";
import { activationsOf } from "../model/network_shape.js";
import { currentRun } from "../model/state.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { drawRows, rowChooser } from "../ui/row_chooser.js";
import { loadStyle } from "../ui/style.js";
import { theme } from "../ui/theme.js";
import { pace, viewWords } from "../ui/view_words.js";

const REFRESH = 100; // milliseconds
const MOST = 32; // rows of the table
const MOST_NEURONS = 8; // columns of it
const PALE = 0.65; // of full colour, so that the numbers on it are read
const NAMED = 20; // points that have their number in the cube

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountCodes(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await Promise.all([loadStyle("inside"), loadStyle("codes")]);
  const table = element("div", { class: "inside-scroll code-table", tabIndex: 0, "aria-label": "Codes of the rows" });
  table.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  const cube = element("canvas", { role: "img", tabIndex: 0, class: "code-cube" });
  const bars = element("canvas", { role: "img", class: "code-bars" });
  const caption = element("p", { class: "code-caption" });
  const empty = element("p", { class: "inside-empty", hidden: true });
  const all = element("div", { class: "codes-all" }, table, element("div", { class: "code-cube-place" }, cube),
    element("div", { class: "code-out" }, caption, bars));
  root.append(element("div", { class: "inside-view code-view" }, all, empty));
  const chooser = rowChooser(model, actions, runOf);
  const { say } = viewWords(words, actions, { account, controls: [chooser.controls[0]] });
  let [turn, tilt] = [0.5, 0.35];

  actions.show((state) => (visible() ? codeTopics(state) : []));

  const rows = () => rowsOf(runOf(model.get()));

  function draw() {
    const run = runOf(model.get());
    const { spec } = run;
    if (!visible() || !spec) return;
    const known = rows();
    empty.hidden = known !== null;
    all.hidden = known === null;
    empty.textContent = isAutoencoder(spec) ? "Measuring…" : NONE;
    say(sentence());
    if (!known) return;
    chooser.show();
    const row = chosenRow(known, model.get().row);
    fillTable(known, row, spec);
    paint(cube, (context, look) => drawCube(context, pointsOf(known, spec), {
      axes: Array.from({ length: Math.min(3, known.width) }, (_, i) => `h${sub(i + 1)}`), chosen: row, turn, tilt,
    }, look));
    const shape = known.width > 3 ? "The first three of its neurons are shown. " : "";
    cube.setAttribute("aria-label", `The codes as points in a cube. ${shape}Arrow keys turn it.`);
    const { columns, targets, sides: { network: { rebuilt } } } = known;
    const of = (/** @type {ArrayLike<number>} */ values) => {
      return Array.from({ length: columns }, (_, i) => values[row * columns + i]);
    };
    caption.textContent = `${rowText(known, row, spec)}: in frames what goes in, as bars what comes out`;
    paint(bars, (context, look) => drawRebuilt(context, {
      wanted: of(targets), names: columnNames(spec), bars: [{ values: of(rebuilt), shade: SHADES.network }],
    }, look));
    const told = columnNames(spec).map((name, i) =>
      `${name} ${of(targets)[i].toFixed(2)}, ${of(rebuilt)[i].toFixed(2)}`);
    bars.setAttribute("aria-label", `${caption.textContent}: ${told.join("; ")}.`);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(context: CanvasRenderingContext2D, look: any) => void} how
   */
  function paint(canvas, how) {
    const scale = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * scale));
    if (!width || !height) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    how(contextOf(canvas), { ...theme(), width, height, scale });
  }

  /**
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {number} row
   * @returns {number[]}
   */
  const codeOf = ({ codes, width }, row) => Array.from(codes.subarray(row * width, (row + 1) * width));

  /**
   * From 0 to 1 along each neuron: where the activation has no ends, from the least to the greatest code.
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {import("../model/catalog.js").Spec} spec
   */
  function rangesOf(known, spec) {
    const key = activationsOf(spec)[known.layer];
    const fixed = /** @type {Record<string, number[]>} */ ({ sigmoid: [0, 1], step: [0, 1], gaussian: [0, 1],
      tanh: [-1, 1], softsign: [-1, 1], sine: [-1, 1] })[key];
    return Array.from({ length: known.width }, (_, neuron) => {
      if (fixed) return fixed;
      const values = Array.from({ length: known.count }, (__, row) => known.codes[row * known.width + neuron]);
      return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    });
  }

  /**
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {import("../model/catalog.js").Spec} spec
   */
  function pointsOf(known, spec) {
    const ranges = rangesOf(known, spec);
    return Array.from({ length: known.count }, (_, row) => {
      const places = codeOf(known, row).map((value, i) => (value - ranges[i][0]) / (ranges[i][1] - ranges[i][0] || 1));
      const at = [0, 1, 2].map((axis) => places[axis] ?? 0);
      return { at, name: known.count <= NAMED ? String(known.ids[row] + 1) : "", shade: "#8fb8d6" };
    });
  }

  /**
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {number} chosen
   * @param {import("../model/catalog.js").Spec} spec
   */
  function fillTable(known, chosen, spec) {
    const neurons = Math.min(known.width, MOST_NEURONS);
    const ranges = rangesOf(known, spec);
    const key = activationsOf(spec)[known.layer];
    const hasBits = bitsOf(key, [0]) !== null;
    const order = Array.from({ length: known.count }, (_, row) => row).sort((a, b) => known.ids[a] - known.ids[b]);
    const neuronNames = Array.from({ length: neurons }, (_, i) => `h${sub(i + 1)}`);
    const isToldRight = isBinary(known);
    const heads = ["Row", ...neuronNames, ...(hasBits ? ["bits"] : []), ...(isToldRight ? ["right"] : [])];
    const at = table.contains(document.activeElement) ? document.activeElement?.getAttribute("aria-label") : null;
    table.replaceChildren(element("table", { class: "inside-table" },
      element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...order.slice(0, MOST).map((row) => {
        const code = codeOf(known, row);
        const cells = code.slice(0, neurons).map((value, i) => {
          const [low, high] = ranges[i];
          const cell = element("td", { class: "code-cell" }, value.toFixed(2).replace("-", "−"));
          cell.style.background = colour(PALE * (2 * ((value - low) / (high - low || 1)) - 1));
          return cell;
        });
        const right = isRight(known, row);
        const choose = () => actions.chooseRow(known.ids[row]);
        return element("tr", { class: row === chosen ? "chosen" : "", onclick: choose },
          element("th", { scope: "row" }, element("button", { type: "button", class: "quiet tiny",
            "aria-label": `Show row ${known.ids[row] + 1}` }, String(known.ids[row] + 1))),
          ...cells, ...(hasBits ? [element("td", {}, (bitsOf(key, code) ?? []).join(""))] : []),
          isToldRight ? element("td", {}, right ? "✓" : "✗") : null);
      }))));
    const again = at && table.querySelector(`[aria-label="${at}"]`); // it was made anew
    if (again) /** @type {HTMLElement} */ (again).focus();
  }

  /**
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {number} row
   */
  function isRight({ columns, targets, sides }, row) {
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      if (targets[at] > 0.5 !== sides.network.rebuilt[at] > 0.5) return false;
    }
    return true;
  }

  cube.onpointerdown = (event) => cube.setPointerCapture(event.pointerId);
  cube.onpointermove = (event) => {
    if (!cube.hasPointerCapture(event.pointerId)) return;
    turn += (event.movementX / Math.max(1, cube.clientWidth)) * Math.PI;
    tilt = Math.max(-1.5, Math.min(1.5, tilt + (event.movementY / Math.max(1, cube.clientHeight)) * Math.PI));
    draw();
  };
  cube.onkeydown = (event) => {
    const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    [turn, tilt] = [turn + step[0], Math.max(-1.5, Math.min(1.5, tilt + step[1]))];
    draw();
  };

  function sentence() {
    const known = rows();
    if (!known) return "";
    const { right, training } = known;
    if (!isBinary(known)) return pace(runOf(model.get()));
    const since = known.since ? `, first at epoch ${known.since.toLocaleString("en")}` : "";
    const count = right === training ? `✓ All ${training} rows right${since}.`
      : `${right} of ${training} training rows right.`;
    return `${count} Right: each output on its side of 0.5. ${pace(runOf(model.get()))}`;
  }

  function account() {
    const { spec } = runOf(model.get());
    const known = rows();
    if (!known || !spec) return `Codes. ${isAutoencoder(spec) ? "They are being measured." : NONE}`;
    const told = Array.from({ length: Math.min(known.count, MOST) }, (_, row) => {
      const code = codeOf(known, row).slice(0, MOST_NEURONS).map((value) => value.toFixed(2));
      return `row ${known.ids[row] + 1} ${code.join(" ")}`;
    });
    return `Codes. ${sentence()} ${told.join("; ")}.`;
  }

  drawRows(model, draw, { area: all, visible, runOf, rest: REFRESH });
}

/** @param {number} number as an index */
const sub = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
