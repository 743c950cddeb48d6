// Difference: the map now minus the map at a mark, which is the last pause or any epoch that somebody marks.

import { drawBigMap } from "../draw/field.js";
import { drawPoints } from "../draw/points.js";
import { bigMap, mapTopics } from "../model/big_map.js";
import { changedShare, differenceOf } from "../model/difference.js";
import { classCount, outputCount } from "../model/outputs.js";
import { NEW_RUN, withTick } from "../model/run.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { newestOf } from "../model/timeline.js";
import { contextOf, onPixelRatio } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { entryField } from "../ui/entry.js";
import { lookAt } from "../ui/look.js";
import { loadStyle } from "../ui/style.js";
import { pace, viewWords } from "../ui/view_words.js";
import { MAIN } from "../wire/protocol.js";

const ON_THE_WAY = 1000; // milliseconds in which the last frames come after a pause

/** @typedef {import("../draw/field.js").BigMap} BigMap */
/** @typedef {{epoch: number, restarts: number, plane: string, map: BigMap, why: string}} Mark */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{visible: () => boolean, words?: HTMLElement, runOf?: import("../model/state.js").RunOf}} options
 */
export async function mountDifference(root, model, actions, { visible, words = root, runOf = currentRun }) {
  await loadStyle("inside");
  const [field, marks] = [element("canvas", { role: "img" }), element("canvas", { "aria-hidden": "true" })];
  const square = element("div", { class: "map-square difference" }, field, marks);
  root.append(square);
  const newest = () => Math.max(newestOf(runOf(model.get())), 0);
  const other = entryField({
    isNumber: true,
    read(text) {
      const epoch = /^[\d,]{1,19}$/.test(text) ? Number(text.replaceAll(",", "")) : NaN;
      return epoch >= runOf(model.get()).firstEpoch && epoch <= newest() ? epoch : undefined;
    },
    take: (epoch) => fetchMark(epoch, "you chose it"),
    refusal(text) {
      const { firstEpoch } = runOf(model.get());
      return `Epoch must be a whole number from ${firstEpoch} to ${newest()}, not “${text}”.`;
    },
  });
  const { say } = viewWords(words, actions, { account: () => `Difference. ${sentence()}`, controls: [
    element("button", { type: "button", class: "small", onclick: () => take("you marked it") }, "Mark this epoch"),
    element("label", { class: "inside-row epoch-of-mark" }, "Epoch", other.input, other.problem),
  ] });
  /** @type {Mark|null} */
  let mark = null;
  let pausedUntil = 0; // milliseconds: what comes until then is of before the pause

  /** The output's map, whatever is pointed at. @param {import("../model/state.js").State} state */
  const plain = (state) => ({ ...state, hovered: null, spotlight: null, pinned: null, pointer: null });
  actions.show((state) => (visible() ? mapTopics(plain(state)) : []));

  /** @param {string} why it is marked */
  function take(why) {
    const state = plain(model.get());
    const run = runOf(state);
    const map = bigMap(state, run);
    if (!map || !run.frame) return;
    const { epoch, restarts } = run.frame;
    mark = { epoch, restarts, plane: state.plane, map, why };
    draw();
  }

  let isAsking = false;
  /**
   * Mark an epoch that is not shown: its map is asked for.
   * @param {number} epoch
   * @param {string} why
   */
  async function fetchMark(epoch, why) {
    if (isAsking) return;
    isAsking = true;
    const state = plain(model.get());
    const { spec, frame } = runOf(state);
    try {
      const { found, parts } = await lookAt(epoch, [{ topic: "network", run: MAIN }, ...mapTopics(state)]);
      const own = { ...NEW_RUN, spec: found.spec, restarts: frame?.restarts ?? 0 };
      const map = bigMap(state, withTick(own, parts));
      if (map && spec && frame) mark = { epoch, restarts: frame.restarts, plane: state.plane, map, why };
    } catch (error) {
      actions.toast(/** @type {Error} */ (error).message, [], true);
    }
    isAsking = false;
    if (mark?.plane !== state.plane) take("this view began there");
    draw();
  }

  function look() {
    const state = model.get();
    const run = runOf(state);
    if (!visible() || !run.frame) return;
    if (isAsking) return;
    if (mark?.plane !== state.plane && run.playing && run.pausedAt !== null && state.current === MAIN) {
      fetchMark(run.pausedAt, run.pausedAt ? "training paused there" : "training began there");
    } else if (mark?.plane !== state.plane) take("this view began there");
    else if (!run.playing && performance.now() < pausedUntil) take("training paused there");
    if (run.playing) pausedUntil = performance.now() + ON_THE_WAY;
    draw();
  }

  /** The map now and that of the mark, where the two can be compared. */
  function pair() {
    const state = plain(model.get());
    const now = bigMap(state, runOf(state));
    const difference = now && mark ? differenceOf(now, mark.map) : null;
    return now && mark && difference ? { now, mark, difference } : null;
  }

  function draw() {
    const state = model.get();
    const { points, spec } = runOf(state);
    const side = Math.round(square.clientWidth * devicePixelRatio);
    if (!visible() || !side || !spec) return;
    const found = pair();
    field.hidden = !found;
    if (found) drawBigMap(contextOf(field), found.difference, false);
    if (marks.width !== side) marks.width = marks.height = side;
    const context = contextOf(marks);
    context.clearRect(0, 0, side, side);
    const look = { side, radius: Math.max(2 * devicePixelRatio, side / 110), outline: "#fff",
      classes: outputCount(spec) > 1 ? classCount(spec) : 0 };
    if (points) drawPoints(context, points.rows, 0, points.train, { ...look, test: false });
    say(sentence());
    field.setAttribute("aria-label", sentence());
  }

  function sentence() {
    const run = runOf(model.get());
    const found = pair();
    if (!found) return "There is no map to compare with yet.";
    const { now, mark: { epoch, restarts, map, why } } = found;
    const before = restarts === run.restarts ? "" : " of the run before";
    const share = Math.round(1000 * changedShare(now, map)) / 10;
    const what = "classMap" in now ? "Coloured: the class is another one." : "Blue: the answer rose; orange: it fell.";
    return `The map now minus the map at epoch ${epoch.toLocaleString("en")}${before} (${why}). ${what} `
      + `On ${share} % of the map the answer is another one. ${pace(run)}`;
  }

  new ResizeObserver(draw).observe(square);
  onPixelRatio(draw);
  on(model, (state) => {
    const { frame, points, playing } = runOf(state);
    return [visible(), visible() && frame, playing, points?.rows, state.plane];
  }, look);
}
