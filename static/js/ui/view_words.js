// What views of the inside of a network have beside the chart: sentences, switches, and "Read me".

import { element } from "./element.js";

/**
 * @param {HTMLElement} words where they go
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {() => string} options.account what is there now, as a paragraph
 * @param {(HTMLElement|null)[]} [options.controls]
 * @returns {{say(text: string): void}} shows a sentence
 */
export function viewWords(words, actions, { account, controls = [] }) {
  const said = element("p", { class: "reading" });
  const read = element("button", {
    type: "button", class: "small read-view", title: "What is there now, in words", onclick: () => {
      const told = account();
      actions.toast(told, [], true);
    },
  }, "Read me");
  const row = element("div", { class: "inside-row" }, ...controls, read);
  words.append(element("div", { class: "inside-words" }, said, row));
  return {
    say(text) {
      if (said.textContent !== text) said.textContent = text;
    },
  };
}

/**
 * A switch with its label.
 * @param {string} label
 * @param {boolean} checked
 * @param {(checked: boolean) => void} change
 */
export function viewSwitch(label, checked, change) {
  const input = element("input", { type: "checkbox", checked });
  input.onchange = () => change(input.checked);
  return element("label", { class: "check" }, input, label);
}

/**
 * Does a view follow the training, or does training stand?
 * @param {import("../model/run.js").Run} run
 */
export function pace({ playing, frame }) {
  const epoch = (frame?.epoch ?? 0).toLocaleString("en");
  return playing ? "Live." : `Paused at epoch ${epoch}.`;
}
