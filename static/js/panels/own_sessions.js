// The list behind the logo: the sessions of this browser, each with a small picture and opened again by a click.

import { drawBigMap } from "../draw/field.js";
import { catalog } from "../model/catalog.js";
import { contextOf } from "../ui/canvas.js";
import { element, part } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { ask, site } from "../wire/address.js";
import { bigMap, classMap } from "../wire/maps.js";

/**
 * What the server says of a session; of one that it does not keep, only the first three.
 * @typedef {object} Entry
 * @property {string} id
 * @property {number} seconds since it was used
 * @property {number} pages that are connected to it
 * @property {string} [dataset]
 * @property {number[]} [hidden]
 * @property {number} [epoch]
 * @property {string} [map] of the output, as base64; empty while the server is not ready to paint it
 * @property {number} [levels]
 * @property {number} [classes]
 */

const AGES = /** @type {const} */ ([["day", 86_400], ["hour", 3600], ["minute", 60]]);
const NONE = "There is none yet. A session is listed here once you have changed or trained something in it.";

/**
 * @param {HTMLDialogElement} root
 * @param {import("../model/state.js").Model} _model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {object} options
 * @param {string} options.here the id of the session that this page shows
 */
export async function mountOwnSessions(root, _model, _actions, { here }) {
  await loadStyle("own_sessions");
  const [list, said, begin] = ["list", "said", "new"].map((name) => part(root, `own-sessions-${name}`));
  begin.href = site;
  part(root, "own-sessions-close").onclick = () => root.close();

  return async function open() {
    list.replaceChildren();
    said.textContent = "Asking the server …";
    root.showModal();
    const { entries, problem } = await asked();
    said.textContent = problem || (entries.length === 0 ? NONE : "");
    list.replaceChildren(...entries.map((entry) => item(entry, entry.id === here, () => root.close())));
    if (root.open) list.querySelector("a")?.focus();
  };
}

/** @returns {Promise<{entries: Entry[], problem: string}>} */
async function asked() {
  try {
    const answer = await ask("sessions");
    const found = await answer.json();
    return answer.ok ? { entries: found.sessions, problem: "" } : { entries: [], problem: found.detail };
  } catch {
    return { entries: [], problem: "The server cannot be reached just now. Try again." };
  }
}

/**
 * @param {Entry} entry
 * @param {boolean} isHere
 * @param {() => void} stay what a click does on the session that is shown already
 */
function item(entry, isHere, stay) {
  const facts = [isHere ? "this page" : entry.pages > 0 ? "open now" : age(entry.seconds)];
  if (entry.epoch !== undefined) facts.unshift(`epoch ${entry.epoch.toLocaleString("en")}`);
  const link = element("a", { href: `${site}s/${entry.id}` },
    picture(entry),
    element("span", { class: "name" }, title(entry)),
    element("span", { class: "note" }, facts.join(" · ")));
  if (isHere) {
    link.setAttribute("aria-current", "page");
    link.onclick = (event) => {
      event.preventDefault();
      stay();
    };
  }
  return element("li", {}, link);
}

/** @param {Entry} entry */
function title({ dataset, hidden, id }) {
  if (dataset === undefined || hidden === undefined) return `Session ${id.slice(0, 4)}`;
  const label = catalog.datasets.find(({ key }) => key === dataset)?.label ?? dataset;
  return `${label}, ${hidden.length ? hidden.join("–") : "no hidden layer"}`;
}

/** @param {Entry} entry */
function picture({ map = "", levels = 2, classes = 0 }) {
  const canvas = element("canvas", { "aria-hidden": "true", width: 16, height: 16 });
  if (!map) return canvas;
  const part = /** @type {import("../wire/protocol.js").MapPart} */ (
    { bigMap: Uint8Array.from(atob(map), (sign) => sign.charCodeAt(0)), levels, classes });
  const ofClasses = classMap(part);
  const shown = ofClasses ? { classMap: ofClasses } : { field: bigMap(part), own: null, low: 0 };
  drawBigMap(contextOf(canvas, { alpha: false }), shown, false);
  return canvas;
}

/** @param {number} seconds */
function age(seconds) {
  const [unit, size] = AGES.find(([, size]) => seconds >= size) ?? [];
  if (!unit || !size) return "just now";
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}
