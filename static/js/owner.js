// What only the owner of a session has: reading links, and what changes the session. Most of it comes with its first
// use.

import { sameSpec } from "./model/link.js";
import { currentRun } from "./model/state.js";
import { on } from "./model/store.js";
import { byId } from "./ui/element.js";
import { offerLecture } from "./ui/lecture_back.js";
import { MAIN } from "./wire/protocol.js";

export { parseLink } from "./model/link_reading.js";

/**
 * The place that a link names, where it is one of the run that is here already; null where it is not.
 * @param {import("./model/link.js").Read} asked
 */
export async function placeHere({ spec, drawn, at, edits }) {
  const [epoch, batch = 0] = at.split(".").map(Number);
  const { momentOf } = await import("./ui/moment.js");
  const here = await momentOf({ epoch, batch });
  const isHere = !here.why && sameSpec(here.spec, spec) && here.drawn === drawn && here.edits === edits;
  return isHere ? { epoch, batch } : null;
}
export { mountChoices } from "./panels/choices.js";

/**
 * @param {HTMLElement} menu that lists them
 * @param {import("./model/store.js").Store<import("./model/state.js").State>} store
 * @param {import("./model/actions.js").Actions} actions
 */
export const addLabs = async (menu, store, actions) => {
  await (await import("./panels/labs.js")).fillMenu(menu, store, actions);
};

/**
 * Open a link; one that names a lab and nothing else opens that lab.
 * @param {import("./model/link.js").Read} asked
 * @param {import("./model/store.js").Store<import("./model/state.js").State>} store
 * @param {import("./model/actions.js").Actions} actions
 */
export async function openLink(asked, store, actions) {
  if (!asked.bare) return actions.openLink(asked);
  try {
    await (await import("./panels/labs.js")).openLab(asked.view.lab, store, actions);
  } catch {
    actions.toast("The labs did not load: the server cannot be reached just now.");
  }
}

/**
 * @param {import("./model/store.js").Store<import("./model/state.js").State>} store
 * @param {import("./model/actions.js").Actions} actions
 * @param {object} options
 * @param {string} options.session
 * @param {string[]} options.shared addresses of the server that others can use
 * @param {<T>(load: () => Promise<T>) => () => Promise<T|undefined>} options.lazily
 * @param {(button: HTMLElement, load: () => Promise<() => void>) => void} options.opens
 */
export function mountOwner(store, actions, { session, shared, lazily, opens }) {
  import("./panels/visibility.js").then(({ mountVisibility }) => { // a join link hides nothing
    const panels = [byId("data"), byId("adjust")];
    mountVisibility(document.body, store, actions, { rebuilt: byId("network"), panels });
  });
  opens(byId("open-prepare"), async () => {
    const { mountPrepare } = await import("./panels/prepare.js");
    return mountPrepare(byId("prepare"), store, actions);
  });
  const invitation = lazily(async () => {
    const { mountInvitation } = await import("./panels/sharing.js");
    return mountInvitation(byId("invitation"), store, actions, { session: `s/${session}`, shared });
  });
  opens(byId("open-class"), async () => {
    const { mountClassroom } = await import("./panels/classroom.js");
    const { open } = await mountClassroom(byId("classroom"), store, actions, {
      opener: byId("open-class"), session: `s/${session}`, invite: async () => (await invitation())?.(),
      reveal: () => byId("dock").querySelector("[data-pane=data]").click(),
    });
    return open;
  });
  offerLecture(byId("watching"));
  const stop = on(store, (state) => [currentRun(state).playing], async (state) => {
    if (!currentRun(state).playing) return;
    stop();
    (await import("./panels/next.js")).mountNext(byId("tagline"), store, actions, { after: byId("play") });
    (await import("./panels/doctor.js")).mountDoctor(byId("stopped"), store, actions, { after: byId("play") });
  });
  const comparing = lazily(async () => {
    return (await import("./panels/comparing.js")).mountComparing(document.body, store, actions);
  });
  byId("compare").onclick = async () => (await comparing())?.();
  on(store, (state) => [state.runs[MAIN].twin !== null], ({ runs }) => { if (runs[MAIN].twin) comparing(); });
  opens(byId("draw"), async () => {
    const { mountDraw } = await import("./panels/draw.js");
    return mountDraw(byId("draw"), store, actions, {
      frame: byId("large"), square: () => document.querySelector(".map-square"),
      reveal: () => byId("dock").querySelector("[data-pane=map]").click(),
    });
  });
  const table = lazily(async () => {
    const { mountTable } = await import("./panels/table.js");
    return mountTable(byId("table"), store, actions, { opener: byId("open-table"), session: `s/${session}` });
  });
  byId("open-table").onclick = async () => (await table())?.open();
  // A file that is let go anywhere: the browser would leave the page for it.
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    (await table())?.bring(file);
  });
  opens(byId("write"), async () => {
    const { mountFormula } = await import("./panels/formula.js");
    return mountFormula(byId("write"), store, actions, { before: byId("large") });
  });
  const bringLabs = lazily(async () => {
    const { mountLabs } = await import("./panels/labs.js");
    await mountLabs(byId("data"), store, actions, { line: byId("tagline"), table: byId("open-table") });
  });
  on(store, ({ view }) => [view.lab !== ""], ({ view }) => { if (view.lab) bringLabs(); });
  let told = ""; // to those who watch
  on(store, ({ view, connection }) => [view.lab, connection === "open"], ({ view, connection }) => {
    if (connection !== "open" || (!view.lab && !told)) return;
    actions.setLab(view.lab);
    told = view.lab;
  });
  opens(byId("open-labs"), async () => {
    const { fillList } = await import("./panels/labs.js");
    return fillList(byId("labs"), byId("open-labs"), store, actions);
  });
  opens(byId("open-own-sets"), async () => {
    const { mountOwnSets } = await import("./panels/own_sets.js");
    return mountOwnSets(byId("open-own-sets"), store, actions, { session: `s/${session}` });
  });
  const talk = lazily(async () => (await import("./panels/talk.js")).mountTalk(byId("talk"), store, actions,
    {
      opener: byId("learn"), line: byId("tagline"),
      reveal: () => byId("dock").querySelector("[data-pane=data]").click(),
    }));
  byId("open-talk").onclick = async () => (await talk())?.open();
  byId("add-to-talk").onclick = async () => (await talk())?.add();
  import("./panels/remote.js").then(({ mountRemote }) => {
    mountRemote(document.body, store, actions, { step: async (by) => (await talk())?.step(by) });
  });
}
