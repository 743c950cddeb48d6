// The landscape: the training loss around the run, over a plane in the space of all weights, and the way down.

import { drawLand, drawOther, drawWay, rangeOf } from "../draw/contours.js";
import { lookOf } from "../draw/lane.js";
import { unitName } from "../model/names.js";
import { inputsOf, layerSizes } from "../model/network_shape.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { lossText } from "../ui/text.js";
import { theme } from "../ui/theme.js";
import { pace, viewSwitch, viewWords } from "../ui/view_words.js";

const MOST_LINKS = 300; // in a list

/** @typedef {"path"|"weights"|"random"} Mode */
/** @type {Record<Mode, string>} */
const MODES = { path: "of the path", weights: "two weights", random: "random" };
/** @type {Record<string, string>} */
const PROBLEMS = {
  young: "Not enough epochs yet: press play.",
  large: "This network is too large for a landscape: thousands of losses would take too long.",
};
/** What each plane does not show. @type {Record<Mode, string>} */
const HIDDEN = {
  path: "It does not show what lies in all the other directions.",
  weights: "It does not show that all other weights moved too: they stand as they are now.",
  random: "It does not show the way: chance directions hardly hold any of it.",
};

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountLandscape(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("inside");
  const canvas = element("canvas", { role: "img" });
  const empty = element("p", { class: "inside-empty" }, "Measuring…");
  const legend = element("p", { class: "inside-badge land-legend" });
  const picture = element("div", { class: "inside-picture" }, canvas, legend, empty);
  root.append(element("div", { class: "inside-view" }, picture));

  /** @type {Mode} */
  let mode = "path";
  let chosen = ["0.0.0", "0.0.1"];
  let drawn = 0;
  let contours = true;
  /** @type {typeof import("../draw/relief.js")|null} once it is asked for */
  let relief = null;
  let isRelief = false;
  let turn = 0.6; // of the relief, in radians
  const plane = element("select", { "aria-label": "Plane", onchange: () => {
    mode = /** @type {Mode} */ (plane.value);
    change();
  } }, ...Object.entries(MODES).map(([key, label]) => element("option", { value: key }, label)));
  const links = [0, 1].map((which) => {
    const select = element("select", { "aria-label": which ? "Weight upwards" : "Weight across" });
    select.onchange = () => {
      chosen = chosen.with(which, select.value);
      change();
    };
    return select;
  });
  const again = element("button", { type: "button", class: "small", onclick: () => {
    drawn = (drawn + 1) % 4096;
    change();
  } }, "Other directions");
  const { say } = viewWords(words, actions, { account, controls: [
    element("label", { class: "inside-row" }, "Plane", plane), ...links, again,
    viewSwitch("Contours", true, (isOn) => {
      contours = isOn;
      draw();
    }),
    viewSwitch("3D", false, async (isOn) => {
      isRelief = isOn;
      canvas.tabIndex = isOn ? 0 : -1;
      picture.classList.toggle("relief", isOn);
      try {
        if (isOn) relief ??= await import("../draw/relief.js");
      } catch {
        actions.toast("The relief did not load: the server cannot be reached just now.");
      }
      draw();
    }),
  ] });

  actions.show(({ current: run }) => {
    if (!visible()) return [];
    const [first, second] = chosen;
    return [{ topic: "landscape", run, mode, ...(mode === "weights" && { first, second }),
      ...(mode === "random" && { draw: drawn }) }];
  });

  function change() {
    show();
    actions.refreshTopics();
  }

  /** The switches that the plane has; the weights are those of this network. */
  function show() {
    const { spec } = runOf(model.get());
    if (!spec) return;
    const offered = layerSizes(spec).flatMap((neurons, layer) => Array.from({ length: neurons }, (_, neuron) => {
      return inputsOf(layer, spec).map((unit, input) => {
        const text = `${unitName(unit, spec)} → ${unitName(`${layer}.${neuron}`, spec)}`;
        return { key: `${layer}.${neuron}.${input}`, text };
      });
    }).flat()).slice(0, MOST_LINKS);
    links.forEach((select, which) => {
      select.hidden = mode !== "weights";
      select.replaceChildren(...offered.map(({ key, text }) => element("option", { value: key }, text)));
      if (!offered.some(({ key }) => key === chosen[which])) {
        chosen = chosen.with(which, offered[Math.min(which, offered.length - 1)]?.key ?? "0.0.0");
      }
      select.value = chosen[which];
    });
    again.hidden = mode !== "random";
  }

  /** The newest record, if it is of the plane that is asked for. */
  function newest() {
    const { landscape } = runOf(model.get()).parts;
    return landscape?.mode === mode ? landscape : undefined;
  }

  function draw() {
    const part = newest();
    if (!visible()) return;
    const { heights, window, way, problem, shapes } = part ?? {};
    const isReady = Boolean(heights && window && way);
    canvas.hidden = legend.hidden = !isReady;
    empty.hidden = isReady;
    empty.textContent = problem ? PROBLEMS[problem] : "Measuring…";
    say(sentence());
    if (!heights || !window || !way || !shapes) return;
    const { clientWidth, clientHeight } = picture;
    const [width, height] = [clientWidth, clientHeight].map((size) => Math.round(size * devicePixelRatio));
    if (!width || !height) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const [left, low, right, high] = window;
    const places = Array.from({ length: shapes.way[0] }, (_, i) => {
      return { x: (way[4 * i + 1] - left) / (right - left), y: (way[4 * i + 2] - low) / (high - low) };
    });
    const scale = devicePixelRatio;
    const context = contextOf(canvas);
    const land = { heights, side: shapes.heights[0] };
    const [first, now] = [way[3], way[way.length - 1]];
    const shown = mode === "random" ? places.slice(-1) : places;
    const ink = inkOf(runOf(model.get()).kept[0]?.letter ?? "A");
    if (isRelief && relief) {
      const from = places.length - shown.length;
      const steps = shown.map((place, i) => ({ ...place, loss: way[4 * (from + i) + 3] }));
      relief.drawRelief(context, land, steps, { width, height, scale, turn, ink, font: theme().font }, others());
      tell(heights, now);
      return;
    }
    drawLand(context, land, { width, height, scale, contours });
    for (const { steps, letter, colour } of others()) {
      const way = steps.map(({ x, y }) => ({ x: x * width, y: (1 - y) * height }));
      drawOther(context, way, { letter, colour, scale, font: theme().font });
    }
    drawWay(context, shown, { width, height, scale, font: theme().font, ink, start: `start ${lossText(first)}`,
      end: `now ${lossText(now)}` });
    tell(heights, now);
  }

  /** The colour of a run's way. @param {string} letter */
  function inkOf(letter) {
    const style = getComputedStyle(document.documentElement);
    return lookOf(letter, ["--run-b", "--run-c"].map((name) => style.getPropertyValue(name)), "#1b2127").colour;
  }

  /** The ways of kept runs on this plane. @returns {import("../draw/relief.js").Other[]} */
  function others() {
    const { others: rows, window } = newest() ?? {};
    if (!rows || !window) return [];
    const [left, low, right, high] = window;
    /** @type {Map<string, import("../draw/relief.js").Step[]>} */
    const ways = new Map();
    for (let at = 0; at < rows.length; at += 4) {
      const [code, x, y, loss] = rows.subarray(at, at + 4);
      const step = { x: (x - left) / (right - left), y: (y - low) / (high - low), loss };
      const letter = String.fromCharCode(code);
      ways.set(letter, [...ways.get(letter) ?? [], step]);
    }
    return [...ways].map(([letter, all]) => {
      const steps = mode === "random" ? all.slice(-1) : all;
      return { letter, colour: inkOf(letter), steps };
    });
  }

  /**
   * What the shades are, and the picture in words.
   * @param {Float32Array} heights
   * @param {number} now the loss
   */
  function tell(heights, now) {
    const [lowest, highest] = rangeOf(heights);
    legend.replaceChildren("loss ", lossText(lowest), element("span", { class: "land-ramp" }), lossText(highest));
    canvas.setAttribute("aria-label", `Training loss over the plane ${MODES[mode]}, from ${lossText(lowest)} to `
      + `${lossText(highest)} and higher; now ${lossText(now)}.`);
  }

  // The relief is turned by dragging and by arrow keys.
  canvas.onpointerdown = (event) => { if (isRelief) canvas.setPointerCapture(event.pointerId); };
  canvas.onpointermove = (event) => {
    if (!isRelief || !canvas.hasPointerCapture(event.pointerId)) return;
    turn += (event.movementX / Math.max(1, picture.clientWidth)) * Math.PI;
    draw();
  };
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
    if (!isRelief || !step) return;
    event.preventDefault();
    event.stopPropagation();
    turn += step;
    draw();
  };

  function sentence() {
    const part = newest();
    const share = part?.share ?? NaN;
    const letters = others().map(({ letter }) => letter);
    const ways = letters.length ? ` of the ways of this run and of ${letters.join(" and ")}` : "";
    const held = Number.isNaN(share) ? ""
      : `: its two main directions hold ${(100 * share).toFixed(share > 0.99 ? 1 : 0)} %${ways}`;
    const what = mode === "path" ? `The plane of the path${held}.`
      : mode === "weights" ? "Two weights change, across and up."
      : "Each neuron’s weights change by a random direction of their own length; biases do not move.";
    return `${what} ${HIDDEN[mode]} ${pace(runOf(model.get()))}`;
  }

  function account() {
    const part = newest();
    if (!part?.heights || !part.way) {
      return `Landscape. ${part?.problem ? PROBLEMS[part.problem] : "It is being measured."}`;
    }
    const [lowest, highest] = rangeOf(part.heights);
    const [first, now] = [part.way[3], part.way[part.way.length - 1]];
    return `Landscape, the training loss without penalty and dropout. ${sentence()} The losses shown go from `
      + `${lossText(lowest)} to ${lossText(highest)} and higher. The run began at ${lossText(first)} and is at `
      + `${lossText(now)}.`;
  }

  new ResizeObserver(draw).observe(picture);
  onPixelRatio(draw);
  on(model, (state) => [runOf(state).spec], show);
  on(model, (state) => {
    const { parts, playing } = runOf(state);
    return [visible(), visible() && parts.landscape, playing];
  }, draw);
}
