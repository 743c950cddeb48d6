// Who may do what, as a person sees it: the invitation of an owner, and the page of somebody who watches.

import { on } from "../model/store.js";
import { byId, element } from "../ui/element.js";

/** What only an owner may use; the browser then takes everything in them out of reach, whatever is added later. */
const OWNERS = ["drive", "settings", "choices-controls", "in-use", "data-controls"];

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountSharing(store, actions) {
  if (store.get().watching) mountWatching(store, actions);
  else mountInvitation(actions);
}

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
function mountWatching(store, actions) {
  for (const id of OWNERS) byId(id).disabled = true;
  for (const id of ["invite", "tagline", "prepare"]) byId(id).remove();
  byId("watching").hidden = false;
  const copy = byId("own-copy");
  on(store, (state) => [state.spec, state.view], ({ spec }) => { if (spec) copy.href = `/#${actions.fragment()}`; });
}

/** @param {import("../model/actions.js").Actions} actions */
function mountInvitation(actions) {
  const { join, shared } = document.body.dataset;
  const [elsewhere] = shared ? shared.split(" ") : [];
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const link = `${here ? elsewhere ?? location.origin : location.origin}${join}`;
  const field = byId("invite-link");
  field.value = link;
  field.onfocus = () => field.select();
  byId("invite-reach").replaceChildren(...(
    !here ? []
    : elsewhere ? ["If it does not open for them, open this page yourself by the address that they use: the link then begins with it."]
    : ["Only this computer can open it: the server listens to nobody else. For others, start it with ", element("code", {}, "tinkernet --host 0.0.0.0"), "; with Docker, as compose.yaml says."]));
  const dialog = byId("invitation");
  const [copy, said] = [byId("invite-copy"), byId("invite-said")];
  byId("invite").onclick = () => {
    said.textContent = "";
    dialog.showModal();
    copy.focus(); // the field would scroll to the end of the link
  };
  byId("invite-close").onclick = () => dialog.close();
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(link);
      said.textContent = "Copied.";
    } catch {
      field.focus();
      said.textContent = "The browser did not allow copying: the link is selected, copy it by hand.";
    }
  };
}
