// My talk, a face of the left column: the links that somebody has collected, to be shown one after the other.

import { catalog } from "../model/catalog.js";
import { currentRun } from "../model/state.js";
import {
  LONGEST_NAME, MOST_ITEMS, fileOf, itemFor, keep, kept, moved, plainLink, readFile, renamed, stepped,
} from "../model/talk.js";
import { saveFile } from "../ui/download.js";
import { element, icon } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

const FILE = "my-talk.json";

/** @typedef {import("../model/talk.js").Item} Item */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {HTMLElement} options.opener gets the focus back
 * @param {HTMLElement} options.line beside it, in the masthead, is said where in the talk the page is
 * @param {() => void} options.reveal the left column
 * @returns {Promise<{open: () => void, add: () => void, step: (by: number) => void}>}
 */
export async function mountTalk(root, model, actions, { opener, line, reveal }) {
  await loadStyle("talk");
  const place = element("p", { class: "talk-line", role: "status" });
  line.after(place);
  const add = element("button", { type: "button", class: "wide", onclick: addThis }, "Add this to my talk");
  const list = element("ol", { "aria-label": "My talk" });
  const said = element("p", { role: "status" });
  const undo = element("button", { type: "button", class: "small", hidden: true }, "Undo");
  const file = element("input", { type: "file", accept: ".json,application/json", hidden: true, tabIndex: -1 });
  const save = element("button", { type: "button", onclick: download }, "Export");
  const load = element("button", { type: "button", onclick: () => file.click() }, "Import");
  const close = element("button", {
    type: "button", class: "tiny quiet", "aria-label": "Close my talk", title: "Back to the data (Esc)", onclick: shut,
  }, icon("close"));
  const help = element("p", { class: "note" }, "Page Up and Page Down, the keys of a presenter, step through it.");
  root.append(
    element("header", {}, element("h2", { id: "talk-title" }, "My talk"), close), add, list,
    element("div", { class: "talk-said" }, said, undo), help, element("div", { class: "row" }, save, load, file));

  let items = kept();
  let at = -1; // the one that was shown last, from which a step goes on
  /** @type {Item[]|null} what the list was before something was removed */
  let before = null;

  /**
   * @param {Item[]} next
   * @param {string} text
   * @param {Item[]|null} [undone] what Undo gives back
   */
  function change(next, text, undone = null) {
    const shown = items[at];
    items = next;
    if (items.includes(shown)) at = items.indexOf(shown);
    show();
    changed(text, undone);
  }

  /**
   * @param {string} text
   * @param {Item[]|null} [undone]
   */
  function changed(text, undone = null) {
    before = undone;
    const isKept = keep(items);
    say(isKept ? text : `${text} This browser keeps nothing: export the talk before you leave.`);
    tellPlace();
  }

  /** @param {string} text */
  function say(text) {
    said.textContent = text;
    undo.hidden = before === null;
  }

  undo.onclick = () => {
    if (before) change(before, "Back again.");
    add.focus();
  };

  function addThis() {
    const { spec } = currentRun(model.get());
    if (!spec) return;
    if (items.length >= MOST_ITEMS) return say(`A talk has ${MOST_ITEMS} links at most.`);
    const item = itemFor(actions.fragment(), spec, catalog.datasets);
    change([...items, item], `“${item.name}” is number ${items.length + 1} of my talk.`);
    list.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  function remove(index) {
    const { name } = items[index];
    if (index === at) at -= 1; // a step goes to what follows it
    change(items.toSpliced(index, 1), `“${name}” is removed.`, items);
    focusOn(Math.min(index, items.length - 1));
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  function move(from, to) {
    if (to < 0 || to >= items.length || to === from) return;
    change(moved(items, from, to), `“${items[from].name}” is number ${to + 1} now.`);
  }

  /** @param {number} index */
  function focusOn(index) {
    const button = list.children[index]?.querySelector(".talk-name");
    /** @type {HTMLElement} */ (button ?? add).focus();
  }

  function show() {
    list.replaceChildren(...items.map(row));
    list.hidden = items.length === 0;
    save.disabled = items.length === 0;
    tellPlace();
  }

  /**
   * @param {Item} item
   * @param {number} index
   */
  function row({ name }, index) {
    /**
     * @param {string} picture
     * @param {string} what
     * @param {() => void} act
     * @param {boolean} [disabled]
     */
    const tool = (picture, what, act, disabled = false) => element("button", {
      type: "button", class: `tiny quiet ${picture}`, "aria-label": `${what}: number ${index + 1}`, title: what,
      disabled, onclick: act,
    }, icon(picture === "up" || picture === "down" ? "caret" : picture));
    /** @param {number} by */
    const shift = (by) => () => {
      move(index, index + by);
      const moved = list.children[index + by]?.querySelectorAll("button") ?? [];
      const same = [...moved].find((button) => button.matches(by < 0 ? ".up" : ".down"));
      if (same?.disabled) focusOn(index + by);
      else same?.focus();
    };
    const opens = element("button", {
      type: "button", class: "talk-name quiet",
      title: "Show it. Alt ↑ and ↓ move it, F2 renames it, Delete removes it.",
      "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown F2 Delete", onclick: () => go(index),
    }, name);
    const label = `Name of number ${index + 1}`;
    const field = element("input", { type: "text", maxLength: LONGEST_NAME, "aria-label": label });
    let isEdited = false;
    const edit = () => {
      isEdited = true;
      field.value = items[index].name;
      opens.replaceWith(field);
      made.draggable = false; // to select in it
      field.select();
    };
    /** @param {string} given */
    const rename = (given) => {
      if (!isEdited) return; // Enter has done it, and now the field has lost the focus
      isEdited = false;
      const before = items;
      items = renamed(items, index, given);
      opens.textContent = items[index].name;
      field.replaceWith(opens); // in its place: what is being clicked on stays where it is
      made.draggable = true;
      if (items !== before) changed(`Renamed to “${items[index].name}”.`);
    };
    field.onblur = () => rename(field.value);
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (!["Enter", "Escape"].includes(event.key)) return;
      rename(event.key === "Enter" ? field.value : "");
      opens.focus();
    };
    const made = element("li", { draggable: true }, opens,
      tool("pencil", "Rename", edit),
      tool("up", "Move up", shift(-1), index === 0),
      tool("down", "Move down", shift(1), index === items.length - 1),
      tool("close", "Remove", () => remove(index)));
    made.ondragstart = (event) => event.dataTransfer?.setData("text/plain", String(index));
    made.ondragover = (event) => event.preventDefault();
    made.ondrop = (event) => {
      event.preventDefault();
      const from = event.dataTransfer?.getData("text/plain") ?? "";
      if (/^\d+$/.test(from) && Number(from) < items.length) move(Number(from), index);
    };
    opens.onkeydown = (event) => {
      const to = event.altKey && { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
      if (typeof to === "number") {
        move(index, to);
        focusOn(Math.max(0, Math.min(items.length - 1, to)));
      } else if (event.key === "F2") edit();
      else if (event.key === "Delete") remove(index);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    return made;
  }

  /**
   * Show an item, at its start and paused. The page keeps its own size: a talk is collected here and shown in a hall.
   * @param {number} index
   */
  function go(index) {
    const { view } = model.get();
    const { playing, spec } = currentRun(model.get());
    if (!spec) return;
    if (playing) actions.playOrPause();
    const { link } = items[index];
    at = index;
    actions.visit(`${link}${view.lecture ? "&lecture=true" : ""}`);
    tellPlace();
  }

  function tellPlace() {
    place.textContent = at < 0 ? "" : `${at + 1} of ${items.length}: ${items[at].name}`;
    list.querySelectorAll(".talk-name").forEach((button, i) => {
      if (i === at) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  function download() {
    saveFile(FILE, new Blob([fileOf(items)], { type: "application/json" }));
  }

  file.onchange = async () => {
    const [chosen] = file.files ?? [];
    const read = chosen ? readFile(await chosen.text()) : null;
    file.value = ""; // the same one may be chosen again
    if (!read) return;
    if ("problem" in read) return say(read.problem);
    const next = [...items, ...read.items].slice(0, MOST_ITEMS);
    const count = next.length - items.length;
    change(next, `${count} ${count === 1 ? "link" : "links"} imported.`, items);
  };

  function shut() {
    root.hidden = true;
    opener.focus();
  }
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    shut();
  });
  addEventListener("storage", () => { // another tab
    items = kept();
    at = Math.min(at, items.length - 1);
    show();
  });

  at = items.findIndex(({ link }) => link === plainLink(actions.fragment()));
  show();
  return {
    open() {
      reveal();
      root.hidden = false;
      add.focus();
    },
    /** Without opening it, while something else is in its place. */
    add() {
      addThis();
      if (root.hidden) place.textContent = said.textContent;
    },
    step(by) { if (items.length) go(stepped(at, by, items.length)); },
  };
}
