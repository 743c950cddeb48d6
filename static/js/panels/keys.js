// The keyboard: one table for what the keys do and for the list that names them.

import { byId, element } from "../ui/element.js";

/** @param {import("../model/actions.js").Actions} actions */
export function mountKeys(actions) {
  const dialog = byId("keys");
  /** @type {{keys: string[], shown: string, what: string, button?: string, act: () => void}[]} */
  const table = [
    { keys: [" "], shown: "space", what: "play or pause", button: "play", act: actions.playOrPause },
    { keys: ["ArrowRight"], shown: "→", what: "step: one epoch", button: "step", act: actions.step },
    { keys: ["r", "R"], shown: "R", what: "reset: the same start again", button: "reset", act: actions.reset },
    { keys: ["n", "N"], shown: "N", what: "new data and new weights", button: "regenerate", act: actions.regenerate },
    { keys: ["?"], shown: "?", what: "this list", act: () => dialog.showModal() },
  ];
  dialog.append(
    element("h2", { id: "keys-title" }, "Keys"),
    element("dl", {}, ...[...table, { shown: "tab", what: "next control; enter opens a neuron’s numbers" }, { shown: "F, C", what: "in a card: freeze, cut" }, { shown: "esc", what: "close" }]
      .flatMap(({ shown, what }) => [element("dt", {}, element("kbd", {}, shown)), element("dd", {}, what)])),
    element("button", { type: "button", onclick: () => dialog.close() }, "Close"));
  byId("show-keys").onclick = () => dialog.showModal();

  let byPointer = false;
  addEventListener("pointerdown", () => { byPointer = true; }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Tab") byPointer = false;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return actions.pin(null);
    const at = /** @type {HTMLInputElement} */ (event.target);
    if (/^(text|number|textarea)$/.test(at.type ?? "")) return;
    // A control reached by keyboard keeps its own keys; one that was clicked does not take space from play.
    if (event.key === " " && !byPointer && at.id !== "play" && at.matches("button, a, summary, select, input[type=checkbox]")) return;
    if (event.key.startsWith("Arrow") && at.matches("select, input[type=range]")) return;
    if (/^[a-z]$/i.test(event.key) && !byPointer && at.matches("select")) return; // to choose by the first letter
    if (event.repeat && event.key !== "ArrowRight") return;
    const entry = table.find(({ keys }) => keys.includes(event.key));
    if (!entry || (entry.button && byId(entry.button).matches("[hidden], :disabled"))) return;
    event.preventDefault();
    entry.act();
  });
}
