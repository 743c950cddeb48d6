// The keyboard: one table for what the keys do and for the list that names them.

import { element } from "../ui/element.js";
import { lettersAreOn, switchLetters, takesLetters } from "../ui/letters.js";

const OTHERS = [
  { shown: "tab", what: "next control; enter opens a neuron’s numbers" },
  { shown: "F, C", what: "in a card: freeze, cut, and back" },
  { shown: "page up, page down", what: "through My talk" },
  { shown: "esc", what: "close" },
];

/**
 * @param {HTMLDialogElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {HTMLElement} options.opener
 * @param {(id: string) => HTMLElement} options.buttonOf the button that does what a key does: where it is hidden or
 *   disabled, the key does nothing
 */
export function mountKeys(root, model, actions, { opener, buttonOf }) {
  const press = (/** @type {string} */ id) => () => buttonOf(id).click();
  /** @type {{keys: string[], shown: string, what: string, button?: string, act: () => void}[]} */
  const table = [
    { keys: [" "], shown: "space", what: "play or pause", button: "play", act: actions.playOrPause },
    { keys: ["ArrowRight"], shown: "→", what: "step: one epoch, batch or example", button: "step", act: actions.step },
    { keys: ["ArrowLeft"], shown: "←", what: "back one epoch", act: actions.stepBack },
    { keys: ["r", "R"], shown: "R", what: "reset: the same start again", button: "reset", act: actions.reset },
    { keys: ["n", "N"], shown: "N", what: "new data and new weights", button: "regenerate", act: actions.regenerate },
    { keys: ["v", "V"], shown: "V", what: "all views", button: "views", act: press("views") },
    { keys: ["e", "E"], shown: "E", what: "enlarge the view, or shrink it", button: "enlarge", act: press("enlarge") },
    { keys: ["c", "C"], shown: "C", what: "compare with a twin", button: "compare", act: press("compare") },
    { keys: ["x", "X"], shown: "X", what: "show the other of two", button: "show-other", act: press("show-other") },
    { keys: ["d", "D"], shown: "D", what: "draw points", button: "draw", act: press("draw") },
    {
      keys: ["l", "L"], shown: "L", what: "lecture mode",
      act: () => actions.look({ lecture: !model.get().view.lecture }),
    },
    { keys: ["m", "M"], shown: "M", what: "read me: the present state in a paragraph", act: press("read-me") },
    { keys: ["s", "S"], shown: "S", what: "spotlight on a neuron", act: actions.switchSpotlight },
    { keys: ["?"], shown: "?", what: "this list", act: () => root.showModal() },
  ];
  const list = [...table, ...OTHERS].flatMap(({ shown, what }) => {
    return [element("dt", {}, element("kbd", {}, shown)), element("dd", {}, what)];
  });
  const letters = element("input", { type: "checkbox", id: "letter-keys" });
  letters.checked = lettersAreOn();
  letters.onchange = () => switchLetters(letters.checked);
  root.append(
    element("h2", { id: "keys-title" }, "Keys"),
    element("dl", {}, ...list),
    element("label", { class: "check" }, letters, "Single letters and signs are commands"),
    element("button", { type: "button", onclick: () => root.close() }, "Close"));
  opener.onclick = () => root.showModal();

  let byPointer = false;
  addEventListener("pointerdown", () => { byPointer = true; }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Tab") byPointer = false;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { // what opened last closes first: a card, then the spotlight
      const { pinned, spotlight } = model.get();
      if (spotlight && !pinned && !event.defaultPrevented) actions.switchSpotlight();
      return actions.pin(null);
    }
    const at = /** @type {HTMLInputElement} */ (event.target);
    if (takesLetters(at) && !at.matches("select")) return;
    // A control reached by keyboard keeps its own keys; one that was clicked does not take space from play.
    const isOwn = !byPointer && at.id !== "play" && at.matches("button, a, summary, select, input[type=checkbox]");
    if (event.key === " " && isOwn) return;
    if (event.key.startsWith("Arrow") && at.matches("select, input[type=range]")) return;
    if (/^[a-z]$/i.test(event.key) && !byPointer && at.matches("select")) return; // to choose by the first letter
    if (/^\S$/.test(event.key) && !lettersAreOn()) return;
    if (event.repeat && !/^Arrow(Left|Right)$/.test(event.key)) return;
    const entry = table.find(({ keys }) => keys.includes(event.key));
    const isOff = entry?.button && buttonOf(entry.button)?.matches("[hidden], [hidden] *, :disabled") !== false;
    if (!entry || isOff) return;
    event.preventDefault();
    entry.act();
  });
}
