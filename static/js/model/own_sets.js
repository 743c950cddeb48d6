// Data sets that somebody keeps in this browser, by name: each is its points as a table, as they are exported.

const KIND = "tinkernet data sets"; // of a file
const LARGEST_FILE = 64 * 2 ** 20; // characters
const LARGEST_SET = 16 * 2 ** 20; // as the server takes a table
export const LONGEST_NAME = 60;
export const MOST_SETS = 100;

/** @typedef {{name: string, csv: string}} OwnSet */

/**
 * How many points a set has: its rows but the one of names.
 * @param {OwnSet} set
 */
export const pointsIn = ({ csv }) => csv.trimEnd().split("\n").length - 1;

/**
 * A name that none of these sets has: with a number behind it where it is taken.
 * @param {string} wanted
 * @param {OwnSet[]} sets
 */
export function freeName(wanted, sets) {
  const name = wanted.replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME) || "My data";
  let found = name;
  for (let i = 2; sets.some((set) => set.name === found); i++) found = `${name.slice(0, LONGEST_NAME - 4)} ${i}`;
  return found;
}

/**
 * The text of a file that holds all sets.
 * @param {OwnSet[]} sets
 */
export const fileOf = (sets) => `${JSON.stringify({ kind: KIND, version: 1, sets }, null, 1)}\n`;

/**
 * The sets in a file, or a sentence on why there are none.
 * @param {string} text
 * @returns {{sets: OwnSet[]} | {problem: string}}
 */
export function readFile(text) {
  if (text.length > LARGEST_FILE) return { problem: "This file is too large: 64 MB are the most." };
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: "This file is not JSON. Choose one that was exported here." };
  }
  if (found?.kind !== KIND || !Array.isArray(found.sets)) {
    return { problem: "This file holds no data sets. Choose one that was exported here." };
  }
  if (found.version !== 1) return { problem: "This file was made by a newer version of Tinkernet." };
  const bad = found.sets.findIndex((/** @type {unknown} */ each) => !isSet(each));
  if (bad >= 0) return { problem: `Set ${bad + 1} of this file has no name or no table. Nothing was imported.` };
  if (found.sets.length === 0) return { problem: "There is no set in this file." };
  if (found.sets.length > MOST_SETS) return { problem: `This file has more than ${MOST_SETS} sets.` };
  return { sets: found.sets.map((/** @type {OwnSet} */ { name, csv }) => ({ name, csv })) };
}

/**
 * @param {any} found
 * @returns {found is OwnSet}
 */
function isSet(found) {
  const isText = (/** @type {unknown} */ part) => typeof part === "string" && part.trim() !== "";
  return isText(found?.name) && isText(found.csv) && found.csv.length <= LARGEST_SET;
}
