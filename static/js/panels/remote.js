// A presenter's remote has two keys, Page Up and Page Down. They step through My talk wherever the focus is; without a
// talk they scroll.

import { kept } from "../model/talk.js";

const STEPS = /** @type {Record<string, number>} */ ({ PageDown: 1, PageUp: -1 });

/**
 * @param {HTMLElement} _root
 * @param {import("../model/state.js").Model} _model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{step: (by: number) => void}} options
 */
export function mountRemote(_root, _model, _actions, { step }) {
  addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || kept().length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) step(by);
  }, true);
}
