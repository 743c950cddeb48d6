// Who may do what, as a person sees it: the invitation of an owner, and the page of somebody who watches.

import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { copyText } from "../ui/clipboard.js";
import { element, part } from "../ui/element.js";
import { site } from "../wire/address.js";

/** What only an owner may use: the browser takes everything in them out of reach, whatever is added later. */
const OWNERS = ["drive", "settings", "choices-controls", "in-use", "data-controls"];

/**
 * The page of somebody who watches.
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountWatching(root, model, actions) {
  for (const id of OWNERS) part(root, id).disabled = true;
  for (const id of ["invite", "tagline", "prepare"]) part(root, id).remove();
  part(root, "watching").hidden = false;
  const copy = part(root, "own-copy");
  on(model, (state) => [currentRun(state).spec, state.view], (state) => {
    if (currentRun(state).spec) copy.href = `${site}#${actions.fragment()}`;
  });
}

/**
 * @param {HTMLDialogElement} root
 * @param {import("../model/state.js").Model} _model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {object} options
 * @param {HTMLElement} options.opener
 * @param {string} options.join path and key of the join link
 * @param {string[]} options.shared addresses by which others reach the server
 */
export function mountInvitation(root, _model, _actions, { opener, join, shared }) {
  const [elsewhere] = shared;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const link = `${isHere && elsewhere ? `${elsewhere}/` : site}${join}`;
  const parts = ["link", "reach", "copy", "said"].map((name) => part(root, `invite-${name}`));
  const [field, reach, copy, said] = parts;
  field.value = link;
  field.onfocus = () => field.select();
  if (isHere) reach.replaceChildren(...(elsewhere ? REACHED_ELSEWHERE : onlyHere()));
  opener.onclick = () => {
    said.textContent = "";
    root.showModal();
    copy.focus(); // the field would scroll to the end of the link
  };
  part(root, "invite-close").onclick = () => root.close();
  copy.onclick = async () => {
    if (await copyText(link)) {
      said.textContent = "Copied.";
    } else {
      field.focus();
      said.textContent = "The browser did not allow copying: the link is selected, copy it by hand.";
    }
  };
}

const REACHED_ELSEWHERE = [
  "If it does not open for them, open this page yourself by the address that they use: the link then begins with it.",
];

function onlyHere() {
  return [
    "Only this computer can open it: the server listens to nobody else. For others, start it with ",
    element("code", {}, "tinkernet --host 0.0.0.0"),
    "; with Docker, as compose.yaml says.",
  ];
}
