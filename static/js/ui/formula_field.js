// A field for a formula. While one writes, what is wrong is said below it, and its place is marked in the text.

import { LONGEST, ParseError, parsed } from "../model/expressions.js";
import { element } from "./element.js";

const CHECK_AFTER = 150; // milliseconds without a key

let fieldCount = 0;

/**
 * @param {object} options
 * @param {string} options.label
 * @param {import("../model/expressions.js").Kind} options.kind
 * @param {() => void} options.changed after a pause in writing
 * @param {() => void} options.enter
 * @param {() => string[]|null} [options.names] of the columns that it is of, in place of x and y
 */
export function formulaField({ label, kind, changed, enter, names = () => null }) {
  const id = `formula-${++fieldCount}`;
  const input = element("input", {
    type: "text", id, spellcheck: false, autocomplete: "off", autocapitalize: "off", maxLength: LONGEST,
  });
  const copy = element("p", { class: "formula-copy", "aria-hidden": "true" }); // the text again, its wrong place marked
  const problem = element("p", { class: "problem", id: `${id}-problem`, role: "status" });
  const root = element("div", { class: "field formula-field" },
    element("label", { for: id }, label), input, copy, problem);
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;

  /** @param {ParseError|null} error */
  function say(error) {
    problem.textContent = error?.message ?? "";
    input.setAttribute("aria-invalid", String(error !== null));
    if (error) input.setAttribute("aria-describedby", problem.id);
    else input.removeAttribute("aria-describedby");
    copy.hidden = !error;
    if (!error) return;
    const text = input.value;
    const [wrong] = [...text.slice(error.position)];
    copy.replaceChildren(text.slice(0, error.position), element("mark", {}, wrong ?? "\u00a0"),
      text.slice(error.position + (wrong ?? "").length));
  }

  input.oninput = () => {
    clearTimeout(later);
    later = setTimeout(changed, CHECK_AFTER);
  };
  input.onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    clearTimeout(later);
    enter();
  };
  return {
    root,
    input,
    /** What is written; null where it is wrong, which is said. */
    check() {
      try {
        const part = parsed(input.value, kind, names());
        say(null);
        return part;
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        say(error);
        return null;
      }
    },
    /** Nothing is written, and nothing is wrong. */
    clear() { say(null); },
  };
}
