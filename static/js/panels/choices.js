// What a beginner does not need: a panel of further choices in groups, and in the bar what of it is in use.

import { catalog, constraints, fieldFromName } from "../model/catalog.js";
import { on } from "../model/store.js";
import { byId, element, icon } from "../ui/element.js";
import { mountFields } from "../ui/fields.js";

/** @typedef {import("../model/catalog.js").Field} Field */

/**
 * @param {import("../ui/fields.js").Store} store
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountChoices(store, actions) {
  const [panel, more, row] = ["choices", "more", "in-use"].map(byId);
  // What has a control elsewhere is in sight there.
  const hidden = catalog.fields.filter(({ group, name }) => group && !byId(`field-${name}`));
  const inBar = catalog.fields.filter(({ name, choices }) => choices && byId("settings").contains(byId(`field-${name}`)));

  const updates = catalog.groups.map((group, i) => {
    const root = element("section", { class: "group", "aria-labelledby": `group-${i}` }, element("h3", { id: `group-${i}` }, group));
    byId("choices-controls").append(root);
    return mountFields(root, catalog.fields.filter((field) => field.group === group).map(({ name }) => name), store, actions, panel);
  });

  /** @param {boolean} open */
  function show(open) {
    if (!open && panel.contains(document.activeElement)) more.focus();
    panel.hidden = !open;
    updates.forEach((update) => update());
    more.setAttribute("aria-expanded", String(open));
  }
  more.onclick = () => show(panel.hidden);
  byId("choices-close").onclick = () => show(false);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !store.get().pinned && !document.querySelector("dialog[open]")) show(false);
  });

  /** @param {string} name */
  function showField(name) {
    show(true);
    const control = byId(`more-${name}`) ?? byId(`more-${name}-0`);
    control.closest("details")?.setAttribute("open", "");
    control.scrollIntoView({ block: "nearest" });
    control.focus();
  }

  on(store, (state) => [state.spec], ({ spec }) => {
    if (!spec) return;
    // What links of the original stand for is what they looked like there: nothing of it was to be seen.
    const used = hidden.filter((field) => constraints.counts(field, spec) && ![field.default, field.original ?? field.default].some((value) => same(value, spec[field.name])));
    const remarks = inBar.map(({ name }) => constraints.choice(name, spec[name])).filter((one) => one?.basic === false && one.note);
    const focused = document.activeElement?.id ?? "";
    row.hidden = used.length + remarks.length === 0;
    row.replaceChildren(
      ...remarks.map((one) => element("p", { class: "remark" }, element("b", {}, one?.label ?? ""), `: ${one?.note}`)),
      ...used.map((field) => element("span", { class: "chip" },
        element("button", { type: "button", id: `chip-${field.name}`, title: field.help, onclick: () => showField(field.name) }, field.label, " ", element("b", {}, shownValue(field, spec[field.name]))),
        element("button", {
          type: "button", class: "tiny quiet", "aria-label": `${field.label} back to ${shownValue(field, field.default) || "none"}`,
          onclick: () => actions.configure({ [field.name]: field.default }),
        }, icon("close")))));
    if (focused.startsWith("chip-")) (byId(focused) ?? more).focus();
  });
}

/**
 * @param {any} one
 * @param {any} other
 */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * @param {Field} field
 * @param {any} value
 */
function shownValue(field, value) {
  if (field.kind === "flag") return value ? "on" : "off";
  const label = (/** @type {string} */ key) => fieldFromName.get(field.name)?.choices?.find((one) => one.key === key)?.label ?? key;
  return Array.isArray(value) ? value.map(label).join(", ") : field.choices ? label(value) : String(value);
}
