// Bars of what was answered, as a list.

import { barsOf, median, short } from "../model/votes.js";
import { element } from "./element.js";

/**
 * @param {import("../wire/protocol.js").Asked} asked whose answers are shown
 * @returns {HTMLElement}
 */
export function bars(asked) {
  const found = barsOf(asked);
  const most = Math.max(1, ...found.map(({ count }) => count));
  const middle = asked.values.length > 0 ? `Median ${short(median(asked.values))}` : "";
  return element("div", { class: "vote-bars" },
    element("ul", { "aria-label": "Answers" }, ...found.map(({ label, count }) => {
      const bar = element("span", { class: "vote-bar", "aria-hidden": "true" });
      bar.style.inlineSize = `${100 * count / most}%`;
      return element("li", {}, element("span", {}, label), element("b", {}, String(count)), bar);
    })),
    element("p", { class: "note" }, `${asked.answered} answered. ${middle}`.trim()));
}
