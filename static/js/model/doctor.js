// The doctor: which diagnosis is shown, after it has held for a while. Pure: records in, what to show out.

/** @typedef {import("../wire/protocol.js").DiagnosisPart} DiagnosisPart */
/**
 * @typedef {object} Watch
 * @property {number} restarts of the run that is watched
 * @property {string} key of the diagnosis that holds, "" for none
 * @property {number} held how many records have had it, one after another
 * @property {number} epoch of the last record
 * @property {number|null} healthy the last epoch without a diagnosis
 * @property {boolean} isDue it is shown
 */

const HOLDS = 5; // records, which come once a second
const AT_ONCE = ["diverged"]; // training has stopped: no more records come

/** @type {Watch} */
export const NOTHING = { restarts: -1, key: "", held: 0, epoch: -1, healthy: null, isDue: false };

/**
 * @param {Watch} before
 * @param {DiagnosisPart} part the newest record
 * @returns {Watch} the same object if nothing has changed
 */
export function watched(before, { restarts, key, epoch }) {
  const known = before.restarts === restarts && before.epoch <= epoch ? before : { ...NOTHING, restarts };
  if (known.epoch === epoch && known.key === key) return known;
  if (key === "") {
    const isGone = known.key === "" || known.held < 0; // twice in a row: one record more may be chance
    return { ...known, key: isGone ? "" : known.key, held: -1, epoch, healthy: epoch, isDue: known.isDue && !isGone };
  }
  const held = key === known.key && known.held > 0 ? known.held + 1 : 1;
  const isDue = held >= HOLDS || AT_ONCE.includes(key) || (known.isDue && key === known.key);
  return { ...known, key, held, epoch, isDue };
}

/**
 * The remedies of a record: what a button says, and the fields that it changes.
 * @param {DiagnosisPart} part
 * @returns {{label: string, changes: Record<string, any>}[]}
 */
export function remediesOf({ firstLabel, firstChanges, secondLabel, secondChanges }) {
  return [[firstLabel, firstChanges], [secondLabel, secondChanges]]
    .filter(([label]) => label)
    .map(([label, changes]) => ({ label, changes: JSON.parse(changes) }));
}
