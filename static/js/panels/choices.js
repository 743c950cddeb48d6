// What a beginner does not need: a panel of further choices in groups, and in the bar what of it is in use.

import { catalog, constraints } from "../model/catalog.js";
import { valueText } from "../model/names.js";
import { layersDiffer } from "../model/network_shape.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon, part } from "../ui/element.js";
import { mountFields } from "../ui/fields.js";

/** @typedef {import("../model/catalog.js").Field} Field */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {object} options
 * @param {HTMLElement} options.opener the button that opens and closes the panel
 * @param {HTMLElement} options.row where what is in use is said
 * @param {HTMLElement} options.rest says how much more is in use than the row has room for
 * @param {string[]} options.inBar fields that have a control in the bar
 * @param {string[]} options.elsewhere fields that have one in another panel: what they are is in sight there
 */
export function mountChoices(root, model, actions, { opener, row, rest, inBar, elsewhere }) {
  const further = catalog.fields.filter(({ group, name }) => group && ![...inBar, ...elsewhere].includes(name));
  const remarked = catalog.fields.filter(({ name, choices }) => choices && inBar.includes(name));
  const controls = part(root, "choices-controls");

  const updates = catalog.groups.map((group, i) => {
    const title = element("h2", { id: `group-${i}` }, group);
    const section = element("section", { class: "group", "aria-labelledby": title.id }, title);
    controls.append(section);
    const names = catalog.fields.filter((field) => field.group === group).map(({ name }) => name);
    return mountFields(section, model, actions, { names, panel: root });
  });

  /** @param {boolean} isOpen */
  function show(isOpen) {
    if (!isOpen && root.contains(document.activeElement)) opener.focus();
    root.hidden = !isOpen;
    updates.forEach((update) => update());
    opener.setAttribute("aria-expanded", String(isOpen));
  }
  opener.onclick = () => show(Boolean(root.hidden));
  part(root, "choices-close").onclick = () => show(false);
  addEventListener("keydown", (event) => {
    const isOurs = !root.hidden && !model.get().pinned && !document.querySelector("dialog[open]");
    if (event.key !== "Escape" || !isOurs) return;
    event.preventDefault(); // one press closes one thing
    show(false);
  });

  /** @param {string} name */
  function showField(name) {
    show(true);
    const control = part(root, `more-${name}`) ?? part(root, `more-${name}-0`);
    control.closest("details")?.setAttribute("open", "");
    control.scrollIntoView({ block: "nearest" });
    control.focus();
  }

  /**
   * @param {Field} field
   * @param {any} value
   */
  function chip(field, value) {
    const name = element("button", {
      type: "button", id: `chip-${field.name}`, title: field.help, onclick: () => showField(field.name),
    }, field.label, " ", element("b", {}, valueText(field, value)));
    const label = `${field.label} back to ${valueText(field, field.default) || "none"}`;
    const back = element("button", {
      type: "button", class: "tiny quiet", "aria-label": label,
      onclick: () => actions.configure({ [field.name]: field.default }),
    }, icon("close"));
    return element("span", { class: "chip" }, name, back);
  }

  on(model, (state) => [currentRun(state).spec], (state) => {
    const { spec } = currentRun(state);
    if (!spec) return;
    const used = further.filter((field) => constraints.inUse(field, spec));
    const remarks = remarked.flatMap(({ name }) => {
      const one = constraints.choice(name, spec[name]);
      const isElsewhere = name === "activation" && layersDiffer(spec); // above each layer
      if (one?.basic !== false || !one.note || isElsewhere) return [];
      return [element("p", { class: "remark" }, element("b", {}, one.label), `: ${one.note}`)];
    });
    const focused = document.activeElement?.id ?? "";
    row.hidden = used.length + remarks.length === 0;
    row.replaceChildren(...remarks, ...used.map((field) => chip(field, spec[field.name])));
    if (focused.startsWith("chip-")) (part(row, focused) ?? opener).focus();
    count();
  });

  /** How many chips do not fit into the row? */
  function count() {
    const end = row.getBoundingClientRect().bottom;
    const beyond = [...row.children].filter((each) => each.getBoundingClientRect().top >= end).length;
    rest.hidden = beyond === 0;
    rest.textContent = `+${beyond}`;
    rest.setAttribute("aria-label", `+${beyond} more settings in use`);
  }
  rest.onclick = () => show(true);
  new ResizeObserver(count).observe(row);
}
