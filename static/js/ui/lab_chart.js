// The test loss of the runs of a lab against what its data sets count: a picture, and a table for screen readers. A run
// leaves its point; the points of other settings are not shown, for they say nothing about the data.

import { niceStep, tickText } from "../draw/curves.js";
import { sameSpec } from "../model/link.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "./element.js";
import { lossText } from "./text.js";
import { theme } from "./theme.js";

/** @typedef {{epoch: number, loss: number}} Result the newest of a data set */

const [WIDEST, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [340, 110, 27, 10, 18, 30]; // CSS pixels at zoom 1

/**
 * @param {HTMLElement} place
 * @param {import("../model/state.js").Model} model
 * @param {() => import("../model/labs.js").Lab|undefined} labOf which is open
 */
export function mountLabChart(place, model, labOf) {
  const picture = shape("svg", { role: "img" });
  const [head, body] = [element("thead"), element("tbody")];
  const table = element("div", { class: "unseen" }, element("table", {}, head, body));
  const note = element("p", { class: "note" });
  place.append(picture, table, note);
  /** @type {Map<string, Map<string, Result>>} by settings, then by data set */
  const found = new Map();
  /** @type {{letter: string, result: Result}|null} the shown run, as of its newest frame */
  let newest = null;

  function draw() {
    const { frame, frameSpec, spec, past, kept } = currentRun(model.get());
    const lab = labOf();
    place.hidden = !lab?.counted;
    if (!lab?.counted || !spec) return;
    const left = kept.find(({ letter }, place) => place > 0 && letter === newest?.letter);
    if (left && newest) { // it may have gone on after its last frame
      Object.assign(newest.result, { epoch: left.epoch, loss: left.test_loss ?? NaN });
      newest = null;
    }
    const isOurs = frameSpec && sameSpec(frameSpec, spec);
    if (frame && isOurs && !past && frame.epoch > 0 && Number.isFinite(frame.testLoss)) {
      const results = found.get(settingsOf(spec)) ?? new Map();
      newest = { letter: kept[0]?.letter ?? "", result: { epoch: frame.epoch, loss: frame.testLoss } };
      found.set(settingsOf(spec), results.set(spec.data, newest.result));
    }
    const results = found.get(settingsOf(spec)) ?? new Map();
    const shown = lab.sets.map(([title, reference]) => {
      const result = results.get(reference) ?? { epoch: 0, loss: NaN };
      return { count: parseInt(title, 10), isNow: reference === spec.data, ...result };
    });
    const name = `Test loss against ${lab.counted}`;
    picture.setAttribute("aria-label", name);
    const { zoom } = theme();
    const width = Math.min(WIDEST, place.clientWidth / zoom);
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    picture.style.width = `${width * zoom}px`;
    if (width > LEFT + RIGHT) picture.replaceChildren(...drawn(shown, lab.counted, width)); // in sight
    const trained = shown.filter(({ loss }) => Number.isFinite(loss));
    note.textContent = trained.length
      ? `${name}, with these settings. The ring is the shown run.`
      : `${name}: press Play. Each choice of data leaves a point here.`;
    head.replaceChildren(line("th", [lab.counted, "test loss", "epoch"]));
    body.replaceChildren(...trained.map(({ count, loss, epoch }) => line("td", [count, lossText(loss), epoch])));
  }
  on(model, (state) => {
    const { frame, spec, past, kept } = currentRun(state);
    return [frame, spec, past, kept, state.view.lab];
  }, draw, whileTraining(READABLE));
  new ResizeObserver(draw).observe(place);
}

/**
 * All settings but the data, as a key.
 * @param {import("../model/catalog.js").Spec} spec
 */
const settingsOf = ({ data, features, ...others }) => JSON.stringify(others);

/**
 * The marks of the picture: the data sets stand side by side, for their counts grow by doubling.
 * @param {{count: number, loss: number, isNow: boolean}[]} results in the order of their counts
 * @param {string} counted
 * @param {number} width
 */
function drawn(results, counted, width) {
  const trained = results.map((each, place) => ({ ...each, place })).filter(({ loss }) => Number.isFinite(loss));
  const highest = Math.max(0.1, ...trained.map(({ loss }) => loss));
  const step = niceStep(highest / 2);
  const end = step * Math.ceil(highest / step);
  const x = (/** @type {number} */ place) => LEFT + ((width - LEFT - RIGHT) * place) / (results.length - 1 || 1);
  const y = (/** @type {number} */ loss) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * loss) / end;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step);
  const way = trained.map(({ place, loss }, i) => `${i ? "L" : "M"}${x(place)},${y(loss)}`).join("");
  return [
    ...ticks.map((tick) => shape("path", { class: "grid", d: `M${LEFT - 6},${y(tick)}H${width - RIGHT + 6}` })),
    ...ticks.map((tick) => words(tickText(tick), { x: LEFT - 9, y: y(tick) + 4, "text-anchor": "end" })),
    ...results.map(({ count }, place) => words(String(count), { x: x(place), y: HEIGHT - BOTTOM + 14 })),
    words(counted, { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 3 }),
    shape("path", { class: "way", d: way }),
    ...trained.map(({ place, loss }) => shape("circle", { class: "point", cx: x(place), cy: y(loss), r: 3.5 })),
    ...trained.filter(({ isNow }) => isNow).flatMap(({ place, loss }) => [
      shape("circle", { class: "ring", cx: x(place), cy: y(loss), r: 7 }),
      words(lossText(loss), { class: "now", x: x(place) + RIGHT, y: y(loss) - 10, "text-anchor": "end" }),
    ]),
  ];
}

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 */
function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * @param {string} text
 * @param {Record<string, string|number>} attributes
 */
function words(text, attributes) {
  const made = shape("text", { "text-anchor": "middle", ...attributes });
  made.textContent = text;
  return made;
}

/**
 * @param {"td"|"th"} cell
 * @param {(string|number)[]} values
 */
const line = (cell, values) => element("tr", {}, ...values.map((value) => element(cell, {}, String(value))));
