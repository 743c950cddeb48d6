// The page's own tools: copy the link, the jumps within the page, light or dark.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { copyText } from "../ui/clipboard.js";
import { part } from "../ui/element.js";
import { site } from "../wire/address.js";

/**
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountTools(root, model, actions) {
  part(root, "copy-link").onclick = () => copyLink(root, actions, model);
  // The fragment names what is shown, so a jump within the page must not go through it.
  for (const [from, to] of [["explain", "about"], ["skip", "play"]]) jump(part(root, from), part(root, to));
  mountTheme(part(root, "theme"));
  for (const flag of /** @type {const} */ (["signs", "lecture"])) {
    const item = part(root, flag);
    item.onclick = () => actions.look({ [flag]: !model.get().view[flag] });
    on(model, (state) => [state.view[flag]], ({ view }) => item.setAttribute("aria-checked", String(view[flag])));
  }
  const spotlight = part(root, "spotlight");
  spotlight.onclick = actions.switchSpotlight;
  on(model, (state) => [state.spotlight], (state) => {
    spotlight.setAttribute("aria-checked", String(Boolean(state.spotlight)));
  });
  on(model, (state) => [currentRun(state).playing], (state) => {
    document.title = `${currentRun(state).playing ? "▶ " : ""}Tinkernet: watch a neural network learn`;
  });
}

/** @param {HTMLElement} button */
function mountTheme(button) {
  const { dataset } = document.documentElement;
  const show = () => button.setAttribute("aria-checked", String(dataset.theme === "dark"));
  button.onclick = () => {
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", dataset.theme);
    } catch { /* a browser that keeps nothing: the choice lasts as long as the page */ }
    show();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (globalThis.localStorage?.getItem("theme")) return;
    dataset.theme = matches ? "dark" : "light";
    show();
  });
  show();
}

/**
 * @param {HTMLElement} link
 * @param {HTMLElement} target
 */
function jump(link, target) {
  link.onclick = (event) => {
    event.preventDefault();
    target.scrollIntoView({ block: "start" });
    target.focus();
  };
}

/**
 * The link names the start of what is shown, in the past the moment; on any copy of this server: not this session.
 * @param {HTMLElement} root the page
 * @param {import("../model/actions.js").Actions} actions
 * @param {import("../model/state.js").Model} model
 */
async function copyLink(root, actions, model) {
  const { past } = currentRun(model.get());
  const place = past && { epoch: past.epoch, batch: past.batch };
  const moment = place && await (await import("../ui/moment.js")).momentOf(place);
  if (moment?.why) return actions.toast(moment.why);
  const link = `${site}#${moment ? actions.momentLink(moment) : actions.fragment()}`;
  if (await copyText(link)) {
    const said = moment ? `Link copied. It names epoch ${moment.at} of this run, with every change until then.`
      : link.includes("&drawn=only.")
      ? "Link copied, without the points that you drew: they are too many for a link, and only on this server."
      : "Link copied. It names this page’s data, network and start: the same numbers for whoever opens it.";
    return actions.toast(said, [], true);
  }
  const dialog = part(root, "link-dialog");
  const field = part(root, "link-by-hand");
  field.value = link;
  part(root, "link-close").onclick = () => dialog.close();
  dialog.showModal();
  field.select();
}
