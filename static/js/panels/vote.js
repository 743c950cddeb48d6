// The question of a class, for those who follow: a card with its choices, or a field for a number.

import { on } from "../model/store.js";
import { bars } from "../ui/bars.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export async function mountVote(root, model, actions) {
  await loadStyle("vote");
  const title = element("h2", { id: "vote-title" });
  const body = element("div", {});
  const said = element("p", { class: "note", role: "status" });
  const card = element("section", { class: "panel vote", "aria-labelledby": "vote-title", hidden: true },
    title, body, said);
  root.append(card);
  let shown = -1;

  on(model, (state) => [state.classroom?.question ?? null], ({ classroom }) => {
    const asked = classroom?.question ?? null;
    card.hidden = asked === null;
    if (!asked) return;
    title.textContent = asked.text;
    if (asked.shown) {
      body.replaceChildren(bars(asked));
      said.textContent = asked.mine === null ? "" : `You answered ${answerOf(asked)}.`;
      shown = -1;
      return;
    }
    if (shown !== asked.number) body.replaceChildren(asked.choices.length > 0 ? choices(asked) : field(asked));
    shown = asked.number;
    for (const [place, button] of [...body.querySelectorAll("button[aria-pressed]")].entries()) {
      button.setAttribute("aria-pressed", String(place === asked.mine));
    }
    said.textContent = asked.mine === null ? ""
      : `You answered ${answerOf(asked)}. You can change it until the answers show.`;
  });

  /** @param {import("../wire/protocol.js").Asked} asked */
  function choices({ number, choices: list }) {
    return element("div", { class: "vote-choices" }, ...list.map((choice, place) => element("button", {
      type: "button", "aria-pressed": "false", onclick: () => actions.vote(number, place),
    }, choice)));
  }

  /** @param {import("../wire/protocol.js").Asked} asked */
  function field({ number, mine }) {
    const input = element("input", {
      type: "text", inputMode: "decimal", autocomplete: "off", "aria-label": "Your number", value: String(mine ?? ""),
    });
    const form = element("form", {}, input, element("button", { type: "submit", class: "strong" }, "Answer"));
    form.onsubmit = (event) => {
      event.preventDefault();
      const value = Number(input.value.trim().replace(",", "."));
      if (input.value.trim() === "" || !Number.isFinite(value)) {
        said.textContent = `“${input.value}” is no number.`;
        return input.focus();
      }
      actions.vote(number, value);
    };
    return form;
  }
}

/** @param {import("../wire/protocol.js").Asked} asked */
function answerOf({ choices, mine }) {
  return choices.length > 0 ? `“${choices[Number(mine)]}”` : String(mine);
}
