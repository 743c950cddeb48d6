// The doctor: one sentence on what goes wrong, and two remedies, beside the sentence that says why training stopped.

import { fieldFromName } from "../model/catalog.js";
import { NOTHING, remediesOf, watched } from "../model/doctor.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

/**
 * @param {HTMLElement} before which it stands
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{after: HTMLElement}} options what has the focus once it is closed
 */
export async function mountDoctor(before, model, actions, { after }) {
  await loadStyle("doctor");
  const said = element("p", { role: "status" });
  const buttons = element("span", { class: "doctor-remedies" });
  const close = element("button", {
    type: "button", class: "tiny quiet", "aria-label": "Close the diagnosis", title: "Close",
  }, icon("close"));
  const line = element("div", { class: "stopped doctor", hidden: true }, said, buttons, close);
  before.before(line);
  let watch = NOTHING;
  /** @type {Set<string>} diagnoses that are not told again before the run starts anew */
  let refused = new Set();
  let shown = "";
  close.onclick = () => {
    refused.add(watch.key);
    show();
    after.focus();
  };
  /** A change that waits until its epoch is shown. @type {{epoch: number, changes: Record<string, any>}|null} */
  let waiting = null;

  actions.show((state) => (state.view.hideText ? [] : [{ topic: "diagnosis", run: state.current }]));

  /**
   * From the last epoch without a diagnosis on, as a branch; what changes the network's shape starts anew anyway.
   * @param {Record<string, any>} changes
   */
  function apply(changes) {
    const isLive = Object.keys(changes).every((name) => fieldFromName.get(name)?.live);
    const { healthy } = watch;
    if (!isLive || healthy === null || healthy >= watch.epoch) return actions.configure(changes);
    if (actions.seek(healthy, 0)) waiting = { epoch: healthy, changes };
  }

  function show() {
    const { view } = model.get();
    const { parts: { diagnosis }, past, spec } = currentRun(model.get());
    const isShown = watch.isDue && watch.key !== "" && !refused.has(watch.key) && !past && !view.hideText
      && diagnosis !== undefined && spec !== null;
    line.hidden = !isShown;
    if (!isShown || diagnosis.key !== watch.key) return;
    const isHidden = (/** @type {string} */ name) => view.hidden.includes(fieldFromName.get(name)?.key ?? "");
    const remedies = remediesOf(diagnosis).filter(({ changes }) => !Object.keys(changes).some(isHidden));
    const { healthy } = watch;
    const text = JSON.stringify([diagnosis.sentence, remedies, healthy]);
    if (text === shown) return; // a button may have the focus
    shown = text;
    if (said.textContent !== diagnosis.sentence) said.textContent = diagnosis.sentence;
    said.title = diagnosis.sentence;
    const epoch = healthy?.toLocaleString("en") ?? "";
    buttons.replaceChildren(
      ...(healthy !== null && healthy < watch.epoch ? [element("button", {
        type: "button", class: "small", title: "The last epoch without this diagnosis",
        onclick: () => actions.seek(healthy, 0),
      }, `Go to epoch ${epoch}`)] : []),
      ...remedies.map(({ label, changes }) => {
        const isLive = Object.keys(changes).every((name) => fieldFromName.get(name)?.live);
        const from = isLive && healthy !== null ? `From epoch ${epoch} on, as a branch` : "From the start";
        return element("button", { type: "button", class: "small", title: from, onclick: () => apply(changes) }, label);
      }));
  }

  on(model, (state) => {
    const { parts, past, restarts, seeking } = currentRun(state);
    return [parts.diagnosis, past, restarts, seeking, state.view.hidden, state.view.hideText];
  }, (state) => {
    const { parts: { diagnosis }, past, restarts } = currentRun(state);
    if (waiting && past?.epoch === waiting.epoch) {
      const { changes } = waiting;
      waiting = null;
      actions.configure(changes);
    }
    if (watch.restarts !== restarts) refused = new Set();
    if (diagnosis && !past) watch = watched(watch, diagnosis);
    else if (!diagnosis) watch = NOTHING;
    show();
  });
}
