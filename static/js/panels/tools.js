// The page's own tools: copy the link, light or dark.

import { on } from "../model/store.js";
import { byId } from "../ui/element.js";

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountTools(store, actions) {
  byId("copy-link").onclick = () => copyLink(actions);
  // The fragment names what is shown, so a jump within the page must not go through it.
  jump("explain", "about");
  jump("skip", "play");
  const theme = byId("theme");
  const root = document.documentElement;
  const show = () => theme.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  theme.onclick = () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch { /* a browser that keeps nothing: the choice lasts as long as the page */ }
    show();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (globalThis.localStorage?.getItem("theme")) return;
    root.dataset.theme = matches ? "dark" : "light";
    show();
  });
  show();
  on(store, (state) => [state.playing], ({ playing }) => { document.title = `${playing ? "▶ " : ""}Tinkernet: watch a neural network learn`; });
}

/**
 * @param {string} from
 * @param {string} to ids
 */
function jump(from, to) {
  byId(from).onclick = (/** @type {Event} */ event) => {
    event.preventDefault();
    byId(to).scrollIntoView({ block: "start" });
    byId(to).focus();
  };
}

/**
 * The link names the start of what is shown, on any copy of this server: not this session.
 * @param {import("../model/actions.js").Actions} actions
 */
async function copyLink(actions) {
  const link = `${location.origin}/#${actions.fragment()}`;
  try {
    await navigator.clipboard.writeText(link);
    actions.toast("Link copied. It names this page’s data, network and start: the same numbers for whoever opens it.", [], true);
  } catch {
    actions.toast("The browser did not allow copying. Here is the link:", [link]);
  }
}
