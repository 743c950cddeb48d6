// A place in the past by its number: typed where the epoch stands, and in the address bar, so that a reload comes back.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { newestOf } from "../model/timeline.js";
import { element } from "./element.js";
import { entryField } from "./entry.js";
import { momentOf } from "./moment.js";

const SETTLED = 300; // milliseconds: who drags the cursor is on the way

/**
 * A click on the number of the epoch makes it a field.
 * @param {import("../model/state.js").Model} model
 * @param {(epoch: number) => void} go
 */
export function mountEpochField(model, go) {
  const run = () => currentRun(model.get());
  const readout = document.getElementById("epoch");
  const opener = element("button", {
    type: "button", class: "epoch-opener", id: "type-epoch", "aria-label": "Go to an epoch", title: "Go to an epoch",
  });
  const allowed = () => [run().firstEpoch, newestOf(run())];
  const { input, problem, show } = entryField({
    isNumber: true,
    read(text) {
      const digits = text.replace(/[,\s]/g, "");
      const [first, newest] = allowed();
      const epoch = /^\d{1,15}$/.test(digits) ? Number(digits) : NaN;
      return epoch >= first && epoch <= newest ? epoch : undefined;
    },
    take(epoch) {
      close();
      go(epoch);
    },
    refusal(text) {
      const [first, newest] = allowed().map((epoch) => epoch.toLocaleString("en"));
      return `Epoch must be a whole number from ${first} to ${newest}, not “${text}”.`;
    },
  });
  input.setAttribute("aria-label", "Epoch");
  input.inputMode = "numeric";
  const field = element("div", { class: "epoch-field", hidden: true }, input, problem);
  readout?.after(opener, field);

  function close() {
    const isInside = field.contains(document.activeElement);
    field.hidden = true;
    if (isInside) opener.focus();
  }
  opener.onclick = () => {
    field.hidden = false;
    show(String(run().frame?.epoch ?? 0));
    input.focus();
    input.select();
  };
  input.onblur = () => { if (problem.hidden) close(); };
  field.onkeydown = (event) => {
    event.stopPropagation(); // no key of the page
    if (event.key === "Escape") close();
    if (event.key === "Enter" && input.value === String(run().frame?.epoch ?? 0)) close();
  };
  on(model, (state) => [currentRun(state).clock], (state) => { // else the readout counts batches or examples
    opener.hidden = currentRun(state).clock !== "epoch";
  });
}

/**
 * While the past is shown, the address names its place.
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountPlaceInAddress(model, actions) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  on(model, (state) => {
    const { past, playing, seeking } = currentRun(state);
    return [past?.epoch, past?.batch, past !== null, playing || seeking !== null];
  }, (state) => {
    clearTimeout(later);
    const { past, playing, seeking } = currentRun(state);
    if (!past) return actions.nameMoment(null);
    if (playing || seeking) return;
    const { epoch, batch } = past;
    later = setTimeout(async () => {
      const moment = await momentOf({ epoch, batch });
      const now = currentRun(model.get()).past;
      if (!moment.why && now?.epoch === epoch && now.batch === batch) actions.nameMoment(moment);
    }, SETTLED);
  });
}
