// Space bending: the plane of the data on its way through the layers, from the inputs to the output.

import { drawBent } from "../draw/bend.js";
import { isEnough, placesAt, shownRow, stopsOf } from "../model/bending.js";
import { inputLabel, unitName } from "../model/names.js";
import { classCount, outputCount } from "../model/outputs.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element, icon } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { onTheme, theme } from "../ui/theme.js";
import { pace, viewSwitch, viewWords } from "../ui/view_words.js";

const PER_STOP = 1500; // milliseconds from one stop to the next
const PALE = 0.35;
const LINES = [8, 16, 32, 0]; // of the grid

/** @typedef {import("../model/bending.js").Stop} Stop */

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;
const counted = (/** @type {number} */ count) => count.toLocaleString("en");

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountBending(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("inside");
  const canvas = element("canvas", { role: "img" });
  const badge = element("p", { class: "inside-badge", role: "status" });
  const picture = element("div", { class: "inside-picture" }, canvas, badge);
  const play = element("button", { type: "button", class: "round small-round", onclick: () => setMoving(!moving) });
  const slider = element("input", { type: "range", min: "0", step: "0.01", value: "0", "aria-label": "Layer" });
  const names = element("div", { class: "bend-stops" });
  root.append(element("div", { class: "inside-view bend-view" }, picture, names,
    element("div", { class: "bend-drive" }, play, slider)));
  const look = { lines: LINES[1], showPoints: true, showLine: true };
  const grid = element("select", { "aria-label": "Grid", onchange: () => {
    look.lines = Number(grid.value);
    draw();
  } }, ...LINES.map((lines) => element("option", { value: String(lines) }, lines ? `${lines} lines` : "none")));
  grid.value = String(look.lines);
  /** @param {"showPoints"|"showLine"} name */
  const toggle = (name) => (/** @type {boolean} */ isOn) => {
    look[name] = isOn;
    draw();
  };
  const { say } = viewWords(words, actions, { account, controls: [
    element("label", { class: "inside-row" }, "Grid", grid), viewSwitch("Points", true, toggle("showPoints")),
    viewSwitch("Line", true, toggle("showLine")),
  ] });

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Map<string, Float32Array>} */
  let before = new Map();
  /** @type {Stop[]} */
  let stops = [];
  let seen = "";
  let at = 0;
  let moving = false;
  /** @type {HTMLButtonElement[]} */
  let buttons = [];

  actions.show(({ current: run, plane }) => {
    return visible() ? [{ topic: "bending", run, ...(plane && { plane }) }] : [];
  });

  /** Takes the newest record; the stops of another network are others. */
  function take() {
    const { parts: { bending } } = runOf(model.get());
    if (!bending || !visible()) return;
    const key = `${bending.restarts} ${bending.plane} ${bending.shapes.places}`;
    if (key !== seen) before = new Map();
    stops = stopsOf(bending, before);
    if (key !== seen) build();
    seen = key;
    draw();
  }

  function build() {
    const last = stops.length - 1;
    slider.max = String(last);
    if (at > last || seen === "") at = Math.max(0, last - 1); // where the plane is cut
    slider.value = String(at);
    buttons = stops.map((stop, i) => element("button", {
      type: "button", class: "quiet", onclick: () => {
        setMoving(false);
        go(i);
      },
    }, element("canvas", { "aria-hidden": "true" }), element("span", {}, stop.name)));
    names.replaceChildren(...buttons);
  }

  /** @param {number} to */
  function go(to) {
    at = Math.max(0, Math.min(stops.length - 1, to));
    slider.value = String(at);
    draw();
  }

  /** What the canvas shows of the run at a place between stops. @param {number} place */
  function bentAt(place) {
    const run = runOf(model.get());
    const { points, spec, parts: { bending } } = run;
    if (!bending || !points || !spec || !stops.length) return null;
    const near = stops[Math.round(place)];
    const grid = bending.grid;
    const shown = near.places.length / 2 - grid * grid;
    const row = shownRow(points.train, shown);
    const labels = Array.from({ length: Math.min(shown, points.train) }, (_, i) => points.rows[3 * row(i) + 2]);
    const isStop = Math.abs(place - Math.round(place)) < 0.02;
    return { places: placesAt(stops, place), grid, line: isStop ? near.line : null, labels,
      classes: outputCount(spec) > 1 ? classCount(spec) : 0 };
  }

  /** One line tells two classes apart, several tell several. */
  function enough() {
    const { spec } = runOf(model.get());
    return spec && classCount(spec) > 2 ? "Straight lines are enough" : "A straight line is enough";
  }

  function draw() {
    const { points } = runOf(model.get());
    if (!visible() || !stops.length) return;
    const colours = theme();
    paint(canvas, picture.clientWidth, picture.clientHeight, at, { ...look, ...colours });
    const near = stops[Math.round(at)];
    const count = points?.train ?? 0;
    const isHere = Math.abs(at - Math.round(at)) < 0.02;
    const said = isHere && isEnough(near, count)
      ? `✓ ${enough()} here: ${[near.right, count].map(counted).join(" of ")} points` : "";
    if (badge.textContent !== said) badge.textContent = said;
    badge.hidden = !said;
    buttons.forEach((button, i) => {
      const isEnoughHere = isEnough(stops[i], count);
      button.setAttribute("aria-current", String(Math.round(at) === i));
      const name = `${stops[i].name}${isEnoughHere ? " ✓" : ""}`;
      const label = button.lastElementChild;
      if (label && label.textContent !== name) label.textContent = name;
      button.title = isEnoughHere ? `${enough()} here` : "";
      const small = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
      if (small.clientWidth) {
        paint(small, small.clientWidth, small.clientHeight, i, { ...colours, lines: LINES[1], showPoints: true,
          showLine: false });
      }
    });
    const between = isHere ? near.name : `between ${stops[Math.floor(at)].name} and ${stops[Math.ceil(at)].name}`;
    slider.setAttribute("aria-valuetext", between);
    canvas.setAttribute("aria-label", `The plane of the data, ${isHere ? `at: ${between}` : between}.`);
    say(`${sentence(near)} ${pace(runOf(model.get()))}`);
  }

  /**
   * @param {HTMLCanvasElement} target
   * @param {number} width
   * @param {number} height
   * @param {number} place
   * @param {{lines: number, showPoints: boolean, showLine: boolean, ink: string, panel: string}} how
   */
  function paint(target, width, height, place, { showLine, ...how }) {
    const bent = bentAt(place);
    const [wide, high] = [width, height].map((size) => Math.round(size * devicePixelRatio));
    if (!bent || !wide || !high) return;
    if (target.width !== wide) target.width = wide;
    if (target.height !== high) target.height = high;
    const line = showLine ? bent.line : null;
    drawBent(contextOf(target), { ...bent, line }, { width: wide, height: high, scale: devicePixelRatio, pale: PALE,
      ...how });
  }

  /** @param {Stop} stop what its axes are, and what its line is */
  function sentence({ name, units, share, line, isAsked }) {
    const axes = name === "Inputs" ? "The plane of the data, as it is."
      : units === 1 ? "One number: the points are spread only to be told apart."
      : units === 2 ? `Across: ${axesOf(name)[0]}. Up: ${axesOf(name)[1]}.`
      : `2 main directions hold ${percent(share)}.`;
    const cut = !line ? "" : isAsked ? " The line is what the output neuron asks: which side are you on?"
      : " The line is the best that a logistic regression finds.";
    return `${axes}${cut}`;
  }

  /**
   * What is across and up where a stop has two units.
   * @param {string} name of the stop
   */
  function axesOf(name) {
    const { spec } = runOf(model.get());
    if (!spec) return ["", ""];
    if (name === "Features") return spec.features.map((key) => inputLabel(key, spec));
    const layer = name === "Output" ? spec.hidden.length : Number(name.split(" ")[1]) - 1;
    return [0, 1].map((neuron) => unitName(`${layer}.${neuron}`, spec));
  }

  function account() {
    const { points } = runOf(model.get());
    const count = points?.train ?? 0;
    const parts = stops.map((stop) => {
      const told = stop.right < 0 ? ""
        : `, where straight lines tell ${stop.right} of ${count} training points apart`;
      const shown = stop.units > 2 ? `, of which two main directions hold ${percent(stop.share)}` : "";
      return `${stop.name} (${stop.units} ${stop.units === 1 ? "unit" : "units"}${shown})${told}`;
    });
    return `Space bending. ${pace(runOf(model.get()))} The plane goes through: ${parts.join("; ")}.`;
  }

  /** @param {boolean} isMoving */
  function setMoving(isMoving) {
    moving = isMoving;
    play.replaceChildren(icon(moving ? "pause" : "play"));
    play.setAttribute("aria-label", moving ? "Stop moving through the layers" : "Move through the layers");
    play.title = moving ? "Stop" : "Move through the layers";
    if (!moving) return;
    if (at >= stops.length - 1) go(0);
    if (still.matches) setTimeout(jump, PER_STOP);
    else requestAnimationFrame(start);
  }
  /** @param {number} began */
  function start(began) {
    const first = at;
    /** @param {number} now */
    function step(now) {
      if (!moving || !visible()) return setMoving(false);
      go(first + (now - began) / PER_STOP);
      if (at >= stops.length - 1) setMoving(false);
      else requestAnimationFrame(step);
    }
    step(began);
  }
  function jump() {
    if (!moving || !visible()) return setMoving(false);
    go(Math.floor(at) + 1);
    if (at >= stops.length - 1) setMoving(false);
    else setTimeout(jump, PER_STOP);
  }
  setMoving(false);

  slider.oninput = () => {
    setMoving(false);
    const wanted = Number(slider.value);
    go(Math.abs(wanted - Math.round(wanted)) < 0.06 ? Math.round(wanted) : wanted);
  };
  slider.onkeydown = (event) => { // from stop to stop; the arrows train elsewhere
    const to = { ArrowRight: Math.floor(at) + 1, ArrowUp: Math.floor(at) + 1, ArrowLeft: Math.ceil(at) - 1,
      ArrowDown: Math.ceil(at) - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setMoving(false);
    go(to);
  };
  new ResizeObserver(draw).observe(picture);
  onPixelRatio(draw);
  onTheme(draw);
  on(model, (state) => {
    const { parts, points, playing } = runOf(state);
    return [visible(), visible() && parts.bending, points?.rows, points?.train, playing];
  }, take);
}
