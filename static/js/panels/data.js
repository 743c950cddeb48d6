// The data column: a picture of each data set, and what is drawn from it.

import { isOnPlane } from "../model/tables.js";
import { pointsPicture } from "../draw/points.js";
import { catalog, constraints, fieldFromName } from "../model/catalog.js";
import { datasetField } from "../model/constraints.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { element, part } from "../ui/element.js";
import { mountFields } from "../ui/fields.js";
import { site } from "../wire/address.js";

/** @typedef {import("../model/catalog.js").Dataset} Dataset */

const OF_SET = ["classes", "points"];
const OTHERS = ["train_percent", "noise", "batch_size", "seed"];
const BALANCE = "class_balance"; // among the further data: a first visit has no use for it
export const DATA_FIELDS = [...OF_SET, ...OTHERS, BALANCE];

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 */
export function mountData(root, model, actions) {
  const [basic, rest] = ["datasets", "more-datasets"].map((id) => part(root, id));
  const more = /** @type {HTMLDetailsElement} */ (part(root, "dataset-more"));
  const regenerate = part(root, "regenerate");
  const settings = part(root, "data-settings");
  mountFields(settings, model, actions, { names: OF_SET, owner: "dataset" });
  mountFields(settings, model, actions, { names: OTHERS });
  mountFields(part(root, "more-data-settings"), model, actions, { names: [BALANCE], owner: "dataset" });
  regenerate.onclick = actions.regenerate;
  const facts = element("div", { class: "data-facts" });
  settings.before(facts);
  const draw = part(root, "draw");
  on(model, (state) => {
    const { spec, drawn } = currentRun(state);
    return [Boolean(drawn?.points), spec?.data, spec?.reg_dataset, spec?.problem, state.tables];
  }, (state) => {
    const { spec, drawn } = currentRun(state);
    const isOwn = Boolean(drawn?.points);
    root.classList.toggle("own", isOwn); // no generator shakes them
    regenerate.title = isOwn ? "New first weights for your points"
      : spec?.data ? "Other points to train with, and new first weights: a new seed"
      : "New data and new first weights: a new seed";
    facts.hidden = !spec?.data;
    if (!spec) return;
    if (!spec.data) facts.replaceChildren();
    else import("../ui/table_facts.js").then(({ showFacts }) => showFacts(facts, currentRun(model.get()).spec));
    if (!draw) return;
    const isDrawable = isOnPlane(spec) && !constraints.isCurve(spec); // points are drawn on the plane alone
    if (!isDrawable && draw.ariaPressed === "true") draw.click();
    draw.hidden = !isDrawable;
  });

  on(model, (state) => [currentRun(state).spec?.problem], (state) => {
    const { spec } = currentRun(state);
    if (!spec) return;
    const offered = catalog.datasets.filter(({ problem }) => problem === spec.problem);
    /** @param {boolean} isBasic */
    const thumbnails = (isBasic) => {
      return offered.filter((each) => each.basic === isBasic).map((each) => thumbnail(each, actions));
    };
    basic.replaceChildren(...thumbnails(true));
    rest.replaceChildren(...thumbnails(false));
    more.hidden = rest.children.length === 0;
    drawFurther();
  });
  more.ontoggle = drawFurther;
  async function drawFurther() {
    if (!more.open) return;
    const { showFurther } = await import("../ui/further_data.js");
    await showFurther(rest, model.get(), actions, picture);
    more.hidden = rest.children.length === 0;
    showChosen(model.get());
  }
  on(model, (state) => [state.tables], drawFurther);
  on(model, (state) => {
    const { spec } = currentRun(state);
    return [spec?.problem, spec?.dataset, spec?.reg_dataset, spec?.[BALANCE], spec?.data];
  }, showChosen);
  /** @param {import("../model/state.js").State} state */
  function showChosen(state) {
    const { spec } = currentRun(state);
    const value = spec?.data || spec?.[datasetField(spec.problem)];
    for (const group of [basic, rest]) {
      const buttons = [...group.querySelectorAll("button")];
      const chosen = buttons.find((button) => button.value === value);
      for (const button of buttons) {
        button.setAttribute("aria-checked", String(button === chosen));
        button.tabIndex = button === (chosen ?? buttons[0]) ? 0 : -1;
      }
      if (chosen && group === rest) more.open = true; // what is in use is in sight
    }
    const balance = fieldFromName.get(BALANCE);
    if (spec && ((balance && constraints.inUse(balance, spec)) || spec.data)) more.open = true;
  }
  for (const group of [basic, rest]) group.onkeydown = (/** @type {KeyboardEvent} */ event) => moveIn(group, event);
}

/**
 * The arrow keys go through a group of radio buttons.
 * @param {HTMLElement} group
 * @param {KeyboardEvent} event
 */
function moveIn(group, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...group.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons[(at + step + buttons.length) % buttons.length];
  event.preventDefault();
  event.stopPropagation();
  next.focus();
  next.click();
}

/**
 * @param {Dataset} dataset
 * @param {import("../model/actions.js").Actions} actions
 */
function thumbnail({ key, label, problem, points }, actions) {
  const field = datasetField(problem);
  const note = fieldFromName.get(field)?.choices?.find((choice) => choice.key === key)?.note;
  return element("button", {
    type: "button", role: "radio", value: key, "aria-label": label, title: note ? `${label}: ${note}` : label,
    onclick: () => actions.configure({ [field]: key }),
  }, points ? picture(points, problem) : label);
}

/**
 * @param {number[][]} points as in the catalog
 * @param {string} problem
 */
function picture(points, problem) {
  const [across, up, labels] = points.map((column) => column.map((tenths) => tenths / 10));
  const classes = problem === "classification" ? new Set(labels).size : 0;
  return pointsPicture(across.map((x, i) => [x, up[i], labels[i]]), classes > 2 ? classes : 0);
}
