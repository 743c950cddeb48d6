// What stands under More data: pictures of the further sets, and stored ones. It comes when that is first opened.

import { problemOf, readReference } from "../model/tables.js";
import { catalog } from "../model/catalog.js";
import { currentRun } from "../model/state.js";
import { site } from "../wire/address.js";
import { element } from "./element.js";
import { loadStyle } from "./style.js";

/** @typedef {{reference: string, title: string, source: string, picture?: number[][]}} Table */
/** @typedef {{tables: Table[], problems: string[]}} Library */
/** @typedef {(points: number[][], problem: string) => Node} Picture */

/** @type {Promise<{points: Record<string, number[][]>, library: Library}>|null} */
let asked = null;

/**
 * What the first picture does without: by key the points of the other data sets, and the stored ones that everybody
 * may use; none while the server cannot be reached.
 */
function further() {
  asked ??= fetch(new URL("static/datasets.json", site)).then((answer) => answer.json()).catch(() => {
    asked = null;
    return { points: {}, library: { tables: [], problems: [] } };
  });
  return asked;
}

/**
 * @param {HTMLElement} group of the further data sets; what is there gets its picture
 * @param {import("../model/state.js").State} state
 * @param {import("../model/actions.js").Actions} actions
 * @param {Picture} picture
 */
export async function showFurther(group, state, actions, picture) {
  const [{ points, library }] = await Promise.all([further(), loadStyle("stored")]);
  const { spec } = currentRun(state);
  const tables = [...Object.values(state.tables), ...library.tables]; // these have pictures
  for (const table of new Map(tables.map((each) => [each.reference, each])).values()) {
    const shape = readReference(table.reference);
    if (!spec || !shape || problemOf(shape) !== spec.problem) continue;
    const isThere = [...group.querySelectorAll("button")].some(({ value }) => value === table.reference);
    if (!isThere) group.append(tableButton(table, actions, picture));
  }
  for (const button of group.querySelectorAll("button")) {
    const set = catalog.datasets.find((each) => each.key === button.value);
    if (set && points[set.key]) button.replaceChildren(picture(points[set.key], set.problem));
  }
  group.parentElement?.querySelector(".broken")?.remove();
  if (!library.problems.length) return;
  group.after(element("ul", { class: "note broken", "aria-label": "Data sets that cannot be used" },
    ...library.problems.map((sentence) => element("li", {}, sentence))));
}

/**
 * @param {Table} table
 * @param {import("../model/actions.js").Actions} actions
 * @param {Picture} picture
 */
function tableButton({ reference, title, source, picture: points }, actions, picture) {
  const shape = readReference(reference);
  return element("button", {
    type: "button", role: "radio", value: reference, "aria-label": title, title: `${title}. ${source}`.trim(),
    onclick: () => actions.useData(reference),
  }, points && shape ? picture(points, problemOf(shape)) : title);
}
