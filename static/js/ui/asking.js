// Where the desk of a class asks a question, and shows its answers.

import { bars } from "./bars.js";
import { element } from "./element.js";

const LONGEST = 200;

/**
 * @param {(method: "POST"|"DELETE", path: string, body?: object) => void} change
 * @returns {{root: HTMLElement, show: (asked: import("../wire/protocol.js").Asked|null, here: number) => void}}
 */
export function asking(change) {
  const text = element("input", {
    type: "text", maxLength: LONGEST, required: true, "aria-label": "Question",
    placeholder: "Will it learn the spiral?",
  });
  const kind = element("select", { "aria-label": "Answers" },
    element("option", { value: "Yes,No,Not sure" }, "Yes, no, not sure"),
    element("option", { value: "own" }, "Choices of your own"),
    element("option", { value: "" }, "A number"));
  const own = element("input", {
    type: "text", hidden: true, placeholder: "Circle, Line, Neither", "aria-label": "Choices, with commas between",
  });
  kind.onchange = () => {
    own.hidden = kind.value !== "own";
    if (!own.hidden) own.focus();
  };
  const form = element("form", { class: "class-form" }, text, kind, own,
    element("button", { type: "submit" }, "Ask"));
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = kind.value === "own" ? own.value : kind.value;
    const choices = given.split(",").map((choice) => choice.trim()).filter((choice) => choice !== "");
    change("POST", "class/question", { text: text.value, choices });
  };
  const heading = element("p", { class: "class-asked" });
  const state = element("p", { class: "note", role: "status" });
  const answers = element("div", {});
  const show = element("button", { type: "button", onclick: () => act("show") }, "Show answers");
  const again = element("button", { type: "button", onclick: () => act("again") }, "Ask again");
  const done = element("button", { type: "button", onclick: () => change("DELETE", "class/question") }, "Done");
  const open = element("div", { class: "class-question", hidden: true }, heading, state, answers,
    element("div", { class: "row" }, show, again, done));

  /** @param {string} what */
  const act = (what) => change("POST", "class/question", { do: what });

  const root = element("details", { class: "more class-ask" }, element("summary", {}, "Ask a question"), form, open);
  return {
    root,
    show(asked, here) {
      form.hidden = asked !== null;
      open.hidden = asked === null;
      if (!asked) return;
      root.open = true;
      heading.textContent = asked.text;
      state.textContent = asked.shown ? "" : `${asked.answered} of ${Math.max(here, asked.answered)} have answered.`;
      show.hidden = asked.shown;
      again.hidden = !asked.shown;
      answers.replaceChildren(...(asked.shown ? [bars(asked)] : []));
    },
  };
}
