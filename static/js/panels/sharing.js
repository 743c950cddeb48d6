// What an owner gives to others: a link to watch, and one to own the session too.

import { copyText } from "../ui/clipboard.js";
import { element, part } from "../ui/element.js";
import { ask, site } from "../wire/address.js";

/**
 * The invitation: a link to watch, and one to own the session on another device. Both are asked for when it opens.
 * @param {HTMLDialogElement} root
 * @param {import("../model/state.js").Model} _model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {object} options
 * @param {string} options.session the session's path
 * @param {string[]} options.shared addresses by which others reach the server
 */
export function mountInvitation(root, _model, _actions, { session, shared }) {
  const [elsewhere] = shared;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const base = isHere && elsewhere ? `${elsewhere}/` : String(site);
  if (isHere) part(root, "invite-reach").replaceChildren(...(elsewhere ? REACHED_ELSEWHERE : onlyHere()));
  const said = { invite: part(root, "invite-said"), owner: part(root, "owner-said") };
  const [made, owners, revoke] = ["owner-row", "owner-count", "owner-revoke"].map((name) => part(root, name));

  /**
   * Ask for one of the two links, and say what is wrong where it is shown.
   * @param {"invite"|"owner"} kind
   * @param {"GET"|"POST"|"DELETE"} method
   * @param {string} [then] what to say when it is done
   */
  async function change(kind, method, then = "") {
    said[kind].textContent = "";
    try {
      const answer = await ask(`${session}/${kind === "invite" ? "join" : "owner"}-link`, { method });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.detail);
      part(root, `${kind}-link`).value = found.link && base + found.link;
      if (kind === "owner") showOwners(found);
      said[kind].textContent = then;
    } catch (error) {
      const failed = /** @type {Error} */ (error);
      said[kind].textContent = failed instanceof TypeError ? AWAY : failed.message; // of fetch, when nobody answers
    }
  }

  /** @param {{link: string, owners: number}} found */
  function showOwners({ link, owners: count }) {
    made.hidden = !link;
    revoke.hidden = !link && count === 0;
    owners.textContent = count === 0 ? "" : count === 1 ? "One other browser owns this session."
      : `${count} other browsers own this session.`;
  }

  for (const kind of /** @type {const} */ (["invite", "owner"])) {
    const field = part(root, `${kind}-link`);
    field.onfocus = () => field.select();
    part(root, `${kind}-copy`).onclick = async () => {
      if (await copyText(field.value)) {
        said[kind].textContent = "Copied.";
      } else {
        field.focus();
        said[kind].textContent = "The browser did not allow copying: the link is selected, copy it by hand.";
      }
    };
  }
  part(root, "invite-renew").onclick = () => {
    change("invite", "POST", "This is the new link. The old one lets nobody in any more.");
  };
  part(root, "owner-make").onclick = async () => {
    await change("owner", "POST", "This link serves once. Give it to nobody but the one who is to own the session.");
    if (!made.hidden) part(root, "owner-copy").focus();
  };
  revoke.onclick = async () => {
    await change("owner", "DELETE", "Revoked: no other browser owns this session, and the link opens nothing.");
    part(root, "owner-make").focus(); // this button is gone
  };
  part(root, "invite-close").onclick = () => root.close();

  return function open() {
    root.showModal();
    part(root, "invite-copy").focus(); // the field would scroll to the end of the link
    change("invite", "GET");
    change("owner", "GET");
  };
}

const AWAY = "The server cannot be reached just now. Try again.";
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
