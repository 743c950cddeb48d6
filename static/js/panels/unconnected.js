// In place of the tool, when the page has come and its live connection never did: why that may be, and what to do.

import { on } from "../model/store.js";
import { element } from "../ui/element.js";

/**
 * @param {HTMLElement} tool what it stands for; a network without a connection would be black and its lists empty
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} _actions
 * @param {{retryNow: () => void}} options
 */
export function mountUnconnected(tool, model, _actions, { retryNow }) {
  const { watching } = model.get();
  const host = location.hostname;
  const said = element("main", { class: "letter unconnected", "aria-labelledby": "unconnected-title" },
    element("h2", { id: "unconnected-title" }, "The live connection does not open"),
    element("p", {}, "This page has come from its server, but the network is sent over a WebSocket, and that is "
      + "refused. It is tried again all the time. It may be one of these:"),
    element("ul", {},
      ...(watching ? [element("li", {}, "The link is old. Ask for a new one.")] : []),
      element("li", {}, "A proxy on the way does not pass WebSockets. Whoever runs it has to let them through: "
        + "the header lines Upgrade and Connection, to every address that ends in /ws."),
      element("li", {}, `The browser keeps too many cookies for ${host}, more than a handshake may carry. `
        + `Delete the cookies of ${host} in its settings, then reload the page.`),
      element("li", {}, "A filter or an extension blocks it. Try another network, or another browser.")),
    element("p", {}, element("button", { type: "button", class: "strong", onclick: retryNow }, "Try now")));
  tool.before(said);
  tool.hidden = true;
  on(model, (state) => [state.connection], ({ connection }) => {
    if (connection !== "open" || !tool.hidden) return;
    said.remove();
    tool.hidden = false;
  });
}
