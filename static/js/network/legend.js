// What the picture of the network means, in words below it.

import { MOST, NEGATIVE_DASH } from "../draw/lines.js";
import { colour } from "../draw/palette.js";
import { element } from "../ui/element.js";
import { isTouch } from "../ui/text.js";

/** @returns {{root: HTMLElement, crowd: HTMLElement}} crowd: what to say of a picture with too many lines */
export function legend() {
  const crowd = element("span", { hidden: true }, `Only the ${MOST} largest weights are drawn, without dashes.`);
  const root = element("div", { class: "explanation", "data-text": "" },
    element("span", {}, `Picture: a neuron’s output. ${isTouch() ? "Tap" : "Click"} it for its numbers.`),
    element("span", {}, sample(colour(1), "none"), "positive weight"),
    element("span", {}, sample(colour(-1), NEGATIVE_DASH.join(" ")), "negative weight"), crowd);
  return { root, crowd };
}

/**
 * @param {string} stroke
 * @param {string} dash
 */
function sample(stroke, dash) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  const attributes = { d: "M0 6H34", stroke, "stroke-width": "4", "stroke-dasharray": dash };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}
