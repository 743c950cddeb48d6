// The runs of the session as chips in the row of the losses, and the list of all of them, to open, rename and remove.

import { lookOf } from "../draw/lane.js";
import { shownLosses } from "../model/run.js";
import { READABLE, currentRun, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { curvesOf, siblingOf, valueAt } from "../model/timeline.js";
import { copyText } from "./clipboard.js";
import { element, icon } from "./element.js";
import { momentOf } from "./moment.js";
import { lossText } from "./text.js";
import { site } from "../wire/address.js";

const CHIPS = 3;

/**
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountRuns(model, actions) {
  const { watching } = model.get();
  const row = /** @type {HTMLElement} */ (document.querySelector(".losses"));
  const chips = element("div", { class: "runs", role: "group", "aria-label": "Runs", hidden: true });
  row.after(chips);
  const list = element("ul", {});
  const close = element("button", { type: "button", class: "tiny quiet", "aria-label": "Close" }, icon("close"));
  const panel = element("section", { class: "panel runs-panel", id: "runs-panel", "aria-label": "Runs", hidden: true },
    element("header", {}, element("h2", {}, "Runs"), close), list,
    element("p", { class: "note" },
      "A change in the past, a reset and a new start begin another run. At most eight are kept."));
  document.getElementById("network")?.after(panel);
  const all = element("button", {
    type: "button", class: "small quiet", id: "all-runs", "aria-controls": panel.id, "aria-expanded": "false",
  });
  /** @param {boolean} isOpen */
  function show(isOpen) {
    panel.hidden = !isOpen;
    all.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) fill();
    if (isOpen) panel.querySelector("button")?.focus();
  }
  all.onclick = () => show(Boolean(panel.hidden));
  close.onclick = () => {
    show(false);
    all.focus();
  };
  panel.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close.click();
  };

  /** @param {string} letter */
  function letterOf(letter) {
    const made = element("span", { class: "run-letter" }, letter);
    const [b, c] = ["--run-b", "--run-c"].map((name) => `var(${name})`);
    made.style.background = lookOf(letter, [b, c], "var(--ink)").colour;
    return made;
  }

  /**
   * The test loss of a kept run at the epoch that is shown, or where it ended.
   * @param {import("../wire/protocol.js").RunFacts} kept
   */
  function valueOf(kept) {
    const run = currentRun(model.get());
    const sibling = siblingOf(model.get());
    if (sibling && kept === run.kept[1]) return shownLosses(sibling)[1];
    const curve = curvesOf(run).find(({ letter }) => letter === kept.letter);
    const here = run.past && curve ? valueAt(curve, run.frame?.epoch ?? 0) : undefined;
    return here ?? kept.test_loss ?? undefined;
  }

  function draw() {
    const run = currentRun(model.get());
    const { kept } = run;
    chips.hidden = kept.length < 2;
    row.classList.toggle("with-runs", kept.length > 1);
    if (kept.length < 2) {
      show(false);
      return;
    }
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.letter : undefined;
    const isInside = chips.contains(document.activeElement);
    const [train, test] = shownLosses(run).map(lossText);
    const sorted = [...kept.slice(0, 1), ...kept.slice(1, CHIPS)].sort((a, b) => a.letter.localeCompare(b.letter));
    chips.replaceChildren(...sorted.map((each) => {
      const isShown = each === kept[0];
      const value = isShown ? test : lossText(valueOf(each));
      const values = element("span", {}, unseen("test loss"), element("strong", {}, value),
        isShown ? element("small", {}, `training ${train}`) : null, isShown ? unseen("shown") : null);
      const chip = element("button", {
        type: "button", class: "run", "aria-pressed": String(isShown), "data-letter": each.letter,
        title: isShown ? `${each.name}: training loss ${train}, test loss ${test}`
          : `Go back to run ${each.letter}: ${each.name}`,
      }, unseen("Run"), letterOf(each.letter), element("small", {}, each.name), values);
      if (watching) chip.disabled = true;
      chip.onclick = () => { if (!isShown) open(each.letter); };
      return chip;
    }), all);
    const more = kept.length - sorted.length;
    all.replaceChildren(more > 0 ? `${more} more` : "Runs", icon("caret"));
    all.hidden = watching;
    if (isInside && focused) focusOn(chips, `[data-letter="${focused}"]`);
  }

  /** @param {string} letter of a kept run, or of the one that is compared */
  async function open(letter) {
    if (siblingOf(model.get()) && letter === currentRun(model.get()).kept[1].letter) {
      (await actions.comparing()).showOther();
    } else actions.openKept(letter);
  }

  /** @param {string} letter of a kept run; empty for the shown one */
  async function copyLink(letter) {
    const moment = await momentOf(letter ? { letter } : {});
    if (moment.why) return actions.toast(moment.why);
    const isCopied = await copyText(`${site}#${actions.momentLink(moment)}`);
    const said = `Link copied. It names epoch ${moment.at} of this run, with every change until then.`;
    actions.toast(isCopied ? said : "The browser did not allow copying.", [], true);
  }

  function fill() {
    const { kept } = currentRun(model.get());
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.of : undefined;
    list.replaceChildren(...kept.map((each, index) => {
      const name = element("input", {
        type: "text", value: each.name, maxLength: 24, "aria-label": `Name of run ${each.letter}`,
        "data-of": `${each.letter} name`,
      });
      name.onchange = () => actions.renameKept(each.letter, name.value);
      const enter = element("button", { type: "button", class: "small", "data-of": `${each.letter} open` }, "Open");
      enter.onclick = () => open(each.letter);
      const remove = element("button", {
        type: "button", class: "small", "aria-label": `Remove run ${each.letter}`, "data-of": `${each.letter} remove`,
      }, "Remove");
      remove.onclick = () => actions.removeKept(each.letter);
      const copy = element("button", {
        type: "button", class: "small", "data-of": `${each.letter} copy`,
        "aria-label": `Copy a link to run ${each.letter}`, onclick: () => copyLink(index ? each.letter : ""),
      }, "Copy link");
      const isTwin = index === 1 && siblingOf(model.get()) !== undefined;
      const where = each.of ? `left run ${each.of} at epoch ${each.began.toLocaleString("en")}` : "";
      const reached = `epoch ${each.epoch.toLocaleString("en")}, test loss ${lossText(each.test_loss ?? NaN)}`;
      const end = isTwin ? "compared" : index ? reached : "shown";
      return element("li", {}, letterOf(each.letter), name,
        element("span", { class: "note" }, [end, where].filter(Boolean).join("; ")),
        ...(isTwin ? [enter] : [copy, ...(index ? [enter, remove] : [])]));
    }));
    if (focused) focusOn(list, `[data-of="${focused}"]`);
  }

  on(model, (state) => {
    const run = currentRun(state);
    const beside = siblingOf(state)?.frame?.testLoss;
    return [run.kept, run.curves, run.past, ...shownLosses(run), run.past && run.frame?.epoch, beside];
  }, draw, whileTraining(READABLE));
  on(model, (state) => [currentRun(state).kept], () => { if (!panel.hidden) fill(); });
}

/** @param {string} text that makes a name of what is seen */
const unseen = (text) => element("span", { class: "unseen" }, text);

/**
 * @param {HTMLElement} root
 * @param {string} selector
 */
function focusOn(root, selector) {
  /** @type {HTMLElement|null} */
  const found = root.querySelector(selector);
  found?.focus();
}
