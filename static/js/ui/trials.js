// What the views of many runs share: fields for numbers, and how long it takes yet.

import { element } from "./element.js";
import { typedNumber } from "./text.js";

let fields = 0;

/**
 * A field for a number; what is no such number is said where it stands, and is no value.
 * @param {string} label
 * @param {number} first
 * @param {{least: number, most: number, whole: boolean}} bounds
 * @returns {{root: HTMLElement, value: () => number|null}}
 */
export function askField(label, first, { least, most, whole }) {
  const input = element("input", {
    type: "text", inputMode: "decimal", value: String(first), autocomplete: "off", spellcheck: false, size: 5,
  });
  const problem = element("span", { class: "problem", role: "alert", hidden: true, id: `trials-${++fields}` });
  const read = () => {
    const value = typedNumber(input.value.trim());
    const isGood = value !== undefined && value >= least && value <= most && (!whole || Number.isInteger(value));
    problem.hidden = isGood;
    problem.textContent = isGood ? "" : `${label} must be a ${whole ? "whole " : ""}number from ${least} to `
      + `${most.toLocaleString("en")}, not “${input.value.slice(0, 20)}”.`;
    input.setAttribute("aria-invalid", String(!isGood));
    if (isGood) input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", problem.id);
    return isGood ? value : null;
  };
  input.onchange = read;
  return { root: element("label", { class: "inside-row trials-field" }, label, input, problem), value: read };
}

/** @param {number|null} left seconds */
export function secondsText(left) {
  if (left === null) return "";
  return left < 1 ? ", less than a second left"
    : left < 90 ? `, about ${Math.ceil(left)} s left` : `, about ${Math.ceil(left / 60)} min left`;
}
