// The timeline under the chart: its lane and grip, its marks, what the top of the page says of the past, and the runs
// beside this one. It comes with the first training.

import { drawLane, drawRuns, laneOf, lookOf } from "../draw/lane.js";
import { curvesOf, markBeside, marksOf, newestOf, pastLine, placesOf, siblingOf } from "../model/timeline.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { shownLosses } from "../model/run.js";
import { cleared, contextOf, fitTo } from "./canvas.js";
import { element } from "./element.js";
import { mountEpochField, mountPlaceInAddress } from "./past_place.js";
import { mountRuns } from "./runs.js";
import { loadStyle } from "./style.js";
import { lossText } from "./text.js";
import { MAIN, TWIN } from "../wire/protocol.js";

/** @typedef {import("../draw/curves.js").Plot} Plot */
/** @typedef {import("../draw/curves.js").Projection} Projection */
/** @typedef {ReturnType<typeof projectionless>} Drawn */

const SNAP = 6; // CSS pixels to a mark or to the newest epoch
const FAR = 10; // epochs that an arrow goes with shift
const NEXT = 150; // milliseconds after which the next epoch is asked for, though the last has not come

/** What is known before the chart has been drawn. */
const projectionless = () => ({
  /** @type {Projection|null} */ projected: null,
  /** @type {Plot} */ plot: { left: 0, top: 0, right: 0, bottom: 0, lane: 0 },
  size: { width: 0, height: 0, zoom: 1 },
  /** @type {import("../draw/curves.js").Theme|null} */ theme: null,
  isLog: false, isLoss: true,
});

/**
 * @param {HTMLElement} place of the chart
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {() => void} options.redraw the chart
 */
export async function mountTimeline(place, model, actions, { redraw }) {
  await loadStyle("timeline");
  const { watching } = model.get();
  const canvas = element("canvas", { class: "lane-canvas", "aria-hidden": "true" });
  const pill = element("span", { class: "pill", "aria-hidden": "true" });
  const tip = element("p", { class: "lane-tip", hidden: true });
  const slider = element("div", {
    class: "lane", role: "slider", tabIndex: 0, "aria-label": "Epoch that is shown", "aria-orientation": "horizontal",
  }, pill);
  place.append(canvas, slider, tip);
  const context = contextOf(canvas);
  let drawn = projectionless();
  /** @type {import("../model/timeline.js").Mark[]} */
  let marks = [];
  /** @type {import("../model/timeline.js").Place[]} */
  let places = [];
  /** @type {number|null} the epoch that was asked for last, until it is shown */
  let wanted = null;
  let isSent = false;
  let askedAt = 0;

  const alone = watching ? (await import("./alone.js")).mountAlone(model, actions) : null;
  /** @param {number} [epoch] */
  function seek(epoch) {
    alone?.(epoch).catch(() => { [wanted, isSent] = [null, false]; });
    return alone !== null || actions.seek(epoch);
  }

  const run = () => currentRun(model.get());
  const first = () => run().firstEpoch;
  const shown = () => wanted ?? run().frame?.epoch ?? 0;

  actions.show(({ current, runs, across }) => (across === "epochs" || !(TWIN in runs) ? []
    : [{ topic: "effort", run: current === TWIN ? MAIN : TWIN, letter: "" }]));
  actions.show(({ current, runs }) => {
    const kept = runs[current].kept.slice(TWIN in runs ? 2 : 1);
    return [{ topic: "marks", run: current },
      ...kept.map(({ letter }) => ({ topic: /** @type {const} */ ("branch"), run: current, letter }))];
  });

  /** @param {number} epoch */
  function go(epoch) {
    wanted = Math.max(first(), Math.min(newestOf(run()), Math.round(epoch)));
    isSent = false;
    ask();
    redraw();
  }

  /**
   * Another batch of the epoch that is shown, or of the one beside it.
   * @param {number} step
   */
  function turnTo(step) {
    const { past } = run();
    const at = wanted === null && past ? past : { epoch: shown(), batch: 0, batches: past?.batches ?? 1 };
    [wanted, isSent] = [null, false];
    const batch = at.batch + step;
    if (watching || (batch < 0 && at.epoch <= first())) return;
    if (batch < 0) actions.seek(at.epoch - 1);
    else if (batch < at.batches) actions.seek(at.epoch, batch);
    else go(at.epoch + 1);
  }

  /** One epoch is on its way at a time, and then the newest that was wanted. */
  function ask() {
    if (wanted === null || isSent || performance.now() - askedAt < NEXT) return;
    askedAt = performance.now();
    isSent = seek(wanted >= newestOf(run()) ? undefined : wanted);
    if (!isSent) wanted = null;
  }

  on(model, (state) => [currentRun(state).frame, currentRun(state).past, currentRun(state).seeking], () => {
    const { frame, past, seeking } = run();
    const isThere = frame?.epoch === wanted || (past ? past.epoch === wanted : wanted === frame?.epoch);
    if (isSent && !seeking && isThere) [wanted, isSent] = [null, false];
    if (wanted !== null && !isSent) {
      askedAt = 0;
      ask();
    }
  });
  setInterval(ask, NEXT);

  on(model, (state) => [currentRun(state).parts.marks], () => {
    marks = marksOf(run().parts.marks?.marks);
    paint();
  });

  /** Draw it over the chart as that was drawn. */
  function paint() {
    const { projected, plot, size, theme, isLog, isLoss } = drawn;
    if (!projected || !theme) return;
    const { past, seeking, kept } = run();
    fitTo(canvas, size);
    cleared(context);
    const style = getComputedStyle(document.documentElement);
    const [accent, ...runs] = ["accent", "run-b", "run-c"].map((name) => style.getPropertyValue(`--${name}`));
    const look = { ...theme, accent, runs };
    const newest = newestOf(run());
    const at = shown();
    const isPast = past !== null || (wanted !== null && wanted < newest);
    const cursor = projected.x(at);
    const curves = !isLoss ? [] : curvesOf(run(), siblingOf(model.get())).map(({ letter, epochs, values }) => ({
      letter, places: epochs.map((epoch, i) => {
        const value = values[i];
        const y = value === null || (isLog && value <= 0) ? null : projected.y(value);
        return /** @type {[number, number|null]} */ ([projected.x(epoch, letter), y]);
      }),
    }));
    drawRuns(context, curves, plot, isPast ? cursor : null, look);
    places = placesOf(marks, (epoch) => projected.x(epoch));
    const own = kept[0]?.letter;
    const branches = kept.filter(({ of }) => of).map(({ letter, began, of }) => {
      return { at: projected.x(began), letter: of === own ? letter : "" };
    }).filter(({ letter }) => letter);
    const busy = seeking?.share ?? null;
    drawLane(context, plot, {
      begin: projected.x(first()), cursor, end: projected.x(newest), isPast, busy, marks: places, branches,
    }, look);
    slider.style.top = `${laneOf(plot, theme.zoom) - 14}px`;
    pill.hidden = !isPast;
    pill.textContent = at.toLocaleString("en");
    pill.classList.toggle("busy", seeking !== null);
    pill.style.left = `${cursor}px`;
    describe(at, newest);
  }

  /**
   * @param {number} at
   * @param {number} newest
   */
  function describe(at, newest) {
    const { kept } = run();
    const [, test] = shownLosses(run()).map(lossText);
    const name = kept.length > 1 ? `, run ${kept[0].letter}` : "";
    const here = marks.filter(({ epoch }) => epoch === at).map(({ text }) => `; ${text}`).join("");
    slider.setAttribute("aria-valuemin", String(first()));
    slider.setAttribute("aria-valuemax", String(newest));
    slider.setAttribute("aria-valuenow", String(at));
    const { past } = run();
    const batch = past?.batch ? `, batch ${past.batch} of ${past.batches}` : "";
    const where = `epoch ${at.toLocaleString("en")}${batch} of ${newest.toLocaleString("en")}${name}`;
    slider.setAttribute("aria-valuetext", `${where}, test loss ${test}${here}`);
  }

  /**
   * The epoch at a place; near a mark or the end that one's.
   * @param {number} x in CSS pixels of the chart
   */
  function epochAt(x) {
    const { projected } = drawn;
    if (!projected) return 0;
    const newest = newestOf(run());
    const near = [...places, { at: projected.x(newest), epoch: newest }, { at: projected.x(first()), epoch: first() }]
      .find(({ at }) => Math.abs(at - x) <= SNAP);
    return near ? near.epoch : projected.epoch(x);
  }

  /** @param {PointerEvent} event */
  const xOf = (event) => event.clientX - place.getBoundingClientRect().left;
  slider.onpointerdown = (event) => {
    if (event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    slider.focus();
    event.preventDefault();
    go(epochAt(xOf(event)));
  };
  slider.onpointermove = (event) => {
    if (slider.hasPointerCapture(event.pointerId)) go(epochAt(xOf(event)));
    else tell(xOf(event));
  };
  slider.onpointerleave = () => { tip.hidden = true; };
  slider.onblur = () => { tip.hidden = true; };

  /**
   * Say what the mark at a place is of.
   * @param {number} x
   */
  function tell(x) {
    const mark = places.find(({ at }) => Math.abs(at - x) <= SNAP);
    const isEarly = drawn.projected && first() > 0 && x < drawn.projected.x(first());
    const early = `Epochs before ${first().toLocaleString("en")} are of an earlier version: they cannot be shown.`;
    const text = isEarly ? early : mark?.text;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const left = Math.max(0, Math.min(x - tip.offsetWidth / 2, place.clientWidth - tip.offsetWidth));
    tip.style.left = `${left}px`;
    tip.style.bottom = `${place.clientHeight - laneOf(drawn.plot, drawn.size.zoom) + 14}px`;
  }

  slider.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const at = shown();
    const way = /** @type {-1|1} */ (step);
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    if (turn) {
      event.preventDefault();
      event.stopPropagation(); // no next link of My talk
      return turnTo(turn);
    }
    const to = event.key === "Home" ? first() : event.key === "End" ? newestOf(run())
      : step && (event.altKey ? markBeside(marks, at, way) ?? (way > 0 ? newestOf(run()) : first())
        : at + step * (event.shiftKey ? FAR : 1));
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // no step of the training
    go(to);
    const mark = places.find(({ epoch }) => epoch === to);
    if (mark) tell(mark.at);
    else tip.hidden = true;
  };

  mountLine(model, () => (currentRun(model.get()).seeking ? actions.stopSeeking() : seek()));
  mountRuns(model, actions);
  if (!watching) mountEpochField(model, go);
  if (!watching) mountPlaceInAddress(model, actions);
  on(model, (state) => {
    const { frame, past, seeking, kept, curves, firstEpoch } = currentRun(state);
    return [frame?.epoch, past, seeking, kept, curves, firstEpoch, siblingOf(state)?.losses,
      siblingOf(state)?.efforts];
  }, redraw, whileTraining(READABLE));

  return {
    curves: () => curvesOf(run(), siblingOf(model.get())),
    /**
     * The run, and what the one that is compared with it has taken.
     * @param {import("../model/run.js").Run} own
     */
    besides(own) {
      const efforts = siblingOf(model.get())?.efforts[""];
      return efforts ? { ...own, efforts: { ...own.efforts, [own.kept[1].letter]: efforts } } : own;
    },
    /** The epoch where the cursor is; null at the newest. */
    cursor: () => (run().past || wanted !== null ? shown() : null),
    /**
     * The colour of the run that is shown.
     * @param {string} ink
     */
    colour(ink) {
      const style = getComputedStyle(document.documentElement);
      const runs = ["--run-b", "--run-c"].map((name) => style.getPropertyValue(name));
      return lookOf(run().kept[0]?.letter ?? "A", runs, ink).colour;
    },
    /** @param {Drawn} now how the chart was drawn */
    draw(now) {
      drawn = now;
      paint();
    },
  };
}

/**
 * What the top of the page says while the past is shown, in the place of the tagline; and the marks of it on the map.
 * @param {import("../model/state.js").Model} model
 * @param {() => void} leave what is shown, or the way to it
 */
function mountLine(model, leave) {
  const { watching } = model.get();
  const said = element("b", {});
  const hint = element("span", { class: "hint" });
  const back = element("button", { type: "button", class: "button small", id: "back-to-now", onclick: leave });
  const line = element("p", { class: "stateline", role: "status", hidden: true }, said, hint, back);
  document.querySelector(".masthead h1")?.after(line);
  const when = element("span", { class: "when", "aria-hidden": "true" });
  on(model, (state) => {
    const { past, frame, playing, seeking, alone } = currentRun(state);
    return [past, past && frame?.epoch, playing, seeking, alone?.past, alone !== null];
  }, (state) => {
    const { past, frame, seeking, alone } = currentRun(state);
    back.hidden = watching && !alone;
    const told = pastLine(currentRun(state), watching);
    document.body.classList.toggle("past", told !== null);
    line.hidden = told === null && seeking === null;
    if (seeking) {
      const share = Math.round(100 * seeking.share);
      said.textContent = `Going to epoch ${seeking.epoch.toLocaleString("en")}: ${share} %`;
      hint.textContent = "";
    } else if (told) [said.textContent, hint.textContent] = [told.said, told.hint];
    back.textContent = seeking ? "Cancel" : watching ? "Back to the lecturer" : "Back to now";
    when.textContent = past && frame ? `epoch ${frame.epoch.toLocaleString("en")}` : "";
    const map = document.querySelector(".map-square:not(.plot)");
    if (past && map && when.parentElement !== map) map.append(when);
    if (!past) when.remove();
  }, whileTraining(READABLE));
}
