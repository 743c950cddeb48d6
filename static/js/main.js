// The table of contents of the page: what there is, and who talks to whom.

import { createActions } from "./model/actions.js";
import { catalog, featureKeys } from "./model/catalog.js";
import { parseLink, sameSpec } from "./model/link.js";
import { withMetrics } from "./model/metrics.js";
import { applied, initialState, rejoined, toasted, told, wantsMetrics } from "./model/state.js";
import { createStore, on } from "./model/store.js";
import { mountCard } from "./network/card.js";
import { mountNetwork } from "./network/network.js";
import { mountChoices } from "./panels/choices.js";
import { mountData } from "./panels/data.js";
import { mountKeys } from "./panels/keys.js";
import { mountLoss } from "./panels/loss.js";
import { mountSharing } from "./panels/sharing.js";
import { mountTools } from "./panels/tools.js";
import { mountSpeed, mountTransport } from "./panels/transport.js";
import { mountVisibility } from "./panels/visibility.js";
import { byId } from "./ui/element.js";
import { mountFields } from "./ui/fields.js";
import { mountToasts } from "./ui/toasts.js";
import { mountStage } from "./views/stage.js";
import { connect } from "./wire/connection.js";
import { decode } from "./wire/decode.js";
import { SUBPROTOCOL } from "./wire/protocol.js";

// Who watches comes by a join link: its path names the session and its fragment has the key. Everybody else is at home
// in a session of their own: where another address led here, its name takes that one's place, so that a reload comes back.
const { session, join } = document.body.dataset;
const watching = !join;
const home = `/s/${session}`;
const strayed = !watching && location.pathname !== home && location.pathname !== "/";
if (!watching && location.pathname !== home) history.replaceState(null, "", home + location.hash);

const store = createStore(initialState(watching));
const link = connect(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${home}/ws`,
  watching ? [SUBPROTOCOL, /^#key=([\w-]+)$/.exec(location.hash)?.[1] ?? "none"] : [SUBPROTOCOL],
  { opened, closed, text: receiveText, binary: receiveBinary });
const actions = createActions(store, link.send);

mountTransport(store, actions);
mountSpeed(byId("settings"), store, actions);
mountFields(byId("settings"), ["learning_rate", "activation", "regularization", "regularization_rate", "problem"], store, actions);
mountData(store, actions);
mountChoices(store, actions);
mountNetwork(store, actions);
mountStage(store, actions);
mountLoss(store, actions);
mountCard(store, actions);
mountToasts(store, actions, link.retryNow);
mountVisibility(store, actions);
mountSharing(store, actions);
mountTools(store, actions);
mountKeys(actions);

on(store, (state) => [state.hovered, state.pinned, state.pointer, state.spec, state.connection, wantsMetrics(state)], () => actions.watch());
// The next frame may come when this one is on the screen: a slow device asks for fewer, and queues none.
on(store, (state) => [state.frame], ({ frame }) => { if (frame) actions.seen(); });
on(store, (state) => [state.frame && state.frame.revision >= state.revision, state.revision], ({ frame, revision }) => {
  if (frame && frame.revision >= revision) setTimeout(actions.settleAddress); // the picture first
});

let joined = false;
addEventListener("hashchange", () => {
  if (watching) return location.reload(); // another key
  const { spec } = store.get();
  if (!spec) return;
  // What names nothing of ours is no wish for the defaults: the address goes back to what is shown.
  if (parseLink(location.hash, catalog.fields, featureKeys).empty) actions.writeAddress(true);
  else actions.openLink(location.hash);
});

function opened() {
  store.update((state) => ({ ...state, connection: "open", warming: null }));
  actions.forgetWatch();
  welcomed = false;
}

/**
 * @param {number} retryAt
 * @param {boolean} refused
 */
async function closed(retryAt, refused) {
  store.update((state) => ({ ...state, connection: "lost", retryAt, playing: false }));
  if (!refused) return;
  // The browser does not say why a handshake failed. The page of our address is ours only as long as our key is good.
  const page = await fetch(location.pathname).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  if (page === "" || (!watching && page.includes(`data-session="${session}"`))) return;
  actions.settleAddress();
  if (joined && !watching) return location.reload(); // the server has forgotten us: a new session, with the settings of our address
  const closing = watching ? "This link does not let you in: ask for a new one." : "This page got no key: allow cookies for it, and reload it.";
  store.update((state) => ({ ...state, closing }));
}

let welcomed = false;
/** @param {import("./wire/protocol.js").ServerEvent} event */
function receiveText(event) {
  switch (event.type) {
    case "state": return receiveState(event);
    case "metrics":
      return store.update((state) => ({ ...state, metrics: withMetrics(state.metrics, event) }));
    case "error":
      return store.update((state) => toasted(state, event.message));
    case "progress":
      return store.update((state) => ({ ...state, warming: event.done < event.total ? event : null }));
    case "closing":
      return store.update((state) => ({ ...state, closing: event.message }));
    case "heartbeat": return; // the connection has noted it
    default:
      return ignore(event);
  }
}

/**
 * An event that this page does not know: at run time one of a newer server, whose frames ask for a reload. For `tsc` there
 * is none, so an event without a case above is an error of types.
 * @param {never} event
 */
function ignore(event) {
  void event;
}

/** @param {import("./wire/protocol.js").StateEvent} event */
function receiveState(event) {
  const before = store.get();
  if (watching) store.update((state) => told({ ...state, revision: 0 }, event)); // the owner's word, always
  else if (joined && !welcomed && before.spec !== null) rejoin(before, event);
  else store.update((state) => told(state, event));
  welcomed = true;
  if (!joined) {
    joined = true;
    if (watching) return;
    if (strayed) actions.toast("You have no key to the session at that address: this is a new one of your own, with the settings of the link.", [], true);
    const asked = parseLink(location.hash, catalog.fields, featureKeys);
    if (!asked.seeded) asked.spec.seed = event.spec.seed;
    if (asked.empty) return actions.writeAddress(true);
    if (asked.problems.length || !sameSpec(asked.spec, event.spec)) return actions.openLink(location.hash);
    store.update((state) => ({ ...state, view: asked.view }));
    return actions.writeAddress(true);
  }
  // Only for what another page has chosen: our own choice is in the address, and "back" may just have changed that.
  const { spec } = store.get();
  if (before.spec && spec && !sameSpec(before.spec, spec)) actions.writeAddress(true);
}

/**
 * @param {import("./model/state.js").State} before
 * @param {import("./wire/protocol.js").StateEvent} event
 */
function rejoin(before, event) {
  const { state, ours, forgotten } = rejoined(before, event);
  store.update(() => state);
  if (ours) actions.sendSpec();
  if (forgotten && before.frame?.epoch) {
    store.update((state) => toasted(state, "The server no longer knew this session: the network is back at its start, with your settings."));
  }
}

/** @param {ArrayBuffer} buffer */
async function receiveBinary(buffer) {
  let message;
  try {
    message = await decode(buffer);
  } catch (error) {
    return store.update((state) => toasted(state, /** @type {Error} */ (error).message));
  }
  if (message.kind === "points") {
    const points = message;
    // Those of a network of another shape are most often the same: then they need not be drawn again.
    const { rows } = store.get().points ?? points;
    const same = rows.length === points.rows.length && rows.every((value, i) => Object.is(value, points.rows[i]));
    return store.update((state) => ({ ...state, points: same ? { ...points, rows } : points }));
  }
  const frame = message;
  const before = store.get();
  store.update((state) => applied(state, frame));
  if (store.get().frame === before.frame) actions.seen(); // too late to be drawn: the credit goes back all the same
}
