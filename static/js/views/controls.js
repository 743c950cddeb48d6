// Controls made from the schema: what a field is decides what it looks like; its bounds and words come from the server.

import { fieldFromName } from "../catalog.js";
import { layersDiffer } from "../state.js";
import { on } from "../store.js";
import { element } from "./element.js";

/** @typedef {import("../catalog.js").Field} Field */
/** @typedef {import("../store.js").Store<import("../state.js").State>} Store */
/** @typedef {import("../actions.js").Actions} Actions */

/**
 * @param {HTMLElement} root
 * @param {string[]} names
 * @param {Store} store
 * @param {Actions} actions
 */
export function mountFields(root, names, store, actions) {
  for (const name of names) {
    const field = fieldFromName.get(name);
    if (!field) continue;
    /** @type {{root: HTMLElement, show(value: any, spec: import("../catalog.js").Spec): void}} */
    const control = field.kind === "flag" ? flag(field, actions)
      : field.slider ? slider(field, actions)
      : field.choices ? choice(field, actions)
      : field.offered ? offered(field, actions)
      : text(field, actions);
    control.root.dataset.control = field.key ?? field.name;
    control.root.title = field.help;
    root.append(control.root);
    // The revision too: a value that went and came back between two paints must still replace what a person picked.
    on(store, (state) => [state.spec?.[name], state.revision], (state) => { if (state.spec) control.show(state.spec[name], state.spec); });
  }
}

/** @param {Field} field @param {HTMLElement} input @param {HTMLElement|null} [value] */
function labelled(field, input, value = null) {
  input.id = `field-${field.name}`;
  return element("div", { class: "field" }, element("label", { for: input.id }, field.label, ...(value ? [": ", value] : [])), input);
}

/** @param {Field} field @param {Actions} actions */
function choice(field, actions) {
  const select = element("select", {}, ...(field.choices ?? []).map(({ key, label, note }) => element("option", { value: key, title: note ?? "" }, label)));
  select.onchange = () => actions.configure({ [field.name]: select.value });
  if (field.name === "activation") select.append(element("option", { value: "", hidden: true }, "By layer"));
  return { root: labelled(field, select), show: (/** @type {string} */ value, /** @type {import("../catalog.js").Spec} */ spec) => { select.value = field.name === "activation" && layersDiffer(spec) ? "" : value; } };
}

/** A list of usual values; a link's own value joins it. @param {Field} field @param {Actions} actions */
function offered(field, actions) {
  const select = element("select");
  const usual = field.offered ?? [];
  select.onchange = () => actions.configure({ [field.name]: Number(select.value) });
  return {
    root: labelled(field, select),
    show(/** @type {number} */ value) {
      const values = usual.includes(value) ? usual : [...usual, value].sort((a, b) => a - b);
      if (select.options.length !== values.length || !values.every((each, i) => Number(select.options[i].value) === each)) {
        select.replaceChildren(...values.map((each) => element("option", { value: String(each) }, String(each))));
      }
      select.value = String(value);
    },
  };
}

/** @param {Field} field @param {Actions} actions */
function slider(field, actions) {
  const { minimum, maximum, step } = /** @type {NonNullable<Field["slider"]>} */ (field.slider);
  const value = element("span", { class: "value" });
  const input = element("input", { type: "range", min: String(minimum), max: String(maximum), step: String(step) });
  let held = false; // while the thumb is held the scale must not change under it
  input.onpointerdown = () => { held = true; };
  input.onpointerup = input.onpointercancel = () => { held = false; };
  input.oninput = () => {
    const near = Math.round((input.valueAsNumber - minimum) / step) * step + minimum;
    const chosen = input.step === "any" ? near : input.valueAsNumber;
    actions.configure({ [field.name]: chosen }, field.name);
  };
  return {
    root: labelled(field, input, value),
    show(/** @type {number} */ now) {
      value.textContent = `${now}${field.unit ?? ""}`;
      input.setAttribute("aria-valuetext", value.textContent);
      if (held) return;
      // A link may ask for more than the slider offers, and for values between its steps.
      input.max = String(Math.max(maximum, now));
      input.min = String(Math.min(minimum, now));
      input.step = String((now - minimum) % step === 0 ? step : Number.isInteger(now) ? 1 : "any");
      input.value = String(now);
    },
  };
}

/** @param {Field} field @param {Actions} actions */
function flag(field, actions) {
  const input = element("input", { type: "checkbox" });
  input.onchange = () => actions.configure({ [field.name]: input.checked });
  return { root: element("label", { class: "check" }, input, field.label), show: (/** @type {boolean} */ value) => { input.checked = value; } };
}

/** @param {Field} field @param {Actions} actions */
function text(field, actions) {
  const input = element("input", { type: "text", spellcheck: false, autocomplete: "off" });
  const root = labelled(field, input);
  input.onchange = () => {
    const value = input.value.trim();
    const good = new RegExp(`^${field.pattern}+$`).test(value) && value.length <= (field.maximum ?? Infinity);
    root.classList.toggle("invalid", !good);
    if (good) actions.configure({ [field.name]: value });
    else actions.notice(`${field.label} is “${value.slice(0, 40)}”, but may be ${field.allowed}.`);
  };
  return {
    root,
    show(/** @type {string} */ value) {
      input.value = value;
      root.classList.remove("invalid");
    },
  };
}

