// The code plane: two numbers for each row, found by the network and by principal components, on matched axes. A point
// can be pointed at, chosen, and dragged: then the decoder says what would be there.

import { drawRings } from "../draw/board.js";
import { drawCross, drawPoints } from "../draw/points.js";
import { SHADES, drawRebuilt } from "../draw/rebuilt.js";
import { swatch } from "../draw/shapes.js";
import {
  NONE, chosenRow, codeTopics, columnNames, isAutoencoder, nearestRow, rowError, rowText, rowsOf, shareText,
  shownPlaces,
} from "../model/autoencoder.js";
import { columnFacts, factsOf } from "../model/tables.js";
import { figure, rawOf } from "../model/table_words.js";
import { currentRun } from "../model/state.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { drawRows, rowChooser } from "../ui/row_chooser.js";
import { loadStyle } from "../ui/style.js";
import { theme } from "../ui/theme.js";
import { pace, viewWords } from "../ui/view_words.js";
import { LIMITS } from "../wire/protocol.js";

const REFRESH = 100; // milliseconds
const EDGE = 6; // a plane is [-6, 6] x [-6, 6]
const REACH = 0.45; // of a point, in these units
const STEP = 0.25; // of an arrow key

/** @typedef {{x: number, y: number}} Place in units of the principal components */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountCodePlane(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await Promise.all([loadStyle("inside"), loadStyle("codes")]);
  const sides = /** @type {const} */ (["network", "pca"]).map((key) => {
    const title = element("h3");
    const canvas = element("canvas", { role: "img", tabIndex: key === "network" ? 0 : -1 });
    const error = element("p", { class: "code-error" });
    return { key, title, canvas, error,
      part: element("div", {}, title, element("div", { class: "code-square" }, canvas), error) };
  });
  const legend = element("p", { class: "code-legend" });
  const empty = element("p", { class: "inside-empty", hidden: true });
  const bars = element("canvas", { role: "img", class: "code-bars" });
  const table = element("div", { class: "inside-scroll", tabIndex: 0, "aria-label": "The chosen row" });
  table.onkeydown = (event) => { if (event.key.startsWith("Arrow")) event.stopPropagation(); };
  const pair = element("div", { class: "code-pair" }, ...sides.map(({ part }) => part));
  const all = element("div", { class: "code-all" }, legend, pair, bars, table);
  root.append(element("div", { class: "inside-view code-view" }, all, empty));
  const chooser = rowChooser(model, actions, runOf);
  const back = element("button", { type: "button", class: "small", hidden: true, onclick: () => point(null) },
    "Back to the row");
  const { say } = viewWords(words, actions, { account, controls: [...chooser.controls, back] });
  /** @type {Place|null} somewhere on the code plane, for the decoder */
  let pointed = null;

  actions.show((state) => {
    if (!visible()) return [];
    return [...codeTopics(state),
      ...(pointed ? [/** @type {const} */ ({ topic: "decoded", run: state.current, ...pointed })] : [])];
  });

  const rows = () => rowsOf(runOf(model.get()));

  /** @param {Place|null} place */
  function point(place) {
    const clamped = (/** @type {number} */ value) => Math.max(-LIMITS.pointer, Math.min(LIMITS.pointer, value));
    pointed = place && { x: clamped(place.x), y: clamped(place.y) };
    actions.refreshTopics();
    draw();
  }

  /** What is made of the code that is pointed at, once it has come. */
  function made() {
    const { decoded } = runOf(model.get()).parts;
    return pointed && decoded?.outputs && Math.hypot(decoded.x - pointed.x, decoded.y - pointed.y) < 1e-6
      ? decoded.outputs : null;
  }

  function draw() {
    const run = runOf(model.get());
    const { spec } = run;
    if (!visible() || !spec) return;
    const known = rows();
    empty.hidden = known !== null;
    all.hidden = known === null;
    empty.textContent = isAutoencoder(spec) ? "Measuring…" : NONE;
    back.hidden = pointed === null;
    say(sentence());
    if (!known) return;
    chooser.show();
    const shown = shownPlaces(known);
    const row = chosenRow(known, model.get().row);
    const names = factsOf(spec)?.classes ?? [];
    if (legend.childElementCount !== (known.said ? names.length : 0)) {
      legend.replaceChildren(...(known.said ? names.map((name, i) => element("span", {}, swatch(i), name)) : []));
    }
    for (const { key, title, canvas, error } of sides) {
      const numbers = known.width === 1 ? "1 number" : `${known.width} numbers`;
      title.textContent = `${key === "network" ? "Network" : "PCA"}: ${numbers}`;
      const [train, test] = [0, 1].map((set) => shareText(known.sides[key].errors[set * (1 + known.columns)]));
      error.replaceChildren(element("strong", {}, test), " test error ", element("span", {}, `(training ${train})`));
      paint(canvas, shown[key], known, shown.classes, row, key === "network" && pointed
        ? { x: pointed.x * shown.scale, y: pointed.y * shown.scale } : null);
      canvas.setAttribute("aria-label", key === "network"
        ? `Codes of ${known.count} rows. Arrow keys move a code through the plane, Escape gives it back.`
        : `The same rows along their first principal components.`);
    }
    show(known, row);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Float32Array} places
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {number} classes
   * @param {number} row
   * @param {Place|null} cross
   */
  function paint(canvas, places, known, classes, row, cross) {
    const scale = devicePixelRatio;
    const side = Math.round(canvas.clientWidth * scale);
    if (!side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = contextOf(canvas);
    context.clearRect(0, 0, side, side);
    const { line } = theme();
    context.fillStyle = line;
    for (const at of [1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6]) {
      context.fillRect(at * side, 0, scale, side);
      context.fillRect(0, at * side, side, scale);
    }
    const crowd = known.count > 300 ? 1.6 : 2.6;
    const look = { side, radius: Math.max(crowd * scale, side / 170), outline: "#fff", classes };
    drawPoints(context, places, known.training, known.count, { ...look, test: true });
    drawPoints(context, places, 0, known.training, { ...look, test: false });
    const [x, y] = [places[3 * row], places[3 * row + 1]];
    drawRings(context, [{ x, y }], { side, scale, radius: 3 * look.radius, crossed: false });
    if (cross) drawCross(context, ((cross.x + EDGE) * side) / 12, ((EDGE - cross.y) * side) / 12, scale);
  }

  /**
   * @param {import("../model/autoencoder.js").Rows} known
   * @param {number} row
   */
  function show(known, row) {
    const { spec } = runOf(model.get());
    if (!spec) return;
    const { columns, targets, inputs, sides: { network, pca } } = known;
    const of = (/** @type {ArrayLike<number>} */ values) => {
      return Array.from({ length: columns }, (_, i) => values[row * columns + i]);
    };
    const [wanted, given] = [of(targets), of(inputs)];
    const names = columnNames(spec);
    const there = made();
    const lines = [
      { name: "as it is", values: wanted, error: "–" },
      ...(given.some((value, i) => value !== wanted[i]) ? [{ name: "with noise", values: given, error: "–" }] : []),
      { name: "built by the network", values: of(network.rebuilt),
        error: figure(rowError(known, network.rebuilt, row)) },
      { name: "built by PCA", values: of(pca.rebuilt), error: figure(rowError(known, pca.rebuilt, row)) },
      ...(pointed ? [{ name: "built from the cross", values: there ?? [], error: "–" }] : []),
    ];
    const text = (/** @type {number|undefined} */ value, /** @type {number} */ column) => {
      const facts = columnFacts(column, spec);
      return value === undefined ? "…" : figure(facts ? rawOf(facts, value) : value);
    };
    table.replaceChildren(element("table", { class: "inside-table" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, rowText(known, row, spec)),
        ...names.map((name) => element("th", { scope: "col" }, name)), element("th", { scope: "col" }, "error"))),
      element("tbody", {}, ...lines.map(({ name, values, error }) => element("tr", {},
        element("th", { scope: "row" }, name), ...names.map((_, i) => element("td", {}, text(values[i], i))),
        element("td", {}, error))))));
    const scale = devicePixelRatio;
    const [width, height] = [bars.clientWidth, bars.clientHeight].map((size) => Math.round(size * scale));
    if (!width || !height) return;
    if (bars.width !== width) bars.width = width;
    if (bars.height !== height) bars.height = height;
    const shown = there ? [{ values: there, shade: SHADES.made }]
      : [{ values: of(network.rebuilt), shade: SHADES.network }, { values: of(pca.rebuilt), shade: SHADES.pca }];
    drawRebuilt(contextOf(bars), { wanted, bars: shown, names }, { ...theme(), width, height, scale });
    const built = there ? "orange what the decoder makes of the cross"
      : "blue what the network builds, brown what PCA builds";
    bars.setAttribute("aria-label", `Bars per column: the frame is the row, ${built}; the table has the numbers.`);
  }

  /**
   * @param {PointerEvent} event
   * @returns {Place} in the units of the pictures
   */
  function placeOf({ clientX, clientY, currentTarget }) {
    const box = /** @type {HTMLElement} */ (currentTarget).getBoundingClientRect();
    return { x: ((clientX - box.left) / box.width) * 12 - EDGE, y: EDGE - ((clientY - box.top) / box.height) * 12 };
  }
  for (const { key, canvas } of sides) {
    const near = (/** @type {PointerEvent} */ event, /** @type {number} */ within) => {
      const known = rows();
      const row = known ? nearestRow(shownPlaces(known)[key], placeOf(event), within) : -1;
      if (known && row >= 0) actions.chooseRow(known.ids[row]);
    };
    canvas.onpointermove = (event) => {
      const known = rows();
      if (canvas.hasPointerCapture(event.pointerId) && known && key === "network") {
        const { x, y } = placeOf(event);
        const { scale } = shownPlaces(known);
        point({ x: x / scale, y: y / scale });
      } else if (event.pointerType === "mouse" && !event.buttons) near(event, REACH / 2);
    };
    canvas.onpointerdown = (event) => {
      near(event, 2 * REACH);
      if (key === "network") canvas.setPointerCapture(event.pointerId);
    };
    canvas.onkeydown = (event) => {
      const known = rows();
      if (!known) return;
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (event.key === "Escape" && pointed) {
        event.preventDefault();
        event.stopPropagation();
        return point(null);
      }
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const row = chosenRow(known, model.get().row);
      const { places } = known.sides.network;
      const from = pointed ?? { x: places[2 * row], y: places[2 * row + 1] };
      const step = STEP / shownPlaces(known).scale;
      point({ x: from.x + way[0] * step, y: from.y + way[1] * step });
    };
  }

  function sentence() {
    const known = rows();
    if (!known) return "";
    const [own, other] = [known.sides.network, known.sides.pca].map(({ errors }) => errors[1 + known.columns]);
    const better = !(Number.isFinite(own) && Number.isFinite(other)) ? ""
      : own < other ? " On test rows the network is better." : " On test rows PCA is better.";
    return `Error: the part of the variance that is lost.${better} Angle to the PCA plane: `
      + `${figure(known.angle)}°. ${pace(runOf(model.get()))}`;
  }

  function account() {
    const { spec } = runOf(model.get());
    const known = rows();
    if (!known || !spec) return `Code plane. ${isAutoencoder(spec) ? "It is being measured." : NONE}`;
    const row = chosenRow(known, model.get().row);
    const told = (/** @type {"network"|"pca"} */ key) => [1, 0].map((set) => {
      return shareText(known.sides[key].errors[set * (1 + known.columns)]);
    }).join(", of training rows ");
    return `Code plane. ${sentence()} Of test rows the network loses ${told("network")}; PCA loses ${told("pca")}. `
      + `${rowText(known, row, spec)}: its error is ${figure(rowError(known, known.sides.network.rebuilt, row))} in `
      + `the network and ${figure(rowError(known, known.sides.pca.rebuilt, row))} with PCA.`;
  }

  drawRows(model, draw, { area: pair, visible, runOf, rest: REFRESH });
}
