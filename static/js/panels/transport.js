// Reset, play, step, the epoch, and how fast.

import { on, READABLE, whileLearning } from "../model/store.js";
import { byId, element } from "../ui/element.js";
import { epochText, lossText } from "../ui/text.js";

const SPEEDS = [1, 5, 10, 30, 60, 250, 1000, 10000];

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountTransport(store, actions) {
  const play = byId("play");
  byId("reset").onclick = actions.reset;
  byId("step").onclick = actions.step;
  play.onclick = actions.playOrPause;

  on(store, (state) => [state.playing], ({ playing }) => {
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
    document.body.classList.toggle("playing", playing);
  });
  on(store, (state) => [state.frame?.epoch], ({ frame }) => { byId("epoch").value = epochText(frame?.epoch ?? 0); }, whileLearning(READABLE));
  on(store, (state) => [state.playing, Math.round(state.frame?.pace ?? 0)], ({ playing, frame }) => {
    byId("pace").textContent = playing && frame && frame.pace >= 0.5 ? `${Math.round(frame.pace).toLocaleString("en")}/s` : "";
  }, whileLearning(READABLE));
  // The state that patience keeps is offered whenever training stands and has gone beyond it.
  const [stopped, restore] = [byId("stopped"), byId("restore-best")];
  restore.onclick = actions.restoreBest;
  on(store, (state) => [state.halted, state.best, state.playing, state.playing || state.frame?.epoch], ({ halted, best, playing, frame, watching }) => {
    const offer = best && !playing && !watching && frame && frame.epoch > best.epoch;
    byId("stopped-why").textContent = halted?.message ?? "";
    restore.hidden = !offer;
    if (offer) restore.textContent = `Take the best state (epoch ${best.epoch.toLocaleString("en")}, test loss ${lossText(best.test_loss ?? NaN)})`;
    stopped.classList.toggle("nothing", !halted && !offer);
  });
  on(store, (state) => [state.connection], ({ connection }) => {
    for (const id of ["play", "step", "reset"]) byId(id).setAttribute("aria-disabled", String(connection !== "open"));
  });
}

/**
 * The field for the speed of learning, beside the others.
 * @param {HTMLElement} root
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountSpeed(root, store, actions) {
  const select = element("select", { id: "speed" },
    ...SPEEDS.map((rate) => element("option", { value: String(rate) }, rate.toLocaleString("en"))),
    element("option", { value: "full" }, "fastest"));
  select.onchange = () => actions.setSpeed(select.value === "full" ? null : Number(select.value));
  root.append(element("div", { class: "field", title: "How fast to learn. Learning does not wait for the picture." }, element("label", { for: "speed" }, "Epochs per second"), select));
  on(store, (state) => [state.speed], ({ speed }) => {
    const value = speed === null ? "full" : String(speed);
    if (![...select.options].some((option) => option.value === value)) select.append(element("option", { value }, value));
    select.value = value;
  });
}
