// The table of contents of the page: what there is, and who talks to whom.

import { createActions } from "./model/actions.js";
import { catalog, constraints, featureKeys } from "./model/catalog.js";
import { sameSpec } from "./model/link.js";
import { NEW_RUN, isConfirmed, withTick } from "./model/run.js";
import { currentRun, initialState, rejoined, toasted, told, withRun } from "./model/state.js";
import { createStore, on } from "./model/store.js";
import { remember } from "./model/tables.js";
import { mountNetwork } from "./network/network.js";
import { DATA_FIELDS, mountData } from "./panels/data.js";
import { mountDock } from "./panels/dock.js";
import { mountKeys } from "./panels/keys.js";
import { mountLoss } from "./panels/loss.js";
import { mountPeek } from "./panels/peek.js";
import { mountTools } from "./panels/tools.js";
import { mountSpeed, mountTransport } from "./panels/transport.js";
import { mountWatching } from "./panels/watching.js";
import { byId } from "./ui/element.js";
import { mountFields } from "./ui/fields.js";
import { mountStatus, mountToasts } from "./ui/toasts.js";
import { mountStage } from "./views/stage.js";
import { ask, pageProtocols, site } from "./wire/address.js";
import { connect } from "./wire/connection.js";
import { decode } from "./wire/decode.js";
import { MAIN, SUBPROTOCOL } from "./wire/protocol.js";

// Who only watches does without: its address has a key, and no link to read.
const own = "watching" in document.body.dataset ? null : await import("./owner.js");
const bringWords = async () => (await import("./model/words.js")).bringWords();

byId("unscripted").remove();

const BAR_FIELDS = ["learning_rate", "activation", "regularization", "regularization_rate", "problem"];

// A watcher comes by a join link: its path names the session and its fragment has the key. Everybody else has a session
// of their own. Where another address led here, the name of that session replaces it, so that a reload comes back.
const { session, shared } = document.body.dataset;
const watching = "watching" in document.body.dataset;
const home = `${site.pathname}s/${session}`;
const strayed = !watching && location.pathname !== home && location.pathname !== site.pathname;
const isDirect = location.pathname === home;
if (!watching && location.pathname !== home) {
  // Browsers look for the icon again, relative to the new address.
  for (const icon of document.querySelectorAll("link[rel=icon]")) icon.setAttribute("href", `${site}static/icon.svg`);
  history.replaceState(null, "", home + location.hash);
}

const store = createStore(initialState(watching));
const [, given = "none", asScreen] = /^#key=([\w-]+)(&screen)?$/.exec(location.hash) ?? [];
const key = watching ? [given, ...(asScreen ? ["screen"] : [])] : [];
const address = new URL(`${home}/ws`, site).href.replace("http", "ws");
const link = connect(address, [SUBPROTOCOL, ...key, ...pageProtocols()],
  { opened, closed, text: receiveText, binary: receiveBinary });
const actions = createActions(store, link.send);

mountTransport(byId("training"), store, actions);
mountSpeed(byId("settings"), store, actions);
mountFields(byId("settings"), store, actions, { names: BAR_FIELDS });
mountData(byId("data"), store, actions);
/** @param {typeof import("./panels/choices.js")} panel */
const addChoices = ({ mountChoices }) => mountChoices(byId("choices"), store, actions,
  { opener: byId("more"), row: byId("in-use"), rest: byId("in-use-more"), inBar: BAR_FIELDS, elsewhere: DATA_FIELDS });
if (own) addChoices(own);
else { // to who watches, when there is something to say, or it is asked for
  const bring = lazily(async () => {
    await bringWords();
    addChoices(await import("./panels/choices.js"));
    return true;
  });
  byId("settings").addEventListener("pointerover", bringWords, { once: true });
  byId("more").onclick = async () => { if (await bring()) byId("more").click(); };
  on(store, (state) => [currentRun(state).spec], (state) => {
    const { spec } = currentRun(state);
    const isUnusual = (/** @type {string} */ name) => constraints.choice(name, spec?.[name])?.basic === false;
    const isUsed = spec && catalog.fields.some((field) => field.group && constraints.inUse(field, spec));
    if (isUsed || BAR_FIELDS.some(isUnusual)) bring();
  });
}
const network = mountNetwork(byId("network"), store, actions);
mountStage(byId("stage"), store, actions,
  { place: "right", network: byId("network"), frame: byId("large"), menu: byId("views-menu") });
mountDock(byId("dock"), store, actions, { panes: byId("tool"), peek: byId("peek") });
mountPeek(byId("peek"), store, actions, { target: byId("stage") });
mountLoss(byId("output"), store, actions);
// The card comes with the first pointer or focus in the network: it does not delay the first picture.
const CARD_EVENTS = /** @type {const} */ (["pointerover", "focusin"]);
/** @param {Event} event */
const bringCard = async (event) => {
  for (const type of CARD_EVENTS) byId("network").removeEventListener(type, bringCard);
  const { mountCard } = await import("./network/card.js");
  const pointer = event instanceof PointerEvent ? { x: event.clientX, y: event.clientY } : { x: 0, y: 0 };
  mountCard(byId("card"), store, actions, { boxOf: network.boxOf, inside: byId("network"), pointer });
};
for (const type of CARD_EVENTS) byId("network").addEventListener(type, bringCard);
const bringMarks = lazily(async () => (await import("./network/overlay.js")).mountOverlay(byId("network"), store,
  network.lines));
on(store, (state) => [state.overlay !== null], ({ overlay }) => { if (overlay) bringMarks(); });
mountToasts(byId("toasts"), store, actions);
mountStatus(byId("status"), store, actions, { retryNow: link.retryNow });
if (watching) {
  mountWatching(document.body, store, actions);
  const bringLab = lazily(async () => (await import("./panels/labs.js")).mountLabs(byId("data"), store, actions));
  on(store, ({ view }) => [view.lab], ({ view }) => { if (view.lab) bringLab(); });
  if (asScreen) {
    import("./panels/screen.js").then(({ mountScreen }) =>
      mountScreen(document.body, store, actions, { tool: byId("tool"), session: `s/${session}` }));
  }
  const stop = on(store, (state) => [state.classroom?.question ?? null], async ({ classroom }) => {
    if (!classroom?.question || asScreen) return;
    stop();
    (await import("./panels/vote.js")).mountVote(document.body, store, actions);
  });
} else {
  const addresses = shared ? shared.split(" ") : [];
  own?.mountOwner(store, actions, { session: session ?? "", shared: addresses, lazily, opens });
}
opens(byId("open-own-sessions"), async () => {
  const { mountOwnSessions } = await import("./panels/own_sessions.js");
  return mountOwnSessions(byId("own-sessions"), store, actions, { here: session ?? "" });
});
opens(byId("reference-summary"), async () => {
  await bringWords();
  const { mountReference } = await import("./panels/reference.js");
  return () => mountReference(byId("reference-table"));
});
opens(byId("read-me"), async () => {
  const { mountReading } = await import("./panels/reading.js");
  return mountReading(document.body, store, actions);
});
mountTools(document.body, store, actions);
for (const name of ["learn", "look"]) {
  opens(byId(name), async () => {
    const menu = byId(`${name}-menu`);
    if (own && name === "learn") await own.addLabs(menu, store, actions);
    return (await import("./ui/menu.js")).mountPageMenu(menu, byId(name));
  });
}
mountKeys(byId("keys"), store, actions, { opener: byId("show-keys"), buttonOf: byId });

// Numbers on the network, once a view has some.
on(store, (state) => [state.pills !== null], async ({ pills }) => {
  if (pills) (await import("./network/pills.js")).mountPills(byId("network"), store);
});

// For a projector or a frame: its style and its tab come with the first use.
on(store, (state) => [state.view.lecture || state.view.embed], async ({ view }) => {
  if (view.lecture || view.embed) (await import("./panels/compact.js")).mountCompact(byId("data"), store, actions);
});

// The next tick may come when this one is on the screen: a slow device asks for fewer, and queues none.
on(store, (state) => [state.ticks], ({ ticks }) => { if (ticks > 0) actions.acknowledge(); });
on(store, (state) => [isConfirmed(currentRun(state)), currentRun(state).revision], (state) => {
  if (isConfirmed(currentRun(state))) setTimeout(actions.settleAddress); // the picture first
});

/**
 * What most visits do not need comes when it is first asked for.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T|undefined>} undefined if it does not come, which is said
 */
function lazily(load) {
  /** @type {Promise<T>|undefined} */
  let loaded;
  return async () => {
    try {
      return await (loaded ??= load());
    } catch {
      loaded = undefined;
      actions.toast("The server cannot be reached just now. Try again.");
    }
  };
}

/**
 * A button opens it.
 * @param {HTMLElement} button
 * @param {() => Promise<() => void>} load gives what opens it
 */
function opens(button, load) {
  const bring = lazily(load);
  button.onclick = async () => (await bring())?.();
}

let joined = false;
addEventListener("hashchange", () => {
  if (watching) return location.reload(); // another key
  if (!currentRun(store.get()).spec) return;
  // What names nothing of ours is no wish for the defaults: the address goes back to what is shown.
  const asked = readAddress();
  if (asked.empty) actions.writeAddress(true);
  else own?.openLink(asked, store, actions);
});

function opened() {
  store.update((state) => ({ ...state, connection: "open", warming: null }));
  actions.subscribeAnew();
  welcomed.clear();
}

/**
 * @param {number} retryAt
 * @param {boolean} refused
 */
async function closed(retryAt, refused) {
  store.update((state) => {
    return withRun({ ...state, connection: "lost", retryAt }, MAIN, (run) => ({ ...run, playing: false }));
  });
  if (!refused) return;
  // The browser does not say why a handshake failed. The page of our address is ours only as long as our key is good.
  const page = await fetch(location.pathname).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  const isOurs = !watching && page.includes(`data-session="${session}"`);
  if (isOurs && !joined && (await beginAnew())) return;
  if (!joined && (isOurs || (watching && page !== ""))) await explain();
  if (page === "" || isOurs) return;
  actions.settleAddress();
  // The server has forgotten us: a new session, with the settings of our address.
  if (joined && !watching) return location.reload();
  const closing = watching ? "This link does not let you in: ask for a new one."
    : window.top !== window ? "The browser keeps no cookies for this frame: open the page in its own tab."
    : "This page got no key: allow cookies for it, and reload it.";
  store.update((state) => ({ ...state, closing }));
}

const explain = lazily(async () => { // once: it stays until there is a connection
  const { mountUnconnected } = await import("./panels/unconnected.js");
  if (!joined) mountUnconnected(byId("tool"), store, actions, { retryNow: link.retryNow });
});

/**
 * The cookie says that the session is ours, and our secret does not: it was lost, or another server of this host has
 * set the cookie. Goes on in a new session that is certainly ours; false if that did not help before.
 */
async function beginAnew() {
  try {
    if (sessionStorage.getItem("begun")) return false;
    const answer = await ask("new", { method: "POST" });
    if (!answer.ok) return false;
    const { session: other } = await answer.json();
    sessionStorage.setItem("begun", isDirect ? other : "unasked");
    location.replace(`${site}s/${other}${location.hash}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether this session takes the place of one that was asked for; told once. */
function isReplacement() {
  try {
    const begun = sessionStorage.getItem("begun");
    sessionStorage.removeItem("begun");
    return begun === session;
  } catch {
    return false;
  }
}

/** @type {Set<string>} runs that the server has described since the connection opened */
const welcomed = new Set();
/** @param {import("./wire/protocol.js").ServerEvent} event */
function receiveText(event) {
  switch (event.type) {
    case "state": return receiveState(event);
    case "error":
      return store.update((state) => toasted(state, event.message));
    case "progress":
      return store.update((state) => ({ ...state, warming: event.done < event.total ? event : null }));
    case "closing":
      return store.update((state) => ({ ...state, closing: event.message }));
    case "seeking":
      return store.update((state) => withRun(state, event.run, (run) => ({ ...run, seeking: event })));
    case "class":
      return store.update((state) => ({ ...state, classroom: event.code ? event : null }));
    case "heartbeat": return; // the connection has noted it
    case "table":
      remember(event);
      return store.update((state) => ({ ...state, tables: { ...state.tables, [event.reference]: event } }));
    default:
      return ignore(event);
  }
}

/**
 * An event that this page does not know. At run time it is one of a newer server, whose frames ask for a reload. For
 * `tsc` there is none: an event without a case above is an error of types.
 * @param {never} event
 */
function ignore(event) {
  void event;
}

/** @param {import("./wire/protocol.js").StateEvent} event */
function receiveState(event) {
  const id = event.run;
  const before = store.get().runs[id] ?? NEW_RUN;
  if (watching) { // the owner's word, always
    store.update((state) => told(withRun(state, id, (run) => ({ ...run, revision: 0 })), id, event));
  } else if (id === MAIN && joined && !welcomed.has(id) && before.spec !== null) rejoin(event);
  else store.update((state) => told(state, id, event));
  welcomed.add(id);
  if (id !== MAIN) return;
  if (!joined) {
    joined = true;
    if (!watching) openAddress(event);
    return;
  }
  // Only for what another page has chosen: our own choice is in the address, and "back" may just have changed that.
  const { spec, speed, drawn } = store.get().runs[MAIN];
  const isOther = before.spec && spec && (!sameSpec(before.spec, spec) || speed !== before.speed);
  if (isOther) actions.writeAddress(true);
  else if (drawn?.text !== before.drawn?.text) actions.amendAddress();
}

/** What the address names. */
function readAddress() {
  if (!own) throw new Error("Who watches reads no link.");
  return own.parseLink(location.hash, catalog.fields, featureKeys);
}

/**
 * The first word of the server is there: what does the address ask for?
 * @param {import("./wire/protocol.js").StateEvent} event
 */
async function openAddress(event) {
  if (strayed || isReplacement()) {
    const said = "You have no key to the session at that address: this is a new one of your own";
    actions.toast(`${said}, with the settings of the link.`, [], true);
  }
  const asked = readAddress();
  if (!asked.seeded) asked.spec.seed = event.spec.seed;
  if (asked.empty) return actions.writeAddress(true);
  const isSaid = asked.problems.length + asked.remarks.length > 0;
  const isSame = !asked.at && sameSpec(asked.spec, event.spec) && asked.drawn === (event.drawn?.text ?? "");
  const place = asked.at && !isSaid ? await own?.placeHere(asked) : null; // of before a reload
  if (asked.bare || (!place && (isSaid || !isSame))) return own?.openLink(asked, store, actions);
  actions.takeView(asked.view, asked.speed);
  if (place) actions.seek(place.epoch, place.batch);
  else actions.writeAddress(true);
}

/** @param {import("./wire/protocol.js").StateEvent} event */
function rejoin(event) {
  const id = event.run;
  const before = store.get().runs[id];
  const { state, ours, forgotten } = rejoined(store.get(), id, event, actions.unsent.has(id));
  store.update(() => state);
  if (ours) actions.sendSpec(id);
  else actions.unsent.delete(id); // another page has chosen since
  if (before.past && !event.past && !forgotten) actions.seek(before.past.epoch, before.past.batch);
  if (forgotten && before.frame?.epoch) {
    actions.toast("The server no longer knew this session: the network is back at its start, with your settings.");
  }
}

/** @param {ArrayBuffer} buffer */
async function receiveBinary(buffer) {
  let parts;
  try {
    parts = await decode(buffer);
  } catch (error) {
    return store.update((state) => toasted(state, /** @type {Error} */ (error).message));
  }
  store.update((state) => {
    let next = { ...state, ticks: state.ticks + 1 };
    for (const id of new Set(parts.map(({ run }) => run))) {
      next = withRun(next, id, (run) => withTick(run, parts.filter((part) => part.run === id)));
    }
    return next;
  });
}
