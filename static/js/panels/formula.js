// Formula: data and features that somebody writes. It comes when it is first opened. The network goes on with what it
// has until a formula is right and is taken.

import { drawField } from "../draw/field.js";
import { SMOOTH, classRamp } from "../draw/palette.js";
import { swatch } from "../draw/shapes.js";
import { columnText, numbered } from "../model/expressions.js";
import { inputLabel } from "../model/names.js";
import { classesPreview, valuePreview } from "../model/previews.js";
import { currentRun } from "../model/state.js";
import { on } from "../model/store.js";
import { factsOf, isOnPlane, shapeOf } from "../model/tables.js";
import { FORMULA, MOST_WRITTEN, canonical, isWritten, readable } from "../model/written.js";
import { contextOf } from "../ui/canvas.js";
import { element, icon } from "../ui/element.js";
import { formulaField } from "../ui/formula_field.js";
import { loadStyle } from "../ui/style.js";

const REG_FORMULA = "reg-formula";
const MOST_REGIONS = 5;
const LONGEST_FEATURE = 120;
const EXAMPLES = {
  classification: [["y > 2 * sin(x)"], ["abs(x) < 2 and y > sin(x)"], ["x^2 + y^2 < 4", "y > x"]],
  regression: [["sin(x) * cos(y)"], ["gauss(x / 2) * y / 4"], ["log(x^2 + y^2) / 4"]],
  feature: [["x * y^2"], ["sqrt(x^2 + y^2)"], ["gauss(x - 2)"], ["max(x, y)"]],
};
const WORDS = "+ − * / ^ ( ), < <= > >= = !=, and or not; x y pi e; "
  + "sin cos tan exp log sqrt abs min max sign floor atan2 gauss";

/** @typedef {import("../model/previews.js").Preview} Preview */

/**
 * @param {HTMLElement} opener
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{before: HTMLElement}} options what it stands before, in the middle of the page
 * @returns {Promise<() => void>} opens it, or closes it
 */
export async function mountFormula(opener, model, actions, { before }) {
  await loadStyle("formula");
  const spec = () => currentRun(model.get()).spec;
  const isRegression = () => spec()?.problem === "regression";
  /** @type {ReturnType<typeof formulaField>[]} what is written of the data: regions, or a value */
  let fields = [];
  let known = { problem: "", texts: "" }; // in use when it was shown here

  const rows = element("div", { class: "formula-rows" });
  const more = element("button", { type: "button", class: "small", onclick: addRegion }, "Add a class");
  const data = exhibit();
  const use = element("button", { type: "button", class: "strong", onclick: takeData }, "Use these data");
  const said = element("p", { class: "formula-said", role: "status" });
  const examples = element("div", { class: "formula-examples", role: "group", "aria-label": "Examples" });
  /** The names of a table's columns, which features are of then. */
  const names = () => {
    const now = spec();
    return now && !isOnPlane(now) ? factsOf(now)?.columns.map(({ name }) => name) ?? null : null;
  };
  const feature = formulaField({
    label: "New feature", kind: "a number", changed: showFeature, enter: addFeature, names,
  });
  const ofPlane = exampleButtons(EXAMPLES.feature, tryFeature);
  const ofColumns = element("div", { class: "formula-examples", role: "group", "aria-label": "Columns" });
  const picture = exhibit();
  const add = element("button", { type: "button", onclick: addFeature }, "Add this feature");
  const featureSaid = element("p", { class: "formula-said", role: "status" });
  const own = element("div", { class: "formula-own", role: "group", "aria-label": "Features that you have written" });
  const close = element("button", {
    type: "button", class: "tiny quiet", "aria-label": "Close", title: "Close (Esc)", onclick: () => open(false),
  }, icon("close"));
  const ofFeatures = element("div", { class: "formula-part" },
    element("div", {}, feature.root, ofPlane, ofColumns, own), picture.root,
    element("div", { class: "formula-foot" }, featureSaid, add));
  const panel = element("section", { class: "panel formulas", "aria-labelledby": "formula-title", hidden: true },
    element("header", {}, element("h2", { id: "formula-title" }, "Formula"),
      element("p", { class: "note" }, "x and y go from −6 to 6. Nothing changes until you take it."), close),
    element("div", { class: "formula-part" }, element("div", {}, rows, more, examples), data.root,
      element("div", { class: "formula-foot" }, said, use)),
    ofFeatures,
    element("p", { class: "note" }, WORDS));
  before.before(panel);

  // --- the data ---

  /** @param {string[]} texts */
  function build(texts) {
    const label = (/** @type {number} */ index) => (isRegression() ? "Value =" : `Class ${index + 2} where`);
    const kind = isRegression() ? "a number" : "a condition";
    fields = texts.map((text, index) => {
      const field = formulaField({ label: label(index), kind, changed: showData, enter: takeData });
      field.input.value = text;
      return field;
    });
    rows.replaceChildren(...fields.map(({ root, input }, index) => {
      if (fields.length === 1) return root;
      const name = `Remove class ${index + 2}`;
      const remove = element("button", {
        type: "button", class: "tiny quiet", "aria-label": name, title: name, onclick: () => {
          build(fields.map((each) => each.input.value).toSpliced(index, 1));
          fields[Math.min(index, fields.length - 1)].input.focus();
        },
      }, icon("close"));
      input.after(remove);
      root.classList.add("removable");
      return root;
    }));
    more.hidden = isRegression() || texts.length >= MOST_REGIONS;
    showData();
  }

  function addRegion() {
    build([...fields.map(({ input }) => input.value), ""]);
    fields.at(-1)?.input.focus();
  }

  /** The parts of what is written; null while something is wrong, which its field says. */
  function readData() {
    const parts = fields.map((field) => field.check());
    return parts.every((part) => part !== null) ? parts.map(({ value }) => value) : null;
  }

  function showData() {
    const values = readData();
    const preview = values && (isRegression() ? valuePreview(values[0]) : classesPreview(values));
    const why = preview ? obstacle(preview) : "";
    use.setAttribute("aria-disabled", String(!preview || why !== ""));
    said.textContent = preview ? `${isInUse() ? "In use. " : ""}${why || words(preview)}` : "";
    data.show(preview);
    return preview !== null && why === "";
  }

  function takeData() {
    if (!showData()) return fields.find((field) => field.check() === null)?.input.focus();
    const texts = fields.map(({ input }) => canonical(input.value));
    actions.configure(isRegression() ? { reg_dataset: REG_FORMULA, surface: texts[0], data: "" }
      : { dataset: FORMULA, regions: texts, data: "" });
  }

  function showWritten() {
    const now = spec();
    if (!now) return;
    known = { problem: now.problem, texts: textsInUse() };
    build(isRegression() ? [readable(now.surface)] : now.regions.map(readable));
    examples.replaceChildren(...exampleButtons(EXAMPLES[isRegression() ? "regression" : "classification"],
      (texts) => { build(texts); fields[0].input.focus(); }).children);
  }

  // --- features ---

  function showFeature() {
    featureSaid.textContent = "";
    const isEmpty = feature.input.value.trim() === "";
    const part = isEmpty ? (feature.clear(), null) : feature.check();
    const preview = part && valuePreview(part.value);
    add.setAttribute("aria-disabled", String(!preview));
    if (!names()) picture.show(preview && { ...preview, bytes: clipped(part.value) }); // else the server has the rows
    const holes = preview?.holes ?? 0;
    if (holes) featureSaid.textContent = `No value in ${percent(holes)} of the square: the network gets 0 there.`;
    return preview !== null;
  }

  /** @param {string[]} texts */
  function tryFeature([text]) {
    feature.input.value = text;
    showFeature();
    feature.input.focus();
  }

  function addFeature() {
    const now = spec();
    if (!now || !showFeature()) return feature.input.focus();
    const columns = names();
    const key = `=${canonical(columns ? numbered(feature.input.value, columns) : feature.input.value)}`;
    const written = now.features.filter(isWritten);
    const why = now.features.includes(key) ? "The network has this feature already."
      : written.length >= MOST_WRITTEN ? `A network has at most ${MOST_WRITTEN} written features.`
        : key.length - 1 > LONGEST_FEATURE ? `A feature has at most ${LONGEST_FEATURE} characters.` : "";
    if (!why) actions.configure({ features: [...now.features, key] });
    featureSaid.textContent = why || `Added: ${inputLabel(key, now)}.`;
    if (why) return feature.input.focus();
    feature.input.value = "";
    feature.clear();
    picture.show(null);
    add.setAttribute("aria-disabled", "true");
  }

  /** What a new feature may be of. */
  function showNames() {
    const columns = names();
    [ofPlane.hidden, picture.root.hidden, ofColumns.hidden] = [columns !== null, columns !== null, columns === null];
    const shape = shapeOf(/** @type {import("../model/catalog.js").Spec} */ (spec()));
    ofFeatures.hidden = shape?.columns === 1; // has its one input alone
    const note = "0 is a column’s mean, 1 its standard deviation.";
    ofColumns.replaceChildren(element("p", { class: "note" }, note), ...(columns ?? []).map((_, column) => {
      const text = columnText(column, columns ?? []);
      const onclick = () => insert(text);
      return element("button", { type: "button", class: "small", title: "Write this", onclick }, text);
    }));
  }

  /** @param {string} text at the caret */
  function insert(text) {
    const { input } = feature;
    input.focus();
    input.setRangeText(text, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    showFeature();
  }

  function showOwn() {
    const written = spec()?.features.filter(isWritten) ?? [];
    own.hidden = written.length === 0;
    const now = spec();
    own.replaceChildren(...written.map((key) => {
      const name = now ? inputLabel(key, now) : key;
      const remove = () => {
        actions.configure({ features: (spec()?.features ?? []).filter((each) => each !== key) });
        feature.input.focus();
      };
      return element("span", { class: "chip" }, element("span", {}, name), element("button", {
        type: "button", class: "tiny quiet", "aria-label": `Remove the feature ${name}`, onclick: remove,
      }, icon("close")));
    }));
  }

  // --- its place ---

  const textsInUse = () => JSON.stringify(isRegression() ? [spec()?.surface] : spec()?.regions);
  const writtenTexts = () => JSON.stringify(fields.map(({ input }) => canonical(input.value)));
  const isInUse = () => {
    const isChosen = isRegression() ? spec()?.reg_dataset === REG_FORMULA : spec()?.dataset === FORMULA;
    return isChosen && textsInUse() === writtenTexts();
  };

  /** @param {boolean} wanted */
  function open(wanted) {
    if (wanted === !panel.hidden) return;
    panel.hidden = !wanted;
    opener.setAttribute("aria-expanded", String(wanted));
    if (!wanted) return opener.focus();
    showWritten();
    showNames();
    showFeature();
    showOwn();
    panel.scrollIntoView({ block: "nearest" });
    fields[0].input.focus();
  }
  panel.onkeydown = (event) => {
    if (event.key === "Escape") open(false);
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); // letters are written here
  };
  on(model, (state) => {
    const { spec: now } = currentRun(state);
    return [now?.problem, now?.dataset, now?.reg_dataset, JSON.stringify(now?.regions), now?.surface];
  }, () => {
    if (panel.hidden) return;
    // What somebody is writing stays; what was only shown follows what is in use.
    if (known.problem !== spec()?.problem || known.texts === writtenTexts()) showWritten();
    else showData();
  });
  on(model, (state) => [currentRun(state).spec?.features, currentRun(state).spec?.data, state.tables], () => {
    if (panel.hidden) return;
    showNames();
    showOwn();
  });

  return () => open(Boolean(panel.hidden));
}

/** A picture of a formula, and the colours of its classes. */
function exhibit() {
  const canvas = element("canvas", { width: 1, height: 1, role: "img", "aria-label": "Preview" });
  const context = contextOf(canvas);
  const key = element("p", { class: "formula-key" });
  /** @param {Preview|null} preview */
  function show(preview) {
    canvas.classList.toggle("stale", preview === null); // the last one that was right
    if (!preview) return;
    const { bytes, shares } = preview;
    drawField(context, bytes, shares.length > 2 ? CLASS_COLOURS : SMOOTH);
    canvas.ariaLabel = `Preview: ${words(preview)}`;
    key.replaceChildren(...shares.map((share, index) => {
      const disc = element("span", { class: "swatch" });
      disc.style.background = `var(--${index ? "positive" : "negative"})`;
      return element("span", {}, shares.length > 2 ? swatch(index) : disc, ` ${index + 1}: ${percent(share)}`);
    }));
  }
  return { root: element("div", { class: "formula-picture" }, canvas, key), show };
}

const CLASS_COLOURS = Uint32Array.from({ length: 256 }, (_, byte) => {
  return byte < 10 ? classRamp(byte, 0, false)[254] : SMOOTH[byte];
});

/**
 * A feature as the network gets it: not scaled.
 * @param {import("../model/expressions.js").Value} value
 */
const clipped = (value) => valuePreview((x, y) => Math.max(-1, Math.min(1, value(x, y)))).bytes;

/**
 * Why these cannot be the data, in a sentence; empty where they can.
 * @param {Preview} preview
 */
function obstacle({ shares, holes }) {
  if (holes === 1) return "It has no value anywhere in the square.";
  const empty = shares.indexOf(0);
  if (empty > 0) return `Class ${empty + 1} has no part of the square.`;
  return empty === 0 ? "Class 1, which is what is in no region, has no part of the square." : "";
}

/** @param {Preview} preview */
function words({ shares, holes, scale }) {
  const parts = shares.map((share, index) => {
    return index ? `class ${index + 1} ${percent(share)}` : `Class 1 has about ${percent(share)} of the square`;
  });
  return [
    parts.length > 0 && `${parts.join(", ")}.`,
    holes > 0 && `No value in ${percent(holes)} of it: there are no points there.`,
    scale > 1 && `The values are divided by ${scale.toPrecision(3)}, so that they are from −1 to 1.`,
  ].filter(Boolean).join(" ");
}

/** @param {number} share */
const percent = (share) => (share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`);

/**
 * @param {string[][]} all
 * @param {(texts: string[]) => void} take
 */
function exampleButtons(all, take) {
  return element("div", { class: "formula-examples" }, ...all.map((texts) => element("button", {
    type: "button", class: "small", title: "Write this", onclick: () => take(texts),
  }, texts.join("; "))));
}
