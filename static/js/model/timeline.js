// The timeline of a run: its marks and what they say, the curves of the runs beside it, and where its cursor is.

import { fieldFromName } from "./catalog.js";
import { curve } from "./losses.js";
import { MAIN, TWIN } from "../wire/protocol.js";

/** @typedef {"setting"|"points"|"weight"} Kind of edits */
/** @typedef {{epoch: number, kind: Kind, text: string}} Mark */
/**
 * @typedef {{at: number, epoch: number, kind: Kind|"several", count: number, text: string}} Place
 *   of marks that are drawn as one
 */
/** @typedef {{letter: string, epochs: number[], values: (number|null)[]}} Curve the test loss of a run that is kept */

const MOST_POINTS = 1000; // of the curve of a run that trains
const NEAREST = 8; // CSS pixels between two marks that are told apart
const counted = (/** @type {number} */ epoch) => epoch.toLocaleString("en");

/**
 * The marks of the edits of a run, in order; publishing/topics/marks.py says how they are sent.
 * @param {Uint8Array|undefined} bytes
 * @returns {Mark[]}
 */
export function marksOf(bytes) {
  if (!bytes) return [];
  /** @type {[number, Kind, any][]} */
  const found = JSON.parse(new TextDecoder().decode(bytes));
  return found.map(([epoch, kind, details]) => ({ epoch, kind, text: said(kind, details) }));
}

/**
 * @param {Kind} kind
 * @param {any} details
 */
function said(kind, details) {
  if (kind === "points") return details === 1 ? "points edited" : `points edited ${details} times`;
  if (kind === "weight") return details === 1 ? "a weight set" : `${details} weights set`;
  return details.map((/** @type {[string, unknown, unknown]} */ [name, before, after]) => {
    const field = fieldFromName.get(name);
    const label = (field?.label ?? name).toLowerCase();
    return `${label} ${valueText(field, before)} → ${valueText(field, after)}`;
  }).join(", ");
}

/**
 * @param {import("./catalog.js").Field|undefined} field
 * @param {unknown} value
 */
function valueText(field, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return field?.choices?.find(({ key }) => key === value)?.label ?? String(value).replace("-", "−");
}

/**
 * Where marks are drawn: those that would touch are one, which says how many they are.
 * @param {Mark[]} marks in order
 * @param {(epoch: number) => number} x of an epoch, in CSS pixels
 * @returns {Place[]}
 */
export function placesOf(marks, x) {
  /** @type {Place[]} */
  const places = [];
  for (const { epoch, kind, text } of marks) {
    const last = places.at(-1);
    const at = x(epoch);
    const line = `epoch ${counted(epoch)}: ${text}`;
    if (!last || at - last.at >= NEAREST) {
      places.push({ at, epoch, kind, count: 1, text: line });
      continue;
    }
    last.count += 1;
    last.kind = last.kind === kind ? kind : "several";
    last.text = last.count > 4 ? last.text.replace(/(\n… and \d+ more)?$/, `\n… and ${last.count - 3} more`)
      : `${last.text}\n${line}`;
  }
  return places;
}

/**
 * The epoch of the mark before or after another one; undefined where there is none.
 * @param {Mark[]} marks in order
 * @param {number} epoch
 * @param {-1|1} step
 */
export function markBeside(marks, epoch, step) {
  const found = step > 0 ? marks.find((mark) => mark.epoch > epoch) : marks.findLast((mark) => mark.epoch < epoch);
  return found?.epoch;
}

/**
 * The run that is compared with the current one; undefined where none is.
 * @param {import("./state.js").State} state
 * @returns {import("./run.js").Run|undefined}
 */
export const siblingOf = ({ runs, current }) => (TWIN in runs ? runs[current === TWIN ? MAIN : TWIN] : undefined);

/**
 * The curves of the runs that are kept, as far as they have come, and of the one that is compared.
 * @param {import("./run.js").Run} run
 * @param {import("./run.js").Run} [sibling] which then comes first of the others
 * @returns {Curve[]}
 */
export function curvesOf({ kept, curves }, sibling) {
  return kept.slice(1).flatMap(({ letter }, i) => {
    if (sibling && i === 0) {
      const { epochs, test } = curve(sibling.losses, MOST_POINTS);
      return [{ letter, epochs, values: test }];
    }
    const part = curves[letter];
    if (!part || part.rows.length === 0) return [];
    const count = part.rows.length / 2;
    const values = Array.from({ length: count }, (_, i) => {
      return Number.isFinite(part.rows[2 * i + 1]) ? part.rows[2 * i + 1] : null;
    });
    return [{ letter, epochs: values.map((_, i) => i * part.stride), values }];
  });
}

/**
 * The value of a curve at an epoch: that of the nearest one it has; undefined beyond its end.
 * @param {Curve} curve
 * @param {number} epoch
 */
export function valueAt({ epochs, values }, epoch) {
  if (epochs.length === 0) return undefined;
  const stride = epochs[1] ?? 1;
  const index = Math.round(epoch / stride);
  return index < values.length ? values[index] ?? undefined : undefined;
}

/**
 * The newest epoch of a run.
 * @param {import("./run.js").Run} run
 */
export const newestOf = ({ past, frame }) => past?.newest ?? frame?.epoch ?? 0;

/**
 * What the line at the top says while the past is shown; null at the newest epoch.
 * @param {import("./run.js").Run} run
 * @param {boolean} watching
 * @returns {{said: string, hint: string}|null}
 */
export function pastLine({ past, frame, playing, alone }, watching) {
  if (!past) return null;
  const epoch = counted(frame?.epoch ?? past.epoch);
  if (alone) {
    const theirs = alone.past ? `at epoch ${counted(alone.past.epoch)}` : "at the newest epoch";
    return { said: `You alone are looking at epoch ${epoch}.`, hint: `The lecturer is ${theirs}.` };
  }
  if (watching) {
    const said = playing ? "The lecturer replays the run." : `The lecturer is looking at epoch ${epoch}.`;
    return { said, hint: "" };
  }
  const batch = past.batch && !playing ? `, batch ${past.batch} of ${past.batches},` : "";
  const where = `epoch ${epoch}${batch} of ${counted(past.newest)}.`;
  const said = playing ? `Replaying: ${where}` : `You are looking at ${where}`;
  return { said, hint: "Any change here starts a new branch." };
}
