// The table of all settings: their keys in links, what is allowed, and what they do.

import { catalog } from "../model/catalog.js";
import { element } from "../ui/element.js";

/** @typedef {import("../model/catalog.js").Field} Field */

/** @param {HTMLElement} root where the table goes */
export function mountReference(root) {
  const heads = ["Setting", "Key", "Allowed", "What it does"].map((head) => element("th", { scope: "col" }, head));
  const rows = catalog.fields.filter(({ key }) => key !== null).map((field) => element("tr", {},
    element("th", { scope: "row" }, field.label),
    element("td", {}, element("code", {}, field.key)),
    element("td", {}, field.choices && field.kind === "choice" ? choiceList(field.choices) : field.allowed),
    element("td", {}, field.help, ...(field.live ? [" ", element("em", {}, "Can be changed during training.")] : []))));
  const formulas = catalog.features.map(({ key, formula }) => entry(key, element("span", { class: "law" }, formula)));
  const features = element("tr", {},
    element("th", { scope: "row" }, "Features"),
    element("td", { colSpan: 2 }, element("dl", {}, ...formulas)),
    element("td", {}, "Each has its own key: true or false."));
  root.replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows, features)));
}

/** @param {NonNullable<Field["choices"]>} choices */
function choiceList(choices) {
  return element("dl", {}, ...choices.map(({ key, label, formula }) => {
    return entry(key, label, ...(formula ? [": ", element("span", { class: "law" }, formula)] : []));
  }));
}

/**
 * @param {string} key
 * @param {(Node|string)[]} parts
 */
function entry(key, ...parts) {
  return element("div", {}, element("dt", {}, element("code", {}, key)), element("dd", {}, ...parts));
}
