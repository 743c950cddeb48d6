// The controls of an editor: tools with a symbol and a letter each, sliders, plain buttons.

import { swatch } from "../draw/shapes.js";
import { element } from "./element.js";

/** @typedef {"brush"|"point"|"move"|"select"|"erase"|"split"} Tool */

/** @type {{key: Tool, letter: string, path: string}[]} */
const TOOLS = [
  { key: "brush", letter: "B", path: "M20 4 11 13M9 13c-3 0-4 2-4 5 0 1-1 2-2 2 4 1 9 0 9-4 0-2-2-3-3-3z" },
  { key: "point", letter: "P", path: "M12 3v6M12 15v6M3 12h6M15 12h6M12 10.500a1.500 1.500 0 1 0 .01 0" },
  { key: "move", letter: "M", path: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3" },
  { key: "select", letter: "S", path: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M11 4h2M11 20h2M4 11v2M20 11v2" },
  { key: "erase", letter: "X", path: "M5 15 14 5l6 6-9 9H8zM9 10.500l6 6M11 20h9" },
  { key: "split", letter: "T", path: "M8 8a4 4 0 1 0 .01 0M13 8h7v8h-7zM12 3v18" },
];

/**
 * @param {(key: Tool) => void} take
 */
export function toolButtons(take) {
  return TOOLS.map(({ key, letter, path }) => {
    const name = key[0].toUpperCase() + key.slice(1);
    return element("button", {
      type: "button", value: key, title: `${name} (${letter})`, "aria-keyshortcuts": letter, onclick: () => take(key),
    }, symbol(path), name);
  });
}

/** @param {string} text for screen readers only */
const unseen = (text) => element("span", { class: "unseen" }, text);

/**
 * @typedef {object} Classes
 * @property {number[]} counts points of each class
 * @property {string[]} names
 * @property {number} chosen
 * @property {string} own the chosen one's name, if somebody has given it one
 * @property {boolean} isShaped a class is told by its shape too
 * @property {{more: boolean, fewer: boolean}} room for another class; one that can be removed
 */

/**
 * What the next point is: one of the classes, which can be named here, or a value.
 * @param {object} options
 * @param {(index: number) => void} options.choose
 * @param {(name: string) => void} options.rename the chosen class
 * @param {(by: 1|-1) => void} options.resize one class more or less
 * @param {number} options.value at first
 * @param {(value: number) => void} options.revalue
 */
export function targetChooser({ choose, rename, resize, value, revalue }) {
  const buttons = element("div", { class: "draw-targets", role: "group" });
  const name = element("input", { type: "text", maxLength: 24 });
  name.onchange = () => rename(name.value);
  const field = element("label", { class: "field" }, element("span", {}), name);
  const more = button("Add a class", () => resize(1));
  const fewer = button("", () => resize(-1));
  const numbers = element("div", { class: "draw-classes", role: "group" }, more, fewer);
  numbers.ariaLabel = "Number of classes";
  const bounds = { min: -1, max: 1, step: 0.125, value };
  const values = slider("Value", bounds, revalue).field;
  /** @param {Classes|null} classes null where the target is a value */
  function show(classes) {
    const before = [...buttons.children].findIndex((each) => each === document.activeElement);
    buttons.ariaLabel = classes ? "Class of the next point" : "Value of the next point";
    field.hidden = numbers.hidden = !classes;
    if (!classes) return buttons.firstChild === values ? undefined : buttons.replaceChildren(values);
    const { counts, names, chosen, own, isShaped, room } = classes;
    numbers.hidden = !room.more && !room.fewer;
    [more.hidden, fewer.hidden] = [false, false];
    if (more === document.activeElement && !room.more) fewer.focus(); // what is hidden keeps no focus
    if (fewer === document.activeElement && !room.fewer) more.focus();
    [more.hidden, fewer.hidden] = [!room.more, !room.fewer];
    fewer.textContent = `Remove ${names[counts.length - 1]}`;
    buttons.replaceChildren(...counts.map((count, index) => {
      const disc = element("span", { class: "swatch" });
      disc.style.background = `var(--${index ? "positive" : "negative"})`;
      return element("button", {
        type: "button", "aria-pressed": String(index === chosen), onclick: () => choose(index),
      }, isShaped ? swatch(index) : disc, element("span", { class: "name" }, names[index]),
      element("span", { class: "count" }, String(count)), unseen(" points"));
    }));
    if (before >= 0) /** @type {HTMLElement|undefined} */ (buttons.children[before])?.focus();
    /** @type {HTMLElement} */ (field.firstChild).textContent = `Name of class ${chosen + 1}`;
    if (document.activeElement !== name) name.value = own;
  }
  return { root: element("div", { class: "draw-target" }, buttons, numbers, field), show };
}

/**
 * @param {string} text
 * @param {{min: number, max: number, step: number, value: number}} bounds
 * @param {(value: number) => void} change
 */
export function slider(text, bounds, change) {
  const input = element("input", { type: "range", ...bounds });
  const shown = element("span", { class: "value" }, String(bounds.value));
  input.oninput = () => {
    shown.textContent = input.value.replace("-", "−");
    change(Number(input.value));
  };
  return { field: element("div", { class: "field" }, element("label", {}, `${text}: `, shown, input)), input };
}

/**
 * @param {string} text
 * @param {() => void} onclick
 */
export const button = (text, onclick) => element("button", { type: "button", onclick }, text);

/** @param {string} path */
function symbol(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
