// The import sheet: a table is dropped, chosen or pasted, shown as it is read, and used when somebody says so. Until
// then the run goes on as it is. It comes when it is first opened, and keeps its table for the next time.

import {
  KIND_NAMES, MOST_BYTES, PICKERS, ROLE_NAMES, badText, dataText, detailText, doubtful, guessed, isOpen, picked,
   sizeText, withKind, withRole,
} from "../model/table.js";
import { isAutoencoder } from "../model/autoencoder.js";
import { currentRun } from "../model/state.js";
import { saveFile } from "../ui/download.js";
import { element } from "../ui/element.js";
import { loadStyle } from "../ui/style.js";
import { ask } from "../wire/address.js";
import { readTable, Refused } from "../wire/table.js";

/** @typedef {import("../model/table.js").Answer} Answer */
/** @typedef {import("../model/table.js").Cells} Cells */
/** @typedef {import("../model/table.js").Choices} Choices */
/** @typedef {import("../model/table.js").Picker} Picker */
/** @typedef {{content: Blob, name: string, pasted: boolean}} Source */

const BUSY_AFTER = 300; // milliseconds
const PASTED = "Pasted cells";
const UNREACHED = "The server cannot be reached just now. Try again.";

/**
 * @param {HTMLElement} root
 * @param {import("../model/state.js").Model} model
 * @param {import("../model/actions.js").Actions} actions
 * @param {{opener: HTMLElement, session: string}} options what gets the focus back; the path of the session
 * @returns {Promise<{open: () => void, bring: (file: File) => void}>}
 */
export async function mountTable(root, model, actions, { opener, session }) {
  await loadStyle("table");
  /** @type {Source|null} */
  let source = null;
  let choices = guessed(); // what is shown
  let wanted = choices; // what was asked for last: the answer may still be under way when the next choice is made
  /** @type {Answer|null} */
  let answer = null;
  /** @type {AbortController|null} of the reading under way */
  let reading = null;

  const file = element("input", { type: "file", accept: ".csv,.tsv,.txt,text/*", hidden: true, tabIndex: -1 });
  const area = element("textarea", { id: "table-cells", rows: 6, spellcheck: false });
  const read = element("button", { type: "button", onclick: () => paste(area.value) }, "Read these cells");
  const choose = element("button", { type: "button", onclick: () => file.click() }, "Choose a file");
  const empty = element("div", { class: "table-empty" },
    element("p", {}, "Drop a CSV here, choose a file, or paste cells."), choose,
    element("label", { for: area.id }, "Cells, as a spreadsheet copies them"), area, read);
  const name = element("b", {});
  const size = element("span", { class: "note" });
  const again = element("div", { class: "table-source" }, element("p", {}, name, " ", size),
    element("button", { type: "button", onclick: () => file.click() }, "Another file"),
    element("button", { type: "button", onclick: () => show(null) }, "Paste"));
  const pickers = /** @type {Picker[]} */ (Object.keys(PICKERS)).map((key) => {
    const [label, values] = PICKERS[key];
    const options = Object.entries(values).map(([value, text]) => element("option", { value }, text));
    const open = element("option", { value: "", hidden: true }, "Choose"); // a choice of what is shown would be none
    const select = element("select", { id: `table-${key}` }, open, ...options);
    select.onchange = () => look(picked(wanted, answer, key, select.value));
    const field = element("div", { class: "field" }, element("label", { for: select.id }, label), select);
    return { key, select, field };
  });
  const body = element("div", { class: "table-body", tabIndex: 0, role: "region", "aria-label": "Table" });
  const notes = element("div", { class: "table-notes" });
  const problem = element("p", { class: "table-problem", role: "alert", hidden: true });
  const busy = element("div", { class: "table-busy", hidden: true });
  const busyText = element("span", { role: "status" });
  busy.append(busyText, element("button", { type: "button", class: "small", onclick: () => reading?.abort() }, "Stop"));
  const scaled = element("input", { type: "checkbox", id: "table-scaled" });
  scaled.onchange = () => look({ ...wanted, scaled: scaled.checked });
  const scaling = element("label", { class: "check", for: scaled.id }, scaled, "Standardise");
  const summary = element("p", { class: "table-summary", role: "status" });
  const use = element("button", { type: "button", class: "strong", onclick: take }, "Use this table");
  const save = element("button", {
    type: "button", title: "The points in use with the network's answers, as CSV", onclick: saved,
  }, "Export points");
  const cancel = element("button", { type: "button", onclick: close }, "Cancel");
  const sheet = element("div", { class: "table-sheet" }, again,
    element("div", { class: "table-pickers" }, ...pickers.map(({ field }) => field)), body, notes);
  root.append(
    element("header", {}, element("h2", { id: "table-title" }, "Your data: table"),
      element("p", { class: "note" }, "Your network runs on until you press “Use this table”."), save),
    empty, sheet, problem, busy, element("footer", {}, summary, scaling, cancel, use), file);

  // --- where a table comes from ---

  file.onchange = () => {
    const [chosen] = file.files ?? [];
    if (chosen) bring(chosen);
    file.value = ""; // the same one may be chosen again
  };
  root.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text.trim()) return;
    event.preventDefault();
    paste(text);
  });

  /** @param {string} text */
  function paste(text) {
    if (text.trim()) show({ content: new Blob([text]), name: PASTED, pasted: true });
    else area.focus();
  }

  /** @param {File} chosen */
  function bring(chosen) {
    root.hidden = false;
    if (chosen.size > MOST_BYTES) {
      return refuse(`“${chosen.name}” has ${sizeText(chosen.size)}: ${sizeText(MOST_BYTES)} are the most.`);
    }
    show({ content: chosen, name: chosen.name, pasted: false });
  }

  /** @param {Source|null} next */
  function show(next) {
    reading?.abort();
    [source, answer, choices] = [next, null, guessed()];
    paint();
    if (next) begin(next);
    else area.focus();
  }

  /**
   * What is brought beside an autoencoder is for one too, unless somebody chooses another role.
   * @param {Source} next
   */
  async function begin({ pasted }) {
    const found = await look({ ...guessed(), encoding: pasted ? "utf-8" : "" });
    /** @type {Cells|undefined} */
    const table = found?.table;
    const place = table?.columns.findIndex(({ role }) => role === "input") ?? -1;
    if (place >= 0 && isAutoencoder(currentRun(model.get()).spec)) look(withRole(wanted, place, "reconstruct"));
  }

  // --- reading ---

  /**
   * Read the table anew.
   * @param {Choices} next
   * @param {boolean} [taken] for good
   */
  async function look(next, taken = false) {
    const { spec } = currentRun(model.get());
    if (!source || !spec) return null;
    reading?.abort();
    const own = reading = new AbortController();
    wanted = next;
    const slow = setTimeout(() => { busy.hidden = false; }, BUSY_AFTER);
    busyText.textContent = "Sending the table";
    const { seed, train_percent } = spec; // which split the points
    const asked = { ...next, seed, train_percent, title: titleOf(source.name), use: taken };
    try {
      const found = await readTable(session, asked, source.content, {
        signal: own.signal, progress(row) { busyText.textContent = `Reading row ${row.toLocaleString("en")}`; },
      });
      if (reading !== own) return null;
      [choices, answer] = [next, found];
      paint();
      return found;
    } catch (error) {
      if (reading === own) {
        wanted = choices;
        paint(); // the pickers go back to what is shown
        if (!own.signal.aborted) refuse(error instanceof Refused ? error.message : UNREACHED);
      }
      return null;
    } finally {
      clearTimeout(slow);
      if (reading === own) {
        reading = null;
        busy.hidden = true;
      }
    }
  }

  async function take() {
    const found = await look(wanted, true);
    if (found?.reference && actions.useData(found.reference)) close();
  }

  async function saved() {
    save.disabled = true; // one at a time
    try {
      const found = await ask(`${session}/points.csv`);
      if (found.ok) saveFile("points.csv", await found.blob());
      else refuse((await found.json()).detail);
    } catch {
      refuse(UNREACHED);
    }
    save.disabled = false;
    save.focus();
  }

  // --- what is seen ---

  /** @param {string} sentence */
  function refuse(sentence) {
    problem.textContent = sentence;
    problem.hidden = sentence === "";
  }

  function paint() {
    const table = answer?.table ?? null;
    empty.hidden = source !== null;
    sheet.hidden = source === null;
    name.textContent = source?.name ?? "";
    const rows = table ? `, ${table.rows.toLocaleString("en")} rows` : "";
    size.textContent = source ? `${sizeText(source.content.size)}${rows}` : "";
    for (const { key, select } of pickers) {
      const value = key === "encoding" ? answer?.text?.encoding : answer?.layout?.[key];
      const isTied = isOpen(answer, key);
      select.value = isTied ? "" : value ?? choices[key];
      select.setAttribute("aria-invalid", String(isTied));
      select.disabled = key === "encoding" && source?.pasted === true;
      select.title = key === "encoding" && answer?.text ? `Because ${answer.text.why}` : "";
    }
    const at = document.activeElement?.id; // the table is made anew
    body.hidden = table === null;
    body.replaceChildren(...(table ? [grid(table)] : []));
    if (at && !document.getElementById(at)?.matches(":focus")) document.getElementById(at)?.focus();
    notes.replaceChildren(...(table ? remarks(table) : []));
    refuse(answer?.refusal ?? "");
    const data = answer?.data ?? null;
    summary.replaceChildren();
    if (data && table) {
      summary.append(element("b", {}, dataText(data)), " ", detailText(data, table.scaled));
    }
    scaled.checked = table?.scaled ?? true;
    scaling.hidden = table === null;
    use.disabled = data === null || answer?.refusal !== "";
  }

  /** @param {Cells} table */
  function grid({ columns, shown }) {
    const heads = columns.map(({ name: title, unit, kind, kinds, role, roles }, place) => {
      const ofKind = select(`table-kind-${place}`, `Kind of ${title}`, kinds, KIND_NAMES, kind,
        (value) => answer?.table && look(withKind(wanted, answer.table, place, value)));
      const ofRole = select(`table-role-${place}`, `Role of ${title}`, roles[kind], ROLE_NAMES, role,
        (value) => look(withRole(wanted, place, value)));
      const head = element("th", { scope: "col", class: `is-${role} of-${kind}` },
        element("span", { class: "name", title }, title), unit ? element("span", { class: "note" }, ` ${unit}`) : null,
        ofKind, ofRole);
      const [offset, scale] = answer?.data?.scales[place] ?? [];
      if (answer?.table?.scaled && offset !== undefined) {
        head.title = `0 stands for ${offset}, 1 for ${scale} more${unit ? ` ${unit}` : ""}`;
      }
      return head;
    });
    /** @type {HTMLElement[]} */
    const rows = [];
    shown.forEach(({ row, cells, bad }, at) => {
      if (at > 0 && row > shown[at - 1].row + 1) {
        rows.push(element("tr", { class: "gap", "aria-hidden": "true" },
          element("td", { colSpan: cells.length + 1 }, "…")));
      }
      rows.push(element("tr", {}, element("th", { scope: "row" }, row.toLocaleString("en")),
        ...cells.map((cell, place) => element("td", {
          class: `is-${columns[place].role} of-${columns[place].kind}${bad.includes(place) ? " bad" : ""}`,
        }, cell, bad.includes(place) ? element("span", { class: "unseen" }, " cannot be used") : null))));
    });
    return element("table", {}, element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
      element("tbody", {}, ...rows));
  }

  /** @param {Cells} table */
  function remarks(table) {
    const made = table.notes.map((text) => element("p", {}, text));
    if (table.taken < table.rows) {
      const of = `${table.rows.toLocaleString("en")} rows are too many: `;
      const [part, first] = [table.taken.toLocaleString("en"), { sample: "a sample of", first: "the first" }];
      const names = Object.fromEntries(Object.entries(first).map(([key, text]) => [key, `${text} ${part}`]));
      made.push(element("p", {}, of, select("table-part", "Rows", ["sample", "first"], names, choices.part,
        (part) => look({ ...wanted, part }))));
    }
    if (table.bad_count) {
      const { lead, cells } = badText(table);
      const places = doubtful(table);
      const values = ["", ...places.map(String)];
      const count = table.left_out;
      const texts = { "": `Leave out ${count === 1 ? "this row" : `these ${count.toLocaleString("en")} rows`}` };
      for (const place of places) Object.assign(texts, { [place]: `${table.columns[place].name}: classes` });
      made.push(element("p", { class: "bad" }, element("span", {}, element("b", {}, lead), cells),
        select("table-bad", "What to do with them", values, texts, "",
          (value) => value && look(withKind(wanted, table, Number(value), "class")))));
    }
    return made;
  }

  function close() {
    reading?.abort();
    root.hidden = true;
    opener.focus();
  }
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });

  paint();
  return {
    open() {
      root.hidden = false;
      if (source) look(choices); // the seed may be another one by now
      (source ? use : choose).focus();
    },
    bring,
  };
}

/** @param {string} name of a file */
const titleOf = (name) => name.replace(/\.(csv|tsv|txt)$/i, "");

/**
 * @param {string} id
 * @param {string} label
 * @param {string[]} values
 * @param {Record<string, string>} names
 * @param {string} value
 * @param {(value: string) => void} change
 */
function select(id, label, values, names, value, change) {
  const made = element("select", { id, "aria-label": label, disabled: values.length < 2 },
    ...values.map((each) => element("option", { value: each }, names[each])));
  made.value = value;
  made.onchange = () => change(made.value);
  return made;
}
