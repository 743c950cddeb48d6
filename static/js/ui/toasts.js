// What the page has to say: the state of the connection, and sentences that can be closed.

import { on } from "../model/store.js";
import { byId, element, icon } from "./element.js";

const PLAIN_STAYS = 8000; // milliseconds; what went wrong stays until it is closed

/**
 * @param {import("./fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 * @param {() => void} retryNow
 */
export function mountToasts(store, actions, retryNow) {
  const root = byId("toasts");
  const status = byId("status");
  /** @type {Set<number>} toasts that already have their end set */
  const timed = new Set();
  const retry = element("button", { type: "button", class: "quiet small", onclick: retryNow }, "Try now");

  on(store, (state) => [state.toasts, state.divergedAt], ({ toasts, divergedAt, watching }) => {
    const reset = watching ? null : element("button", { type: "button", onclick: actions.reset }, "Reset");
    const broken = divergedAt === null ? [] : [note(divergedText(divergedAt, watching), [], reset)];
    root.replaceChildren(...broken, ...toasts.map(({ id, text, items, plain }) => {
      const close = element("button", { type: "button", class: "tiny quiet", "aria-label": "Close", onclick: () => actions.dismiss(id) }, icon("close"));
      const made = note(text, items, close);
      made.classList.toggle("plain", plain);
      if (plain && !timed.has(id)) timed.add(id), setTimeout(() => actions.dismiss(id), PLAIN_STAYS);
      return made;
    }));
  });
  on(store, (state) => [state.connection, state.warming, state.closing, state.spec === null, state.frame === null], ({ connection, warming, closing, spec, frame }) => {
    const text = connection === "lost" ? `${closing ?? "Connection lost."} Trying again…`
      : warming && frame ? "Almost ready: look around and change things; it learns in a moment."
      : warming ? `Preparing the engine: ${warming.done} of ${warming.total}${warming.name ? ` (${warming.name})` : ""}. This happens once.`
      : connection === "connecting" || spec === null ? "Connecting…" : "";
    status.textContent = text;
    status.classList.toggle("busy", text !== "");
    if (connection === "lost") status.append(" ", retry);
    document.body.classList.toggle("offline", connection === "lost");
  });
}

/**
 * @param {number} epoch
 * @param {boolean} watching
 */
function divergedText(epoch, watching) {
  return `Training diverged at epoch ${epoch.toLocaleString("en")}: the loss is no longer a number.${watching ? "" : " Reset, or choose a lower learning rate."}`;
}

/**
 * @param {string} text
 * @param {string[]} items
 * @param {HTMLElement|null} button
 */
function note(text, items, button) {
  const list = items.length ? [element("ul", {}, ...items.map((item) => element("li", {}, item)))] : [];
  return element("div", { class: "toast" }, element("div", {}, element("p", {}, text), ...list), ...(button ? [button] : []));
}
