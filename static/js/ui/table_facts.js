// What a stored data set is, and where it comes from, as a line below the data sets. It comes with the first such data.

import { dataName, sizeText } from "../model/table_words.js";
import { factsOf } from "../model/tables.js";
import { element } from "./element.js";

/**
 * @param {HTMLElement} root
 * @param {import("../model/catalog.js").Spec|null} spec without stored data there is no line
 */
export function showFacts(root, spec) {
  if (!spec?.data) return root.replaceChildren();
  const { source = "", licence = "" } = factsOf(spec) ?? {};
  const said = `${source} ${licence}`.trim();
  root.replaceChildren(element("p", { class: "note" }, element("b", {}, dataName(spec)), `: ${sizeText(spec)}.`),
    ...(said ? [element("details", { class: "note" }, element("summary", {}, "Source"), said)] : []));
}
