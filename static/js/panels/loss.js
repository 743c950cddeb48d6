// The chart: loss, accuracy or R² over epochs, its values under pointer and keys, and the same in words.

import { EPOCHS, axesOf, drawChart, drawLevel, plotOf, projection, tickText } from "../draw/curves.js";
import { chartOf, kindOf } from "../model/chart.js";
import { chiefMetric } from "../model/metrics.js";
import { shownLosses } from "../model/run.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { cleared, contextOf, fitTo, onPixelRatio } from "../ui/canvas.js";
import { element, part } from "../ui/element.js";
import { lossText } from "../ui/text.js";
import { onTheme, theme } from "../ui/theme.js";

const MOST_POINTS = 1000; // more than the curve has pixels
const REFRESH = 100; // milliseconds
const GAP = 8; // CSS pixels
const FAR = 10; // points that an arrow goes with shift
const PILL = 36; // CSS pixels from its middle where no tick is
const LANE = 20; // CSS pixels at zoom 1, for the timeline
/** @type {Record<import("../model/effort.js").Across, string>} */
const NAMES = { epochs: "epochs", updates: "updates", examples: "examples", time: "training time" };

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountLoss(root, model, actions) {
  const [place, picker, metric, note] = ["curve", "chart", "chart-metric", "chart-note"].map((id) => part(root, id));
  const over = part(root, "across");
  const [trainLoss, testLoss] = ["train-loss", "test-loss"].map((id) => part(root, id));
  const [trainName, testName] = ["train-name", "test-name"].map((id) => part(root, id));
  const words = element("p", { id: "chart-words", class: "unseen" });
  const reading = element("p", { class: "curve-reading", role: "status", hidden: true });
  const canvas = element("canvas", { tabIndex: 0, role: "img", "aria-describedby": words.id });
  place.append(canvas, reading, words);
  const context = contextOf(canvas);

  picker.onchange = () => actions.drawChart(picker.value);
  const kind = () => kindOf(model.get());
  on(model, (state) => [currentRun(state).spec?.problem, kindOf(state)], (state) => {
    const { spec } = currentRun(state);
    if (!spec) return;
    const { label } = chiefMetric(spec);
    metric.textContent = label;
    picker.value = kindOf(state);
    const what = state.chart !== "metric" ? "loss" : label === "R²" ? label : label.toLowerCase();
    [trainName.textContent, testName.textContent] = [`Training ${what}`, `Test ${what}`];
  });
  on(model, (state) => {
    return [...shownLosses(currentRun(state)), state.chart, state.chart === "metric" && currentRun(state).metrics];
  }, (state) => {
    const { metrics, spec } = currentRun(state);
    const last = metrics.at(-1);
    const isMetric = state.chart === "metric" && spec;
    const name = isMetric ? chiefMetric(spec).name : "r2";
    const values = isMetric ? [last?.train[name], last?.test[name]].map(share)
      : shownLosses(currentRun(state)).map(lossText);
    [trainLoss.textContent, testLoss.textContent] = values;
  }, whileTraining(READABLE));

  actions.show(({ current: run, chart }) => (chart === "metric" ? [{ topic: "metrics", run }] : []));
  actions.show(({ across, current, runs }) => (across === "epochs" ? [] : ["", ...lettersOf(runs[current])].map(
    (letter) => ({ topic: "effort", run: current, letter }))));

  /** @type {import("../model/chart.js").Chart} */
  let shown = { name: "", epochs: [], train: [], test: [], note: "" };
  /** @type {ReturnType<typeof projection>|null} */
  let projected = null;
  let shownAlong = EPOCHS;
  /** @type {typeof import("../model/effort.js").alongOf|null} */
  let alongOf = null;
  /** @type {number|null} the epoch that is read: it stays while the curves grow */
  let readAt = null;

  /** @type {Awaited<ReturnType<typeof import("../ui/timeline.js").mountTimeline>>|null} */
  let timeline = null;
  /** @param {import("../model/run.js").Run} run */
  const hasPast = ({ frame, past, kept }) => Boolean(frame?.epoch || past) || kept.length > 1;
  let loading = false;
  const stop = on(model, (state) => [hasPast(currentRun(state)), currentRun(state).frame?.epoch], async (state) => {
    if (loading || !hasPast(currentRun(state))) return;
    loading = true;
    const found = await import("../ui/timeline.js").catch(() => null);
    loading = false;
    if (!found) return; // the server is away: the next epoch tries again
    stop();
    timeline = await found.mountTimeline(place, model, actions, { redraw: draw });
    draw();
  });

  function draw() {
    const { clientWidth: width, clientHeight: height } = place;
    const run = currentRun(model.get());
    if (width === 0 || !run.spec) return;
    shown = chartOf(run, kind(), MOST_POINTS);
    const look = theme();
    const size = { width, height, zoom: look.zoom, lane: LANE * look.zoom };
    fitTo(canvas, size);
    cleared(context);
    const { across } = model.get();
    const counted = across !== "epochs" && alongOf ? alongOf(timeline?.besides(run) ?? run, across) : null;
    const along = shownAlong = counted ?? EPOCHS;
    const others = kind() === "metric" ? [] : timeline?.curves() ?? [];
    const ends = [...others.map(({ letter, epochs }) => along.to(epochs.at(-1) ?? 0, letter)),
      along.to(shown.epochs.at(-1) ?? 0)].filter(Number.isFinite);
    const levels = levelsOf(run);
    const axes = axesOf({
      epochs: [], train: shown.train,
      test: [...shown.test, ...others.flatMap(({ values }) => values), ...levels.map(({ value }) => value)],
    }, kind(), size, along, Math.max(...ends));
    context.font = `${11 * look.zoom}px ${look.font}`;
    const plot = plotOf(axes, size, (text) => context.measureText(text).width);
    const at = projected = projection(axes, plot);
    const cursor = timeline?.cursor() ?? null;
    const xOf = (/** @type {number} */ value) => plot.left + (value / axes.across[1]) * (plot.right - plot.left);
    axes.xTicks = axes.xTicks.filter((tick) => cursor === null || Math.abs(xOf(tick.at) - at.x(cursor)) > PILL);
    drawChart(context, shown, axes, plot, { ...look, ink: timeline?.colour(look.ink) ?? look.ink }, readIndex());
    for (const level of levels) drawLevel(context, level, axes, plot, look);
    const isLog = kind() === "log";
    const waiting = across !== "epochs" && !counted ? "Over epochs until the counts are here." : "";
    const since = counted?.since ? `Counted since epoch ${counted.since.toLocaleString("en")}.` : "";
    note.textContent = note.title = shown.note || waiting || since;
    const name = counted ? NAMES[across] : NAMES.epochs;
    canvas.setAttribute("aria-label", `${shown.name} over ${name}. Arrow keys read its values.`);
    const [low, high] = axes.up.map((end) => tickText(end));
    words.textContent = [
      `${isLog ? "A logarithmic" : "An"} axis from ${low} to ${high}.`,
      inWords("Training", shown.train), inWords("Test", shown.test), note.textContent,
      ...levels.map(({ text }) => `A line at ${text}.`),
    ].join(" ").trim();
    showReading();
    timeline?.draw({ projected, plot, size, theme: look, isLog, isLoss: kind() !== "metric" });
  }

  /**
   * What stands beside the curves: the loss of principal components, while a view of an autoencoder asks for them.
   * @param {import("../model/run.js").Run} run
   */
  function levelsOf({ parts: { principal } }) {
    if (kind() === "metric" || !principal) return [];
    const value = Number.isNaN(principal.testLoss) ? principal.trainLoss : principal.testLoss;
    return value > 0 ? [{ value, text: `PCA ${lossText(value)}` }] : [];
  }

  /** The point that is read: the one nearest to that epoch. */
  function readIndex() {
    const { epochs } = shown;
    if (readAt === null || epochs.length === 0) return null;
    const after = epochs.findIndex((epoch) => epoch >= /** @type {number} */ (readAt));
    if (after <= 0) return after < 0 ? epochs.length - 1 : 0;
    return readAt - epochs[after - 1] < epochs[after] - readAt ? after - 1 : after;
  }

  function showReading() {
    const index = readIndex();
    reading.hidden = index === null;
    if (index === null || !projected) return;
    const epoch = shown.epochs[index];
    const counts = shownAlong === EPOCHS ? [] : [shownAlong.text(epoch)];
    const text = [EPOCHS.text(epoch), ...counts, `training ${value(shown.train[index])}`,
      `test ${value(shown.test[index])}`];
    const lines = text.map((each) => element("span", {}, each));
    if (reading.textContent !== text.join("")) reading.replaceChildren(...lines);
    const x = projected.x(epoch);
    const hasRoom = x + GAP + reading.offsetWidth <= place.clientWidth; // on the right, where curves are mostly low
    reading.style.left = `${hasRoom ? x + GAP : x - GAP - reading.offsetWidth}px`;
  }

  /** @param {number|null} epoch */
  function read(epoch) {
    readAt = epoch;
    draw();
  }

  /** @param {number|null|undefined} number */
  const value = (number) => (typeof number !== "number" ? "no value"
    : kind() === "metric" ? share(number) : number.toPrecision(4).includes("e") ? lossText(number) : number.toFixed(4));

  /** @param {PointerEvent} event */
  const follow = (event) => {
    if (projected) read(projected.epoch(event.clientX - canvas.getBoundingClientRect().left));
  };
  canvas.onpointermove = canvas.onpointerdown = follow;
  canvas.onpointerleave = (event) => { if (event.pointerType === "mouse") read(null); };
  canvas.onblur = () => read(null);
  canvas.onkeydown = (event) => {
    const last = shown.epochs.length - 1;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const from = readIndex() ?? last + (step === -1 ? 1 : 0);
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step && from + step * (event.shiftKey ? FAR : 1);
    if (to === undefined || last < 0) return;
    event.preventDefault();
    event.stopPropagation(); // no step of the training
    read(shown.epochs[Math.max(0, Math.min(last, to))]);
  };

  over.onchange = () => actions.drawAcross(over.value);
  on(model, (state) => [state.across], async ({ across }) => {
    over.value = across;
    if (across !== "epochs") alongOf ??= (await import("../model/effort.js")).alongOf;
    draw();
  });
  on(model, (state) => {
    const { losses, metrics, spec, points, divergedAt, efforts, parts } = currentRun(state);
    const counts = state.across !== "epochs" && efforts;
    const values = state.chart === "metric" && metrics;
    return [losses, counts, kindOf(state), values, spec?.problem, points, divergedAt, parts.principal];
  }, draw, whileTraining(REFRESH));
  new ResizeObserver(draw).observe(place);
  onPixelRatio(draw);
  onTheme(draw);
}

/** @param {import("../model/run.js").Run} run whose letter is the first; the others are kept beside it */
const lettersOf = ({ kept }) => kept.slice(1).map(({ letter }) => letter);

/**
 * A part of the whole, in three digits; none where it is not defined.
 * @param {number|null|undefined} part
 */
const share = (part) => (typeof part === "number" ? part.toFixed(3).replace("-", "−") : "–");

/**
 * @param {string} name
 * @param {(number|null|undefined)[]} values
 */
function inWords(name, values) {
  const known = values.filter((value) => typeof value === "number").map(Number);
  const [first, last] = [known[0], known[known.length - 1]].map(lossText);
  if (known.length === 0) return `${name}: no values.`;
  return known.length === 1 ? `${name}: ${last}.` : `${name}: from ${first} to ${last}, ${known.length} values.`;
}
