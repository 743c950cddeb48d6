// Reset, play, step, the epoch, and how fast.

import { shownLosses } from "../model/run.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element, part } from "../ui/element.js";
import { epochText, lossText } from "../ui/text.js";

const SPEEDS = [1, 5, 10, 30, 60, 250, 1000, 10000]; // epochs, or ticks of another clock, per second

const RATES = { epoch: "Epochs per second", batch: "Batches a second", example: "Examples a second" };

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountTransport(root, model, actions) {
  const [play, reset, step] = ["play", "reset", "step"].map((id) => part(root, id));
  const [epoch, pace] = ["epoch", "pace"].map((id) => part(root, id));
  reset.onclick = actions.reset;
  step.onclick = actions.step;
  play.onclick = actions.playOrPause;

  on(model, (state) => [currentRun(state).playing, currentRun(state).past], (state) => {
    const { playing, past } = currentRun(state);
    play.setAttribute("aria-label", playing ? "Pause" : past ? "Go on from here" : "Play");
    play.querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
    document.body.classList.toggle("playing", playing);
  });
  on(model, (state) => [currentRun(state).frame?.epoch, currentRun(state).clock], (state) => {
    if (currentRun(state).clock === "epoch") epoch.value = epochText(currentRun(state).frame?.epoch ?? 0);
  }, whileTraining(READABLE));
  const clock = part(root, "clock");
  const bring = async () => { // its code comes with the first use
    clock.onclick = null;
    try {
      const { mountClock } = await import("../ui/clock_menu.js");
      return mountClock(root, model, actions);
    } catch {
      clock.onclick = open;
      actions.toast("The server cannot be reached just now. Try again.");
    }
  };
  const open = async () => (await bring())?.();
  clock.onclick = open;
  on(model, (state) => [currentRun(state).clock], (state) => {
    const kind = currentRun(state).clock;
    step.setAttribute("aria-label", `Step: one ${kind}`);
    step.title = `Step: one ${kind} (right arrow)`;
    if (kind !== "epoch" && clock.onclick === open) bring();
  });
  // The counter itself is no live region: two dozen numbers in three seconds are noise. A stop is said once.
  const said = part(root, "said");
  on(model, (state) => {
    const { playing, frame } = currentRun(state);
    return [playing, playing || frame];
  }, (state) => {
    const { playing, frame } = currentRun(state);
    if (playing) said.textContent = "";
    else if (frame?.epoch) {
      const [train, test] = shownLosses(currentRun(state)).map(lossText);
      said.textContent = `Epoch ${frame.epoch.toLocaleString("en")}. Training loss ${train}, test loss ${test}.`;
    }
  });
  on(model, (state) => {
    const { playing, past, frame } = currentRun(state);
    return [playing, past?.newest, Math.round(frame?.pace ?? 0)];
  }, (state) => {
    const { playing, past, frame } = currentRun(state);
    const isTold = playing && frame && frame.pace >= 0.5;
    pace.textContent = past ? `of ${past.newest.toLocaleString("en")}`
      : isTold ? `${Math.round(frame.pace).toLocaleString("en")}/s` : "";
  }, whileTraining(READABLE));

  // The state that patience keeps is offered whenever training stands and has gone beyond it.
  const [stopped, why, restore] = ["stopped", "stopped-why", "restore-best"].map((id) => part(root, id));
  restore.onclick = actions.restoreBest;
  on(model, (state) => {
    const { halted, best, playing, frame } = currentRun(state);
    return [halted, best, playing, playing || frame?.epoch];
  }, (state) => {
    const { halted, best, playing, frame } = currentRun(state);
    const isOffered = best && !playing && !state.watching && frame && frame.epoch > best.epoch;
    why.textContent = halted?.message ?? "";
    restore.hidden = !isOffered;
    if (isOffered) {
      const loss = lossText(best.test_loss ?? NaN);
      restore.textContent = `Take the best state (epoch ${best.epoch.toLocaleString("en")}, test loss ${loss})`;
    }
    stopped.classList.toggle("nothing", !halted && !isOffered);
  });
  on(model, (state) => [state.connection], ({ connection }) => {
    for (const button of [play, step, reset]) button.setAttribute("aria-disabled", String(connection !== "open"));
  });
}

/**
 * The field for the speed of training, beside the others.
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountSpeed(root, model, actions) {
  const select = element("select", { id: "speed" },
    ...SPEEDS.map((rate) => element("option", { value: String(rate) }, rate.toLocaleString("en"))),
    element("option", { value: "full" }, "fastest"));
  select.onchange = () => actions.setSpeed(select.value === "full" ? null : Number(select.value));
  const title = "Epochs trained per second; drawing never slows training.";
  const label = element("label", { for: select.id }, "Epochs per second");
  on(model, (state) => [currentRun(state).clock], (state) => {
    label.textContent = RATES[currentRun(state).clock];
  });
  root.append(element("div", { class: "field", title, "data-control": "speed" }, label, select));
  on(model, (state) => [currentRun(state).speed], (state) => {
    const { speed } = currentRun(state);
    const value = speed === null ? "full" : String(speed);
    const isKnown = [...select.options].some((option) => option.value === value);
    if (!isKnown) select.append(element("option", { value }, value));
    select.value = value;
  });
}
