// What the page has to say: the state of the connection, and sentences that can be closed.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon } from "./element.js";

const STAYS = { plain: 8000, problem: 20_000 }; // milliseconds, at least
const READING = 90; // milliseconds for a character
const FEW = 2; // items that are shown at once
const LOOK_AGAIN = 2000; // milliseconds until one that is being read is asked to leave again

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountToasts(root, model, actions) {
  /** @type {Set<number>} toasts that already have their end set */
  const timed = new Set();

  /** @param {number} id */
  function leave(id) {
    if (root.matches(":hover, :focus-within")) setTimeout(leave, LOOK_AGAIN, id);
    else actions.dismiss(id);
  }
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const { id } of model.get().toasts) actions.dismiss(id);
  });

  on(model, (state) => [state.toasts, currentRun(state).divergedAt], (state) => {
    const { toasts, watching } = state;
    const { divergedAt } = currentRun(state);
    const reset = watching ? null : element("button", { type: "button", onclick: actions.reset }, "Reset");
    const diverged = divergedAt === null ? [] : [toast(divergedText(divergedAt, watching), [], reset)];
    root.replaceChildren(...diverged, ...toasts.map(({ id, text, items, plain }) => {
      const dismiss = () => actions.dismiss(id);
      const close = element("button", {
        type: "button", class: "tiny quiet", "aria-label": "Close", onclick: dismiss,
      }, icon("close"));
      const made = toast(text, items, close);
      made.classList.toggle("plain", plain);
      if (!timed.has(id)) {
        timed.add(id);
        setTimeout(leave, Math.max(plain ? STAYS.plain : STAYS.problem, READING * text.length), id);
      }
      return made;
    }));
  });
}

/**
 * The state of the connection, in one sentence.
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{retryNow: () => void}} options
 */
export function mountStatus(root, model, _actions, { retryNow }) {
  const retry = element("button", { type: "button", class: "quiet small", onclick: retryNow }, "Try now");
  on(model, (state) => {
    const { spec, frame } = currentRun(state);
    return [state.connection, state.warming, state.closing, spec === null, frame === null];
  }, (state) => {
    const text = statusText(state);
    root.textContent = text;
    root.classList.toggle("busy", text !== "");
    if (state.connection === "lost") root.append(" ", retry);
    document.body.classList.toggle("offline", state.connection === "lost");
    document.body.classList.toggle("blank", currentRun(state).frame === null);
  });
}

/** @param {import("../model/state.js").State} state */
function statusText(state) {
  const { connection, warming, closing } = state;
  const { spec, frame } = currentRun(state);
  if (connection === "lost") return `${closing ?? "Connection lost."} Trying again…`;
  if (warming && frame) return "Almost ready: look around and change things; it learns in a moment.";
  if (warming) {
    const { done, total, name } = warming;
    return `Preparing the engine: ${done} of ${total}${name ? ` (${name})` : ""}. This happens once.`;
  }
  return connection === "connecting" || spec === null ? "Connecting…" : "";
}

/**
 * @param {number} epoch
 * @param {boolean} watching
 */
function divergedText(epoch, watching) {
  const said = `Training diverged at epoch ${epoch.toLocaleString("en")}: the loss is no longer a number.`;
  return watching ? said : `${said} Reset, or choose a lower learning rate.`;
}

/**
 * @param {string} text
 * @param {string[]} items
 * @param {HTMLElement|null} button
 */
function toast(text, items, button) {
  const lines = element("ul", {}, ...items.map((item) => element("li", {}, item)));
  const list = items.length <= FEW ? lines
    : element("details", {}, element("summary", {}, `Show all ${items.length}`), lines);
  const said = element("div", {}, element("p", {}, text), items.length ? list : null);
  return element("div", { class: "toast" }, said, button);
}
