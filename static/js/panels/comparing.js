// While two runs are compared: what the top of the page says, which of the two the network shows, and the mark of what
// differs at its control.

import { lookOf } from "../draw/lane.js";
import { fieldFromName } from "../model/catalog.js";
import { comparisonLine } from "../model/comparing.js";
import { READABLE, whileTraining } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { MAIN, TWIN } from "../wire/protocol.js";

/**
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @returns {Promise<() => void>} begins a comparison, and shows the view of it
 */
export async function mountComparing(root, model, actions) {
  const [compare] = await Promise.all([actions.comparing(), loadStyle("timeline"), loadStyle("compare")]);
  const said = element("b", {});
  const hint = element("span", { class: "hint" });
  const stop = element("button", { type: "button", class: "button small", id: "stop-comparing" }, "Stop comparing");
  stop.onclick = () => compare.settle("keep");
  const line = element("p", { class: "stateline comparing", role: "status", hidden: true }, said, hint, stop);
  root.querySelector(".masthead h1")?.after(line);
  const title = element("span", { id: "showing" }, "Showing");
  const choices = [MAIN, TWIN].map((id) => {
    return element("button", { type: "button", class: "small", onclick: () => compare.show(id) });
  });
  const switcher = element("div", {
    class: "showing", role: "group", "aria-labelledby": title.id, hidden: true,
  }, title, ...choices);
  root.querySelector(".net-foot")?.append(switcher);

  on(model, ({ runs, current }) => [runs[MAIN].twin, runs[MAIN].kept, current], ({ runs, current }) => {
    const { twin, kept } = runs[MAIN];
    switcher.hidden = !twin;
    root.classList.toggle("compared", twin !== null);
    if (!twin) return mark([], "");
    const letters = [kept[0]?.letter ?? "A", twin.letter];
    choices.forEach((choice, i) => {
      const id = i ? TWIN : MAIN;
      const isShown = id === current;
      choice.textContent = letters[i];
      choice.setAttribute("aria-pressed", String(isShown));
      choice.setAttribute("aria-label", `Show run ${letters[i]}`);
      choice.title = isShown ? "" : "Show this one (X)";
      choice.id = isShown ? "" : "show-other";
      choice.style.setProperty("--run", lookOf(letters[i], ["var(--run-b)", "var(--run-c)"], "var(--ink)").colour);
    });
    mark(twin.fields, twin.letter);
  });

  /**
   * @param {string[]} fields that differ
   * @param {string} letter of the twin
   */
  function mark(fields, letter) {
    for (const each of root.querySelectorAll("[data-differs]")) each.removeAttribute("data-differs");
    for (const name of fields) {
      const key = fieldFromName.get(name)?.key ?? name;
      for (const each of root.querySelectorAll(`[data-control~="${CSS.escape(key)}"]`)) {
        each.setAttribute("data-differs", letter);
      }
    }
  }

  on(model, (state) => {
    const [lead, twin] = [state.runs[MAIN], state.runs[TWIN]];
    return [lead.twin, lead.frame?.epoch, lead.past, lead.seeking, twin?.frame?.epoch, twin?.halted, twin?.divergedAt,
      state.forTwin];
  }, (state) => {
    const told = comparisonLine(state);
    const { past, seeking } = state.runs[MAIN];
    line.hidden = !told || past !== null || seeking !== null;
    if (!told) return;
    if (said.textContent !== told.said) said.textContent = told.said;
    hint.textContent = told.hint;
  }, whileTraining(READABLE));

  return () => {
    compare.begin();
    actions.showView("right", "compare");
  };
}
