// Controls made from the schema: what a field is decides what it looks like; its bounds and words come from the server.

import { constraints, fieldFromName } from "../model/catalog.js";
import { readValue } from "../model/link_values.js";
import { layersDiffer } from "../model/network_shape.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element } from "./element.js";
import { entryField } from "./entry.js";
import { withPoint } from "./text.js";

/** @typedef {import("../model/catalog.js").Field} Field */
/** @typedef {import("../model/catalog.js").Choice} Choice */
/** @typedef {import("../model/catalog.js").Spec} Spec */
/** @typedef {import("../model/actions.js").Actions} Actions */
/**
 * @typedef {object} Control
 * @property {HTMLElement} root
 * @property {(value: any, spec: Spec) => void} show
 * @property {(value: any, spec: Spec) => (string|Node)[]} [note] a line that says what the value does
 */

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {Actions} actions
 * @param {object} options
 * @param {string[]} options.names of the fields
 * @param {HTMLElement} [options.panel] that they are in: each has a line that says what it does, and numbers are typed
 *   where others have a slider; while the panel is hidden they cost nothing
 * @param {string} [options.owner] the key of a part of the page that takes them along when it is hidden
 * @returns {() => void} brings them up to date, for a panel that is no longer hidden
 */
export function mountFields(root, model, actions, { names, panel, owner }) {
  const wordy = panel !== undefined;
  const updates = names.map((name) => {
    const field = /** @type {Field} */ (fieldFromName.get(name));
    const control = controlOf(field, actions, wordy);
    const note = element("p", { class: "note" });
    control.root.dataset.control = [field.key ?? field.name, owner].join(" ").trim();
    if (wordy) control.root.append(note);
    else control.root.onpointerenter = () => { control.root.title = field.help ?? ""; }; // a watcher's words come late
    root.append(control.root);
    const update = () => {
      const { spec } = currentRun(model.get());
      if (!spec || panel?.hidden) return;
      control.root.classList.toggle("unused", !constraints.counts(field, spec)); // `hidden` is the `_hide` keys'
      control.show(spec[name], spec);
      if (!wordy) return;
      const idle = field.tested && spec[name] > 0 && currentRun(model.get()).points?.test === 0;
      const words = control.note?.(spec[name], spec) ?? [field.help];
      note.replaceChildren(...(idle ? ["There are no test points: training does not stop by this. "] : []), ...words);
    };
    // The revision too: a value that went and came back between two paints must still replace what a person picked.
    on(model, (state) => [currentRun(state).spec, currentRun(state).revision, currentRun(state).points?.test], update);
    return update;
  });
  return () => updates.forEach((update) => update());
}

/**
 * @param {Field} field
 * @param {Actions} actions
 * @param {boolean} wordy
 * @returns {Control}
 */
function controlOf(field, actions, wordy) {
  if (field.kind === "flag") return flag(field, actions, wordy);
  if (field.kind === "list") return list(field, actions);
  if (field.slider && !wordy) return slider(field, actions);
  if (field.choices) return choice(field, actions, wordy);
  return field.offered ? offered(field, actions) : entry(field, actions, wordy);
}

/**
 * What a field is called, and whether changing it restarts training.
 * @param {Field} field
 * @param {boolean} wordy
 */
function nameOf(field, wordy) {
  if (!wordy) return [field.label];
  const title = "Changing this restarts training.";
  if (!field.live) return [field.label, " ", element("span", { class: "restarts", title }, "restarts")];
  const isSaid = field.label === field.group; // the heading of the group says it
  return [isSaid ? element("span", { class: "unseen" }, field.label) : field.label];
}

/**
 * @param {Field} field
 * @param {HTMLElement} input
 * @param {boolean} [wordy]
 * @param {HTMLElement|null} [value]
 */
function labelled(field, input, wordy = false, value = null) {
  input.id = `${wordy ? "more" : "field"}-${field.name}`;
  const label = element("label", { for: input.id }, ...nameOf(field, wordy), ...(value ? [": ", value] : []));
  return element("div", { class: "field" }, label, input);
}

/** @param {Choice} one */
const option = ({ key, label, note }) => element("option", { value: key, title: note ?? "" }, label);

/**
 * What a beginner needs comes first, the rest under a heading of its own.
 * @param {Field} field
 * @param {Actions} actions
 * @param {boolean} wordy
 * @returns {Control}
 */
function choice(field, actions, wordy) {
  const select = element("select");
  select.onchange = () => actions.configure({ [field.name]: select.value });
  let shown = "";
  const byLayer = field.name === "activation";
  return {
    root: labelled(field, select, wordy),
    show(value, spec) {
      const fitting = constraints.offered(field, spec);
      const keys = fitting.map(({ key }) => key).join();
      if (keys !== shown) {
        const rest = field.basic ? fitting.filter(({ basic }) => basic === false) : [];
        const first = fitting.filter((one) => !rest.includes(one));
        const group = element("optgroup", { label: "Less usual" }, ...rest.map(option));
        const mixed = byLayer ? [element("option", { value: "", hidden: true }, "By layer")] : [];
        select.replaceChildren(...first.map(option), ...(rest.length ? [group] : []), ...mixed);
        shown = keys;
      }
      select.value = byLayer && layersDiffer(spec) ? "" : value;
    },
    note(value, spec) {
      const active = field.name === "output" || field.name === "loss" ? constraints.active(field.name, spec) : value;
      const one = constraints.choice(field.name, active);
      const law = element("span", { class: "law" }, one?.formula ?? "");
      return [active === value ? "" : `Now ${one?.label}. `, one?.note ?? "", " ", law];
    },
  };
}

/**
 * A list of usual values; a link's own value joins it.
 * @param {Field} field
 * @param {Actions} actions
 * @returns {Control}
 */
function offered(field, actions) {
  const select = element("select");
  const usual = field.offered ?? [];
  select.onchange = () => actions.configure({ [field.name]: Number(select.value) });
  return {
    root: labelled(field, select),
    show(/** @type {number} */ value, spec) {
      const own = constraints.own(field, spec);
      const shown = value === field.automatic && own !== null ? own : value;
      const values = [...new Set([...usual, shown, own ?? shown])].sort((a, b) => a - b);
      const { options } = select;
      if (options.length !== values.length || !values.every((each, i) => options[i].text === String(each))) {
        select.replaceChildren(...values.map((each) => element("option", {}, String(each))));
      }
      for (const each of options) each.value = Number(each.text) === own ? String(field.automatic) : each.text;
      select.value = shown === own ? String(field.automatic) : String(shown);
    },
  };
}

/**
 * @param {Field} field
 * @param {Actions} actions
 * @returns {Control}
 */
function slider(field, actions) {
  const { minimum, step } = /** @type {NonNullable<Field["slider"]>} */ (field.slider);
  const value = element("span", { class: "value" });
  const input = element("input", { type: "range" });
  let held = false; // while the thumb is held the scale must not change under it
  let before = 0;
  input.onpointerdown = () => {
    held = true;
    before = last;
  };
  input.onpointerup = () => { held = false; };
  // A finger that has begun to scroll here did not mean the slider.
  input.onpointercancel = () => {
    held = false;
    actions.configure({ [field.name]: before }, field.name);
  };
  let last = 0; // what is in use
  input.oninput = () => {
    const near = Math.round((input.valueAsNumber - minimum) / step) * step + minimum;
    const chosen = input.step === "any" ? near : input.valueAsNumber;
    actions.configure({ [field.name]: chosen }, field.name);
  };
  return {
    root: labelled(field, input, false, value),
    show(/** @type {number} */ now, spec) {
      const [low, high] = constraints.ends(field, spec);
      const isWithin = now >= low && now <= high;
      last = now;
      value.textContent = `${now}${field.unit ?? ""}`;
      input.setAttribute("aria-valuetext", value.textContent);
      if (held) return;
      // A link may ask for more than the slider offers, then the thumb is at its end, and for values between its steps.
      input.max = String(high);
      input.min = String(low);
      input.step = String(!isWithin || (now - low) % step === 0 ? step : Number.isInteger(now) ? 1 : "any");
      input.value = String(now);
    },
  };
}

/**
 * @param {Field} field
 * @param {Actions} actions
 * @param {boolean} wordy
 * @returns {Control}
 */
function flag(field, actions, wordy) {
  const input = element("input", { type: "checkbox", id: `${wordy ? "more" : "field"}-${field.name}` });
  input.onchange = () => actions.configure({ [field.name]: input.checked });
  const label = element("label", { class: "check" }, input, element("span", {}, ...nameOf(field, wordy)));
  return {
    root: element("div", { class: "field" }, label),
    show(/** @type {boolean} */ value) { input.checked = value; },
  };
}

/**
 * @param {Field} field
 * @param {Actions} actions
 * @param {boolean} wordy
 * @returns {Control}
 */
function entry(field, actions, wordy) {
  const isNumber = field.kind !== "text";
  const { input, problem, show } = entryField({
    isNumber,
    read: (text) => readValue(field, isNumber ? withPoint(text, field.kind === "integer") : text),
    take: (value) => actions.configure({ [field.name]: value }),
    refusal: (text) => `${field.label} must be ${field.allowed}, not “${text}”.`,
  });
  const root = labelled(field, input, wordy);
  root.append(problem);
  return { root, show: (value) => show(String(value)) };
}

/**
 * One choice for each layer, beside the field that says it for all layers (`per_layer_of`). At the end of the list,
 * what is the same as for all layers is left out.
 * @param {Field} field
 * @param {Actions} actions
 * @returns {Control}
 */
function list(field, actions) {
  const all = field.per_layer_of ?? "";
  const withOutput = (field.longest ?? 0) > (fieldFromName.get("hidden")?.longest ?? 0);
  const rows = element("div", { class: "layers" });
  /** @type {HTMLSelectElement[]} */
  let selects = [];

  /**
   * @param {number} count
   * @param {number} hidden layers
   */
  function build(count, hidden) {
    const choices = field.choices ?? [];
    selects = Array.from({ length: count }, () => element("select", {}, ...choices.map(option)));
    rows.replaceChildren(...selects.map((select, layer) => {
      select.id = `more-${field.name}-${layer}`;
      const label = element("label", { for: select.id }, layer < hidden ? `Layer ${layer + 1}` : "Output");
      return element("div", { class: "field row" }, label, select);
    }));
  }
  return {
    root: element("details", { class: "field" }, element("summary", {}, ...nameOf(field, true)), rows),
    show(/** @type {string[]} */ items, spec) {
      const count = spec.hidden.length + Number(withOutput);
      if (selects.length !== count) build(count, spec.hidden.length);
      selects.forEach((select, layer) => {
        select.value = items[layer] ?? spec[all];
        select.onchange = () => {
          const chosen = selects.map((each) => each.value);
          while (chosen.length && chosen.at(-1) === spec[all]) chosen.pop();
          actions.configure({ [field.name]: chosen });
        };
      });
    },
  };
}
