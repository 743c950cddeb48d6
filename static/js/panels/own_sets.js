// My sets: data sets kept in this browser by name, brought back by a click, and carried to another one as a file. It
// comes when it is first opened.

import { LONGEST_NAME, MOST_SETS, fileOf, freeName, pointsIn, readFile } from "../model/own_sets.js";
import { dataName } from "../model/table_words.js";
import { guessed } from "../model/table.js";
import { currentRun } from "../model/state.js";
import { records } from "../ui/database.js";
import { saveFile } from "../ui/download.js";
import { element, icon } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { ask, site } from "../wire/address.js";
import { readTable, Refused } from "../wire/table.js";

/** @typedef {import("../model/own_sets.js").OwnSet} OwnSet */

const FILE = "my-data-sets.json";
const UNREACHED = "The server cannot be reached just now. Try again.";
const NOT_KEPT = "This browser keeps nothing more. Export your sets to a file.";

/**
 * @param {HTMLElement} opener
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{session: string}} options the path of the session
 * @returns {Promise<() => void>} opens it, or closes it
 */
export async function mountOwnSets(opener, model, actions, { session }) {
  await loadStyle("own_sets");
  /** @type {ReturnType<typeof records<OwnSet>>} */
  const kept = records(`tinkernet sets ${site.pathname}`); // several copies of the playground may share an origin
  /** @type {OwnSet[]} */
  let sets = [];

  const name = element("input", { type: "text", id: "own-set-name", maxLength: LONGEST_NAME });
  const keep = element("button", { type: "button", onclick: keepThese }, "Keep these data");
  const list = element("ul", {});
  const said = element("p", { class: "note", role: "status" });
  const save = element("button", {
    type: "button", onclick: () => saveFile(FILE, new Blob([fileOf(sets)], { type: "application/json" })),
  }, "Export all");
  const file = element("input", { type: "file", accept: ".json,application/json", hidden: true, tabIndex: -1 });
  const load = element("button", { type: "button", onclick: () => file.click() }, "Import");
  const root = element("section", { class: "own-sets", "aria-label": "My sets", hidden: true },
    element("label", { for: name.id }, "Name"), name, keep, list,
    element("div", { class: "row" }, save, load), said, file);
  /** @type {HTMLElement} */ (opener.parentElement).after(root);

  const say = (/** @type {string} */ text) => { said.textContent = text; };

  /**
   * Change what is kept, and show it.
   * @param {() => Promise<unknown>} [change]
   */
  async function refresh(change) {
    try {
      await change?.();
      sets = await kept.all();
    } catch {
      say(NOT_KEPT);
    }
    const focused = [...list.querySelectorAll("button")].findIndex((each) => each === document.activeElement);
    list.replaceChildren(...sets.map(item));
    save.disabled = sets.length === 0;
    if (focused >= 0) (list.querySelectorAll("button")[Math.max(0, focused - 1)] ?? keep).focus();
    const { spec } = currentRun(model.get());
    if (spec) name.placeholder = freeName(dataName(spec), sets);
  }

  /** @param {OwnSet} set */
  function item(set) {
    const points = `${pointsIn(set).toLocaleString("en")} points`;
    return element("li", {},
      element("button", { type: "button", title: `Use “${set.name}”`, onclick: () => use(set) },
        element("span", { class: "name" }, set.name), " ", element("span", { class: "note" }, points)),
      element("button", {
        type: "button", class: "tiny quiet", "aria-label": `Delete ${set.name}`, title: `Delete ${set.name}`,
        onclick: async () => {
          await refresh(() => kept.remove(set.name));
          say(`“${set.name}” is deleted.`);
        },
      }, icon("close")));
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<string>} work its sentence is said */
  async function busy(button, work) {
    button.disabled = true; // one at a time
    try {
      say(await work());
    } catch (error) {
      say(error instanceof Refused ? error.message : UNREACHED);
    }
    button.disabled = false;
  }

  function keepThese() {
    return busy(keep, async () => {
      if (sets.length >= MOST_SETS) throw new Refused(`${MOST_SETS} sets are the most. Delete one first.`);
      const answer = await ask(`${session}/points.csv`);
      if (!answer.ok) throw new Refused((await answer.json()).detail);
      const set = { name: freeName(name.value || name.placeholder, sets), csv: await answer.text() };
      name.value = "";
      await refresh(() => kept.put(set));
      return sets.some((each) => each.name === set.name) ? `“${set.name}” is kept in this browser.` : NOT_KEPT;
    });
  }

  /** @param {OwnSet} set */
  function use(set) {
    return busy(keep, async () => {
      const { spec } = currentRun(model.get());
      const { seed, train_percent } = /** @type {import("../model/catalog.js").Spec} */ (spec);
      const asked = { ...guessed(), encoding: "utf-8", seed, train_percent, title: set.name, use: true };
      const found = await readTable(session, asked, set.csv);
      if (!found.reference) throw new Refused(found.refusal);
      actions.useData(found.reference);
      return `“${set.name}” is in use.`;
    });
  }

  file.onchange = async () => {
    const [chosen] = file.files ?? [];
    file.value = ""; // the same one may be chosen again
    if (!chosen) return;
    const found = readFile(await chosen.text());
    if ("problem" in found) return say(found.problem);
    if (sets.length + found.sets.length > MOST_SETS) return say(`${MOST_SETS} sets are the most. Delete some first.`);
    for (const each of found.sets) {
      const set = { ...each, name: freeName(each.name, sets) };
      await refresh(() => kept.put(set));
      if (!sets.some(({ name }) => name === set.name)) return;
    }
    say(`${found.sets.length} ${found.sets.length === 1 ? "set is" : "sets are"} here now.`);
  };

  return () => {
    root.hidden = !root.hidden;
    opener.setAttribute("aria-expanded", String(!root.hidden));
    if (root.hidden) return;
    refresh();
    name.focus();
  };
}
