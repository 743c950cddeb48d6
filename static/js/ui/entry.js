// A field that something is typed into. What cannot be used is refused in a sentence at the field, and nothing changes.

import { element } from "./element.js";

const REFUSAL_STAYS = 15_000; // milliseconds
const VALUE_SHOWN = 40; // characters of a refused value in the sentence about it

let fieldCount = 0;

/**
 * @template T
 * @param {object} options
 * @param {boolean} options.isNumber brings up the keyboard for numbers on a phone
 * @param {(text: string) => T|undefined} options.read undefined where the text is no value
 * @param {(value: T) => void} options.take
 * @param {(text: string) => string} options.refusal the sentence about a text that is no value
 */
export function entryField({ isNumber, read, take, refusal }) {
  const inputMode = isNumber ? "decimal" : "text";
  const input = element("input", { type: "text", spellcheck: false, autocomplete: "off", inputMode });
  const problem = element("p", { class: "problem", role: "alert", hidden: true, id: `problem-${++fieldCount}` });
  let shown = "";
  let isTyping = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;

  /** @param {string} text the sentence, or nothing */
  function say(text) {
    clearTimeout(later);
    problem.textContent = text;
    problem.hidden = text === "";
    input.setAttribute("aria-invalid", String(text !== ""));
    if (text) input.setAttribute("aria-describedby", problem.id);
    else input.removeAttribute("aria-describedby");
    if (text) later = setTimeout(restore, REFUSAL_STAYS);
  }

  /** Back to the value in use. */
  function restore() {
    isTyping = false;
    input.value = shown;
    say("");
  }

  input.oninput = () => {
    isTyping = true;
    if (!problem.hidden && read(input.value.trim()) !== undefined) say("");
  };
  input.onchange = () => {
    const text = input.value.trim();
    const value = read(text);
    if (value === undefined) {
      const start = text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN)}…` : text;
      return say(refusal(start));
    }
    isTyping = false;
    say("");
    take(value);
  };
  input.onkeydown = (event) => {
    if (event.key === "Enter") input.select();
    if (event.key !== "Escape" || problem.hidden) return;
    event.stopPropagation(); // it closes the sentence, not what the field is in
    restore();
    input.select();
  };

  return {
    input,
    problem,
    /**
     * Show the value in use, unless another one is being typed.
     * @param {string} text
     */
    show(text) {
      if (text === shown && (isTyping || input.value === shown)) return;
      shown = text;
      // While it trains the value changes all the time: what is typed stays, and so does a refused text.
      if (!problem.hidden || (isTyping && document.activeElement === input)) return;
      restore();
      if (document.activeElement === input) input.select();
    },
  };
}
