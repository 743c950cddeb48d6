// The address bar, which names what is shown: part of the actions.

import { catalog, featureKeys } from "./catalog.js";
import { AT, EDITS, formatLink } from "./link.js";

const ADDRESS_AFTER = 250; // milliseconds

/** @typedef {Pick<import("./link.js").Read, "spec"|"drawn"|"at"|"edits">} Moment of a run */
/** @typedef {{link: string, replace: boolean}} Entry of the browser's history */

/**
 * @param {import("./store.js").Store<import("./state.js").State>} store
 * @param {() => import("./run.js").Run} run that the address names
 */
export function addressActions(store, run) {
  const fields = catalog.fields;

  /** What is shown, as a link says it; empty before there is anything. */
  function fragment() {
    const { spec } = run();
    return spec ? formatLink(spec, store.get().view, fields, featureKeys, run().speed, run().drawn?.text) : "";
  }

  /**
   * Make the address name what is shown: each choice an entry of the history, unless it takes the last one's place. Who
   * watches has the key there.
   */
  function writeAddress(replace = false) {
    const { spec, past } = run();
    if (!spec || store.get().watching) return;
    if (!past) return putAddress({ link: `#${fragment()}`, replace });
    const place = past.batch ? `${past.epoch}.${past.batch}` : String(past.epoch);
    if (moment?.at === place) putAddress({ link: `#${momentLink(moment)}`, replace: true });
  }

  /** @type {Moment|null} what the address names while the past is shown */
  let moment = null;
  let written = globalThis.location?.hash ?? ""; // by this page, or what it came with

  /**
   * The fragment that names a moment of a run.
   * @param {Moment} moment as the server says it
   */
  function momentLink({ spec, drawn, at, edits }) {
    const link = formatLink(spec, store.get().view, fields, featureKeys, run().speed, drawn);
    return `${link}&${AT}=${at}${edits && `&${EDITS}=${edits}`}`;
  }

  /** @param {Entry} entry */
  function putAddress({ link, replace }) {
    if (link !== location.hash) {
      if (replace) history.replaceState(null, "", link);
      else history.pushState(null, "", link);
    }
    written = location.hash;
  }

  /** @type {Entry[]} */
  let entries = [];
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let addressLater;

  /**
   * The same once the change is seen: a browser takes milliseconds over an address, and loads the page's icon anew.
   * @param {boolean} replace
   */
  function writeAddressSoon(replace) {
    const entry = { link: `#${fragment()}`, replace };
    const before = replace ? entries.pop() : undefined;
    entries.push(before ? { ...entry, replace: before.replace } : entry);
    addressLater ??= setTimeout(settleAddress, ADDRESS_AFTER);
  }

  /** What the server has changed belongs to the last entry, be it written yet or not. */
  function amendAddress() {
    const last = entries.at(-1);
    if (last) last.link = `#${fragment()}`;
    else writeAddress(true);
  }

  /** Write now what was to be written soon. */
  function settleAddress() {
    clearTimeout(addressLater);
    addressLater = undefined;
    for (const entry of entries.splice(0)) putAddress(entry);
  }

  return {
    fragment,
    momentLink,
    writeAddress,
    writeAddressSoon,
    amendAddress,
    settleAddress,
    /** Forget what was to be written soon. */
    forget() { entries = []; },
    /** @param {Moment|null} found what the address is to name while the past is shown */
    nameMoment(found) {
      if (!found && location.hash !== written) return; // a link that is just being opened would be lost
      moment = found;
      writeAddress(true);
    },
  };
}
