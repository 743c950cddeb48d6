// My talk: the links that somebody has collected, in the order in which they are to be shown. They are kept in this
// browser, and as a small file.

/** @typedef {{name: string, link: string}} Item a link without "#" */

const STORED = "talk";
const KIND = "tinkernet talk";
export const MOST_ITEMS = 200;
export const LONGEST_NAME = 80; // characters
const LONGEST_LINK = 20_000;
const LARGEST_FILE = 1_000_000;
// The page of whoever shows the talk decides on these, not the one on which it was collected.
const OWN_LOOK = /&(lecture|embed)=[^&]*/g;

/** @returns {Item[]} */
export function kept() {
  try {
    return itemsOf(JSON.parse(localStorage.getItem(STORED) ?? "[]"));
  } catch {
    return []; // a browser that keeps nothing, or what somebody else has kept there
  }
}

/**
 * @param {Item[]} items
 * @returns {boolean} false where the browser keeps nothing
 */
export function keep(items) {
  try {
    if (items.length) localStorage.setItem(STORED, JSON.stringify(items));
    else localStorage.removeItem(STORED);
    return true;
  } catch {
    return false;
  }
}

/**
 * A link as an item has it: what it shows, but not how large.
 * @param {string} link
 */
export const plainLink = (link) => link.slice(link.indexOf("#") + 1).replace(OWN_LOOK, "");

/**
 * What is shown, named by its data and layers.
 * @param {string} link
 * @param {import("./catalog.js").Spec} spec
 * @param {{key: string, label: string}[]} datasets
 * @returns {Item}
 */
export function itemFor(link, spec, datasets) {
  const dataset = spec.problem === "regression" ? spec.reg_dataset : spec.dataset;
  const label = datasets.find(({ key }) => key === dataset)?.label ?? dataset;
  return { name: `${label}, ${spec.hidden.length ? spec.hidden.join("–") : "no hidden layer"}`, link: plainLink(link) };
}

/**
 * @param {Item[]} items
 * @param {number} from
 * @param {number} to
 */
export function moved(items, from, to) {
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(to, 0, items[from]);
}

/**
 * @param {Item[]} items
 * @param {number} index
 * @param {string} name a blank one changes nothing
 */
export function renamed(items, index, name) {
  const given = name.trim().slice(0, LONGEST_NAME);
  return given && given !== items[index].name ? items.with(index, { ...items[index], name: given }) : items;
}

/**
 * Where a step leads: from none to the first or the last one, and never beyond an end.
 * @param {number} at -1 for none
 * @param {number} step 1 or -1
 * @param {number} count
 */
export function stepped(at, step, count) {
  if (at < 0) return step > 0 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, at + step));
}

/**
 * The text of a file that holds the talk.
 * @param {Item[]} items
 */
export const fileOf = (items) => `${JSON.stringify({ kind: KIND, version: 1, items }, null, 1)}\n`;

/**
 * The talk in a file, or a sentence on why there is none.
 * @param {string} text
 * @returns {{items: Item[]} | {problem: string}}
 */
export function readFile(text) {
  if (text.length > LARGEST_FILE) return { problem: "This file is too large for a talk." };
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: "This file is not JSON. Choose one that was exported here." };
  }
  if (found?.kind !== KIND || !Array.isArray(found.items)) {
    return { problem: "This file is not a talk. Choose one that was exported here." };
  }
  if (found.version !== 1) return { problem: "This file was made by a newer version of Tinkernet." };
  const bad = found.items.findIndex((/** @type {unknown} */ item) => !isItem(item));
  if (bad >= 0) return { problem: `Entry ${bad + 1} of this file has no name or no link. Nothing was imported.` };
  if (found.items.length === 0) return { problem: "The talk in this file is empty." };
  return { items: itemsOf(found.items) };
}

/**
 * @param {unknown} found
 * @returns {Item[]}
 */
function itemsOf(found) {
  if (!Array.isArray(found)) return [];
  return found.filter(isItem).map(({ name, link }) => {
    return { name: name.trim().slice(0, LONGEST_NAME), link: plainLink(link) };
  });
}

/**
 * @param {any} found
 * @returns {found is Item}
 */
function isItem(found) {
  const isText = (/** @type {unknown} */ part) => typeof part === "string" && part.trim() !== "";
  return isText(found?.name) && isText(found.link) && found.link.length <= LONGEST_LINK && /\w=/.test(found.link);
}
