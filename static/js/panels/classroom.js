// The desk of a class, a face of the left column: the code by which others join, and who is here.

import { asking } from "../ui/asking.js";
import { element, icon } from "../ui/element.js";
import { plain, qr, spaced } from "../ui/join_code.js";
import { loadStyle } from "../ui/style.js";
import { on } from "../model/store.js";
import { ask, site } from "../wire/address.js";

const LONELY_MS = 45_000;
const AWAY = "The server cannot be reached just now. Try again.";
const STATES = /** @type {Record<string, string>} */ ({ here: "follows", asleep: "asleep", gone: "gone" });

/** @typedef {import("../ui/join_code.js").Address} Address */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {object} options
 * @param {HTMLElement} options.opener gets the focus back
 * @param {string} options.session the session's path
 * @param {() => void} options.invite opens what gives links away
 * @param {() => void} options.reveal the left column
 * @returns {Promise<{open: () => void}>}
 */
export async function mountClassroom(root, model, _actions, { opener, session, invite, reveal }) {
  await Promise.all([loadStyle("classroom"), loadStyle("vote")]);
  const close = element("button", {
    type: "button", class: "tiny quiet", "aria-label": "Close the class panel", title: "Back to the data (Esc)",
    onclick: shut,
  }, icon("close"));
  const said = element("p", { role: "status", class: "note" });

  const begin = element("button", { type: "button", class: "strong wide", onclick: () => change("POST", "class", {}) },
    "Open a class");
  const closed = element("div", { class: "class-closed" },
    element("p", {}, "Open a class for this page: who enters its code sees this network learn, live."), begin);

  const picture = element("div", { class: "class-qr" });
  const where = element("p", { class: "class-where" });
  const code = element("p", { class: "class-code" });
  const tried = element("p", { class: "note" });
  const choice = element("select", {
    "aria-label": "Address to join by", onchange: () => showAddress(choice.selectedIndex),
  });
  const reasons = element("details", { class: "more", hidden: true },
    element("summary", {}, "Nobody has arrived. What may be wrong?"),
    element("ul", {},
      element("li", {}, "The network keeps devices apart, as many guest networks do: open a hot spot, or use a cable."),
      element("li", {}, "The others are in another Wi-Fi: let them join this one."),
      element("li", {}, "A firewall on this computer blocks the port: allow it for Tinkernet, or name another address "
        + "with ", element("code", {}, "TINKERNET_PUBLIC"), ".")));
  const count = element("p", { class: "class-count", role: "status" });
  const people = element("ul", { class: "class-people", "aria-label": "People in the class" });
  const attack = element("p", { class: "problem", role: "alert", hidden: true },
    "Somebody is trying codes. Lock the class, or take another code.");
  const lock = element("input", {
    type: "checkbox", onchange: () => change("POST", "class", { locked: lock.checked }),
  });
  const screen = element("a", { class: "button wide", target: "_blank", rel: "noopener" }, "Open the screen");
  const another = element("button", { type: "button", onclick: () => change("POST", "class/code") }, "New code");
  const end = element("button", { type: "button", onclick: endIt }, "End the class");
  const question = asking(change);
  const opened = element("div", { class: "class-open" },
    element("div", { class: "class-join" }, picture, element("div", {}, where, code, tried, choice)),
    screen, reasons, attack, question.root, count, people,
    element("label", { class: "check" }, lock, element("span", {}, "Nobody else may join")),
    element("div", { class: "row" }, another, end));

  const other = element("button", { type: "button", class: "quiet wide", onclick: invite }, "Invite by a link");
  root.append(
    element("header", {}, element("h2", { id: "class-title" }, "Class"), close), closed, opened, said, other);

  /** @type {Address[]} */
  let addresses = [];
  let codeShown = "";
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let lonely;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let sure;

  on(model, (state) => [state.classroom], ({ classroom }) => show(classroom));

  /** @param {import("../wire/protocol.js").ClassFactsEvent|null} facts */
  function show(facts) {
    closed.hidden = facts !== null;
    opened.hidden = facts === null;
    if (!facts) {
      codeShown = "";
      return clearTimeout(lonely);
    }
    code.textContent = spaced(facts.code);
    lock.checked = facts.locked;
    attack.hidden = !facts.tried;
    count.textContent = facts.here === 1 ? "1 is here" : `${facts.here} are here`;
    showPeople(facts.people);
    question.show(facts.question, facts.here);
    if (facts.here > 0) {
      clearTimeout(lonely);
      reasons.hidden = true;
    }
    if (facts.code === codeShown) return;
    codeShown = facts.code;
    findAddresses();
    findScreen();
    clearTimeout(lonely);
    if (facts.here === 0) lonely = setTimeout(() => { reasons.hidden = false; }, LONELY_MS);
  }

  /** @param {import("../wire/protocol.js").Person[]} list */
  function showPeople(list) {
    const focused = document.activeElement?.closest?.("[data-number]");
    const [at, which] = focused && people.contains(focused)
      ? [focused.getAttribute("data-number"), document.activeElement?.textContent] : [null, null];
    people.replaceChildren(...list.map(({ number, name, state }) => {
      /** @param {boolean} block */
      const leave = (block) => change("POST", "class/people", { number, block });
      return element("li", { "data-number": String(number), "data-state": state },
        element("span", { class: "class-name" }, name), element("span", { class: "note" }, STATES[state]),
        element("button", {
          type: "button", class: "small quiet", "aria-label": `Remove ${name}`, onclick: () => leave(false),
          title: "They can come back by the code",
        }, "Remove"),
        element("button", {
          type: "button", class: "small quiet", "aria-label": `Block ${name}`, onclick: () => leave(true),
          title: "They cannot come back",
        }, "Block"));
    }));
    if (at === null) return;
    const again = [...people.querySelectorAll("button")].find((button) =>
      button.parentElement?.dataset.number === at && button.textContent === which);
    /** @type {HTMLElement} */ (again ?? people.querySelector("button") ?? lock).focus();
  }

  async function findAddresses() {
    tried.textContent = "Trying the addresses of this server …";
    picture.replaceChildren();
    where.textContent = "";
    choice.hidden = true;
    const found = await answerOf("GET", "class");
    if (!found) return;
    addresses = found.addresses;
    choice.replaceChildren(...addresses.map(({ address }) => element("option", {}, plain(address))));
    choice.hidden = addresses.length < 2;
    if (addresses.length > 0) return showAddress(0);
    tried.replaceChildren(...(found.silent.length > 0
      ? [`This server does not answer at ${found.silent.map(plain).join(", ")}: name an address that others can open `
        + "with ", element("code", {}, "TINKERNET_PUBLIC"), "."]
      : ["Only this computer can open it. For others, start the server with ",
        element("code", {}, "tinkernet --host 0.0.0.0"), "; with Docker, as compose.yaml says."]));
  }

  /** The page for the projector comes by the join link. */
  async function findScreen() {
    const found = await answerOf("GET", "join-link");
    if (found) screen.href = `${site}${found.link}&screen`;
  }

  /** @param {number} index */
  function showAddress(index) {
    const { address } = addresses[index];
    where.textContent = `${plain(address)}/join`;
    tried.textContent = "Tried: it answers there.";
    picture.replaceChildren(qr(addresses[index]));
  }

  /**
   * @param {"GET"|"POST"|"DELETE"} method
   * @param {string} path
   * @param {object} [body]
   */
  async function answerOf(method, path, body) {
    said.textContent = "";
    try {
      const sent = body && { body: JSON.stringify(body) };
      const answer = await ask(`${session}/${path}`, { method, ...sent });
      const found = answer.status === 204 ? {} : await answer.json();
      if (answer.ok) return found;
      said.textContent = found.detail;
    } catch {
      said.textContent = AWAY;
    }
    return null;
  }

  /**
   * @param {"POST"|"DELETE"} method
   * @param {string} path
   * @param {object} [body]
   */
  async function change(method, path, body = {}) {
    if (!(await answerOf(method, path, body))) show(model.get().classroom); // a tick that did not count goes back
  }

  function endIt() { // the second press within a few seconds
    if (sure === undefined) {
      end.textContent = "End it for everybody?";
      sure = setTimeout(calm, 4000);
      return;
    }
    calm();
    change("DELETE", "class");
  }

  function calm() {
    clearTimeout(sure);
    sure = undefined;
    end.textContent = "End the class";
  }

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    shut();
  });

  function shut() {
    root.hidden = true;
    opener.focus();
  }

  return {
    open() {
      if (!root.hidden) return shut();
      root.hidden = false;
      reveal();
      /** @type {HTMLElement} */ (closed.hidden ? lock : begin).focus();
    },
  };
}
