// The page of a projector: no control, no names; how to join, and the question with its answers, beside the network.

import { on } from "../model/store.js";
import { bars } from "../ui/bars.js";
import { element } from "../ui/element.js";
import { plain, qr, spaced } from "../ui/join_code.js";
import { loadStyle } from "../ui/style.js";
import { ask } from "../wire/address.js";

/**
 * @param {HTMLElement} root the page
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{tool: HTMLElement, session: string}} options session: its path
 */
export async function mountScreen(root, model, _actions, { tool, session }) {
  root.ownerDocument.documentElement.dataset.screen = "";
  await Promise.all([loadStyle("screen"), loadStyle("vote")]);
  const where = element("p", { class: "screen-where" });
  const picture = element("div", { class: "screen-qr" });
  const code = element("p", { class: "screen-code" });
  const here = element("p", { class: "screen-here", role: "status" });
  const join = element("section", { class: "panel screen-join", "aria-label": "Join the class" },
    element("p", {}, "Join at"), where, picture, code, here);
  const title = element("h2", { id: "screen-asked" });
  const body = element("div", {});
  const answered = element("p", { role: "status" });
  const question = element("section", {
    class: "panel screen-question", "aria-labelledby": "screen-asked", hidden: true,
  }, title, body, answered);
  tool.append(element("div", { class: "screen-side" }, join, question));

  let shown = "";
  on(model, (state) => [state.classroom], ({ classroom }) => {
    join.hidden = classroom === null;
    question.hidden = !classroom?.question;
    if (!classroom) return;
    code.textContent = spaced(classroom.code);
    here.textContent = classroom.locked ? "Nobody else may join just now."
      : classroom.here === 1 ? "1 is here" : `${classroom.here} are here`;
    if (classroom.code !== shown) findAddress(shown = classroom.code);
    const asked = classroom.question;
    if (!asked) return;
    title.textContent = asked.text;
    body.replaceChildren(asked.shown ? bars(asked)
      : element("ul", { class: "screen-choices" }, ...asked.choices.map((choice) => element("li", {}, choice))));
    answered.textContent = asked.shown ? ""
      : `${asked.answered} of ${Math.max(classroom.here, asked.answered)} have answered`;
  });

  /** @param {string} wanted the code that the picture leads to */
  async function findAddress(wanted) {
    where.textContent = "";
    picture.replaceChildren();
    try {
      const answer = await ask(`${session}/class`);
      const [found] = answer.ok ? (await answer.json()).addresses : [];
      if (!found || wanted !== shown) return;
      where.textContent = `${plain(found.address)}/join`;
      picture.replaceChildren(qr(found));
    } catch {
      // the code alone still lets in whoever knows the address
    }
  }
}
