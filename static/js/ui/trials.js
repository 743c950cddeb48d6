// What the views of many runs share: fields for numbers and for the goal, and how long it takes yet.

import { element } from "./element.js";
import { typedNumber } from "./text.js";
import { LIMITS } from "../wire/protocol.js";

/** @typedef {import("../model/seeds.js").Measure} Measure */

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

/** @type {[Measure, string][]} */
const MEASURES = [["test_loss", "test loss"], ["train_loss", "training loss"], ["test_accuracy", "test accuracy"]];

/**
 * What counts as solved: a loss of at most a number, or an accuracy of at least so many per cent.
 * @returns {{root: HTMLElement, offer: (classes: boolean) => void,
 *   value: () => {measure: Measure, bound: number}|null}} offer: is there an accuracy?
 */
export function askGoal() {
  const select = element("select", { "aria-label": "Goal on" },
    ...MEASURES.map(([value, text]) => element("option", { value }, text)));
  const most = askField("at most", 0.05, { least: 0, most: LIMITS.weight, whole: false });
  const least = askField("at least %", 95, { least: 0, most: 100, whole: false });
  const measure = () => /** @type {Measure} */ (select.value);
  select.onchange = () => {
    most.root.hidden = measure() === "test_accuracy";
    least.root.hidden = !most.root.hidden;
  };
  least.root.hidden = true;
  return {
    root: element("span", { class: "inside-row", role: "group", "aria-label": "Goal" },
      element("label", { class: "inside-row" }, "Goal", select), most.root, least.root),
    offer(classes) {
      select.options[2].hidden = select.options[2].disabled = !classes;
      if (classes || measure() !== "test_accuracy") return;
      select.value = "test_loss";
      select.dispatchEvent(new Event("change"));
    },
    value() {
      const bound = most.root.hidden ? least.value() : most.value();
      return bound === null ? null : { measure: measure(), bound: most.root.hidden ? bound / 100 : bound };
    },
  };
}

/** @param {number|null} left seconds */
export function secondsText(left) {
  if (left === null) return "";
  return left < 1 ? ", less than a second left"
    : left < 90 ? `, about ${Math.ceil(left)} s left` : `, about ${Math.ceil(left / 60)} min left`;
}
