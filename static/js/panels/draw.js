// Draw: the tools that add, move and erase points on the big map. It comes when it is first opened. A tool shows what
// it is about to do, and asks the server for it once, when the pointer is lifted.

import { drawBox, drawReach, drawRings } from "../draw/board.js";
import { drawCross, drawPoints } from "../draw/points.js";
import {
  EDGE, changed, classCounts, drawnPoints, hint, jittered, labelOf, nearest, placeIn, placeText, snapped, targetSteps,
} from "../model/drawing.js";
import { className, withClassName } from "../model/names.js";
import { classCount, outputCount } from "../model/outputs.js";
import { otherClasses, roomForClasses } from "../model/own_classes.js";
import { currentRun } from "../model/state.js";
import { ownClassName } from "../model/tables.js";
import { on } from "../model/store.js";
import { stepper } from "../model/stepper.js";
import { begun, erasure, extended, movedPoints, outcome } from "../model/strokes.js";
import { contextOf } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { lettersAreOn, takesLetters } from "../ui/letters.js";
import { loadStyle } from "../ui/style.js";
import { button, slider, targetChooser, toolButtons } from "../ui/tool_palette.js";
import { isTouch } from "../ui/text.js";
import { LIMITS } from "../wire/protocol.js";

/** @typedef {import("../model/drawing.js").Place} Place */
/** @typedef {import("../model/drawing.js").Point} Point */
/** @typedef {import("../model/strokes.js").Tool} Tool */
/** @typedef {import("../model/strokes.js").Edit} Edit */

const [FINE, COARSE] = [1 / 32, 0.25]; // of the cross-hair, in units of the plane
const REACH = { mouse: 0.3, touch: 0.7 }; // how near a point is meant
const JITTER = 0.15;
const HELP = "Arrows move the cross-hair (Shift: finer), Enter uses the tool, Delete removes a point.";
const WIDE = matchMedia("(min-width: 44rem)"); // the map can be enlarged

/**
 * @param {HTMLElement} opener
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{frame: HTMLElement, square: () => HTMLElement|null, reveal: () => void}} options the frame of an enlarged
 *   view; the square of the big map; what shows the map where there is room for one pane
 * @returns {Promise<() => void>} opens it, or closes it
 */
export async function mountDraw(opener, model, actions, { frame, square, reveal }) {
  await loadStyle("draw");
  const run = () => currentRun(model.get());
  const classes = () => { const { spec } = run(); return spec ? classCount(spec) : 0; };
  const ownName = () => { const { spec } = run(); return (spec && ownClassName(target, spec)) ?? ""; };
  let [tool, target, value, isOpen, isByKey] = [/** @type {Tool} */ ("brush"), 0, 1, false, false];
  let points = /** @type {Point[]} */ ([]);
  /** @type {import("../model/run.js").Run["points"]|undefined} what the server's points were when an edit was sent */
  let before;
  let stroke = /** @type {import("../model/strokes.js").Stroke|null} */ (null);
  let isSent = false; // the stroke is; it is shown until its points come
  let pointer = /** @type {Place|null} */ (null);
  const selected = new Set(/** @type {number[]} */ ([]));

  const board = element("canvas", { class: "draw-board", tabIndex: 0, role: "application" });
  board.ariaLabel = `Drawing board. ${HELP}`;
  const context = contextOf(board);
  const count = element("span", { class: "draw-count" });
  const done = element("button", { type: "button", class: "strong", onclick: () => open(false) }, "Done");
  const tools = toolButtons(take);
  const targets = targetChooser({
    choose, value, revalue(now) { value = now; showSelection(); },
    rename(name) { actions.configure({ class_names: withClassName(target, name, classes(), run().spec) }); },
    resize(by) {
      const { patch, said } = otherClasses(by, run().spec);
      actions.configure(patch);
      say(said);
      choose(classes() - 1);
    },
  });
  const size = slider("Brush size", { min: 0.2, max: 2, step: 0.1, value: 0.8 }, paint);
  const density = slider("Density", { min: 1, max: 12, step: 1, value: 6 }, paint);
  const undo = button("Undo", () => steps.ask("undo"));
  const redo = button("Redo", () => steps.ask("redo"));
  const clear = button("Clear all", () => commit({ removed: points.map(({ id }) => id) }, "All points are gone."));
  const chosen = element("p", { class: "draw-chosen" });
  const jitter = button("Jitter", () => {
    commit({ moved: jittered(picked(), JITTER, Math.random) }, "Moved a little.");
  });
  const remove = button("Delete", () => erase(picked()));
  const recolour = button("Class", () => {
    const wanted = targetSteps(classes() ? target : value, classes());
    commit({ moved: picked().map(({ id }) => ({ id, target: wanted })) }, `Now ${targetName()}.`);
  });
  const selection = element("div", { class: "draw-selection", hidden: true }, chosen, jitter, remove, recolour);
  const note = element("p", { class: "draw-hint" });
  const status = element("p", { class: "draw-said", role: "status" });
  const panel = element("section", { class: "draw", "aria-label": "Draw" },
    element("header", { class: "draw-head" }, element("h2", {}, "Draw"), count, done),
    element("div", { class: "draw-tools" },
      element("div", { class: "draw-palette", role: "group", "aria-label": "Tool" }, ...tools),
      targets.root, element("div", { class: "draw-steps", role: "group", "aria-label": "Steps" }, undo, redo, clear),
      size.field, density.field, selection),
    element("footer", { class: "draw-foot" }, note, status));

  const picked = () => points.filter(({ id }) => selected.has(id));
  const targetName = () => (classes() ? ownName() || `class ${target + 1}` : `value ${value}`);
  const radius = () => Number(size.input.value);

  /** @param {Tool} key */
  function take(key) {
    tool = key;
    if (key !== "select") selected.clear();
    for (const each of tools) each.setAttribute("aria-pressed", String(each.value === key));
    paint();
  }

  /**
   * @param {Edit} edit
   * @param {string} said
   */
  function commit({ added = [], removed = [], moved = [] }, said) {
    [added, moved] = [added.slice(0, LIMITS.edit_points), moved.slice(0, LIMITS.edit_points)];
    isSent = added.length + removed.length + moved.length > 0 && actions.editData({ added, removed, moved });
    if (!isSent) stroke = null;
    else {
      steps.sent();
      status.textContent = `${said} ${points.length + added.length - removed.length} points.`;
      // The next key may come before the server's answer, and its state before its points.
      [points, before] = [changed(points, { removed, moved }, classes()), run().points];
    }
    paint();
  }
  const erase = (/** @type {Point[]} */ gone) => commit(erasure(gone).edit, erasure(gone).said);
  const say = (/** @type {string} */ text) => { status.textContent = text; };
  const steps = stepper({ drawn: () => run().drawn, undo: actions.undoData, said: say });

  // --- the tools ---

  /** @param {number} reach */
  const hand = (reach) => ({
    tool, points, selected, reach, radius: radius(), density: Number(density.input.value),
    target: classes() ? target : value, classes: classes(), random: Math.random,
  });

  /**
   * @param {Place} at
   * @param {number} reach
   */
  function begin(at, reach) {
    isSent = false;
    stroke = begun(at, hand(reach));
  }

  /**
   * @param {Place} at
   * @param {number} reach
   */
  function extend(at, reach) {
    if (stroke && !isSent) stroke = extended(stroke, at, hand(reach));
  }

  function end() {
    if (!stroke || isSent) return;
    if (stroke.kind === "box") {
      selected.clear();
      for (const id of stroke.points.keys()) selected.add(id);
      status.textContent = `${selected.size} selected.`;
      stroke = null;
    } else {
      const { edit, said } = outcome(stroke, hand(0));
      commit(edit, said);
    }
    showSelection();
  }

  /** Enter: the tool at the cross-hair, by one press or, to move, by two. */
  function useByKey() {
    const at = pointer ?? { x: 0, y: 0 };
    if (tool === "select") {
      const near = nearest(points, at, REACH.mouse);
      if (near && !selected.delete(near.id)) selected.add(near.id);
      status.textContent = `${selected.size} selected.`;
      return showSelection();
    }
    if (tool === "move" && stroke && !isSent) return end();
    begin(at, REACH.mouse);
    if (tool !== "move") end();
    else say(stroke?.points.size ? "Picked up: arrows move it, Enter puts it down." : "There is no point here.");
  }

  // --- what is seen ---

  function paint() {
    const { spec } = run();
    const side = Math.round(board.clientWidth * devicePixelRatio);
    if (!side || !spec) return;
    if (board.width !== side) board.width = board.height = side;
    context.clearRect(0, 0, side, side);
    const look = { side, scale: devicePixelRatio, radius: Math.max(4 * devicePixelRatio, side / 75) };
    const dot = { ...look, radius: look.radius * 0.7, outline: "#fff", classes: outputCount(spec) > 1 ? classes() : 0 };
    /** @param {(Place & {target: number})[]} places */
    const ghosts = (places) => {
      const rows = Float32Array.from(places.flatMap(({ x, y, target: of }) => [x, y, labelOf(of, classes())]));
      drawPoints(context, rows, 0, places.length, { ...dot, test: false });
    };
    const all = run().points;
    if (all && !model.get().view.showTestData) { // whoever draws sees every point
      drawPoints(context, all.rows, all.train, all.train + all.test, { ...dot, test: true });
    }
    drawRings(context, picked(), { ...look, crossed: false });
    if (stroke) {
      const touched = [...stroke.points.values()];
      const wanted = classes() ? target : value;
      ghosts(stroke.places.map((place) => ({ ...place, target: wanted })));
      if (stroke.kind === "move") {
        const at = movedPoints(stroke);
        ghosts(at);
        drawRings(context, at, { ...look, crossed: false });
      } else drawRings(context, touched, { ...look, crossed: stroke.kind === "erase" });
      if (stroke.kind === "box") drawBox(context, stroke.from, stroke.to, side, devicePixelRatio);
    }
    if (!pointer) return;
    if (tool === "brush" || tool === "erase") drawReach(context, pointer, radius(), side, devicePixelRatio);
    const unit = side / (2 * EDGE);
    if (isByKey) drawCross(context, (pointer.x + EDGE) * unit, (EDGE - pointer.y) * unit, devicePixelRatio);
  }

  function showSelection() {
    const there = picked();
    selected.clear();
    for (const { id } of there) selected.add(id);
    selection.hidden = there.length === 0;
    chosen.textContent = `${there.length} selected`;
    recolour.textContent = `Make ${targetName()}`;
    paint();
  }

  function showTargets() {
    const [{ spec }, many] = [run(), classes()];
    if (!many || !spec) return targets.show(null);
    target = Math.min(target, many - 1);
    const counts = classCounts(points, many);
    const isShaped = outputCount(spec) === many; // a class with its own output has its own shape
    const names = counts.map((_, index) => className(index, spec));
    targets.show({ counts, names, chosen: target, own: ownName(), isShaped, room: roomForClasses(spec) });
  }

  /** @param {number} index */
  function choose(index) {
    target = index;
    showTargets();
    showSelection();
  }

  function showNote() {
    const help = isTouch() ? "One finger draws, two fingers scroll." : HELP;
    note.textContent = hint(points, classes(), run().drawn?.text ?? "") || help;
  }

  on(model, (state) => [currentRun(state).points, currentRun(state).spec, state.view.showTestData, isOpen], () => {
    if (!isOpen) return;
    if (run().points !== before) [points, before] = [drawnPoints(run()), undefined];
    if (isSent) { isSent = false; stroke = null; }
    const train = points.filter(({ training }) => training).length;
    count.textContent = `${points.length} points: ${train} to train, ${points.length - train} to test`;
    showNote();
    showTargets();
    showSelection();
  });
  on(model, (state) => [currentRun(state).drawn], ({ runs, current }) => {
    const { drawn } = runs[current];
    undo.disabled = (drawn?.undo ?? null) === null;
    redo.disabled = (drawn?.redo ?? null) === null;
    showNote();
    steps.next();
  });
  on(model, (state) => [state.toasts], () => { // what was asked for may have been refused
    steps.refused();
    if (!isSent) return;
    points = drawnPoints(run());
    drop();
  });

  // --- pointer and keys ---

  const placeOf = (/** @type {PointerEvent} */ event) => placeIn(board.getBoundingClientRect(), event);
  const reachOf = (/** @type {PointerEvent} */ { pointerType }) => REACH[pointerType === "mouse" ? "mouse" : "touch"];
  board.onpointerdown = (event) => {
    if (!event.isPrimary) return drop(); // a second finger scrolls
    if (event.button !== 0) return;
    board.setPointerCapture(event.pointerId);
    [pointer, isByKey] = [placeOf(event), false];
    begin(pointer, reachOf(event));
    paint();
  };
  board.onpointermove = (event) => {
    if (!event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) extend(placeOf(each), reachOf(event));
    [pointer, isByKey] = [placeOf(event), false];
    paint();
  };
  board.onpointerup = (event) => {
    extend(placeOf(event), reachOf(event));
    end();
    if (event.pointerType !== "mouse") pointer = null;
    paint();
  };
  board.onpointercancel = () => drop();
  board.onpointerleave = () => { if (!stroke && !isByKey) pointer = null; paint(); };
  board.ondblclick = (event) => event.stopPropagation(); // two points, not a smaller map
  function drop() {
    [stroke, isSent, before] = [null, false, undefined];
    paint();
  }

  /** @param {KeyboardEvent} event of the board */
  function moveCross(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return false;
    const far = event.shiftKey ? FINE : COARSE;
    const { x, y } = pointer ?? { x: 0, y: 0 };
    [pointer, isByKey] = [{ x: snapped(x + way[0] * far), y: snapped(y + way[1] * far) }, true];
    if (tool === "move") extend(pointer, REACH.mouse);
    status.textContent = `${placeText(pointer)}.`;
    paint();
    return true;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const { key } = event;
    const at = /** @type {HTMLElement} */ (event.target);
    if (document.querySelector("dialog[open]") || event.altKey) return false;
    if (event.ctrlKey || event.metaKey) {
      if (!/^[zy]$/i.test(key) || takesLetters(at)) return false;
      steps.ask(key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
      return true;
    }
    if (at === board && (moveCross(event) || key === "Enter")) {
      if (key === "Enter") useByKey();
      return true;
    }
    if ((key === "Delete" || key === "Backspace") && !takesLetters(at)) {
      const near = selected.size ? null : nearest(points, pointer ?? { x: 0, y: 0 }, COARSE);
      if (near || selected.size) erase(near ? [near] : picked());
      return true;
    }
    if (key === "Escape") {
      if (stroke || selected.size) { selected.clear(); drop(); showSelection(); } else open(false);
      return true;
    }
    if (takesLetters(at) || !lettersAreOn()) return false;
    const found = tools.find((each) => each.ariaKeyShortcuts === key.toUpperCase());
    if (found) found.click();
    const digit = /^\d$/.test(key) ? Number(key) || 10 : 0; // 0 stands for the tenth class
    if (digit && digit <= classes()) choose(digit - 1);
    return found !== undefined || digit > 0;
  }
  document.addEventListener("keydown", (event) => {
    if (!isOpen || event.defaultPrevented || !press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  // --- its place ---

  function settle() {
    const map = square();
    if (!isOpen || !map) return;
    if (board.parentElement !== map) map.append(board);
    const isLarge = frame.contains(map);
    frame.classList.toggle("drawing", isLarge);
    if (isLarge && panel.parentElement !== frame) frame.append(panel);
    else if (!isLarge && panel.previousElementSibling !== map) map.after(panel);
    paint();
  }
  new ResizeObserver(paint).observe(board);

  let wasLarge = false;
  /** @param {boolean} wanted */
  function open(wanted) {
    if (wanted === isOpen) return;
    isOpen = wanted;
    opener.setAttribute("aria-pressed", String(wanted));
    if (!wanted) {
      for (const each of [board, panel]) each.remove();
      frame.classList.remove("drawing");
      actions.enlarge(wasLarge && WIDE.matches);
      selected.clear();
      drop();
      return opener.focus();
    }
    wasLarge = model.get().enlarged;
    actions.point(null);
    actions.showView("right", "map");
    actions.enlarge(WIDE.matches);
    if (!WIDE.matches) reveal();
    take(tool);
    requestAnimationFrame(() => { settle(); board.focus(); });
  }
  on(model, ({ places, enlarged }) => [places.right, enlarged, isOpen], ({ places }) => {
    if (isOpen && places.right !== "map") open(false);
    else requestAnimationFrame(settle);
  });
  return () => open(!isOpen);
}
