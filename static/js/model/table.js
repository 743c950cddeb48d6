// A table that somebody brings: what they choose of how it is read, and what the server says of it, in words.

/**
 * @typedef {object} Choices of how a table is read; "" where the guess counts
 * @property {string} encoding
 * @property {string} separator
 * @property {string} decimal
 * @property {string} header
 * @property {string} part which rows are taken of too many
 * @property {Record<number, string>} kinds of columns, by place
 * @property {Record<number, string>} roles
 * @property {boolean|null} scaled
 */
/** @typedef {{row: number, column: number, cell: string, missing: boolean}} BadCell */
/**
 * @typedef {object} TableColumn
 * @property {string} name
 * @property {string} unit
 * @property {string} kind
 * @property {string[]} kinds that it can be
 * @property {string} role
 * @property {Record<string, string[]>} roles that it can have, by kind
 */
/**
 * @typedef {object} Cells
 * @property {number} rows of the text
 * @property {number} taken of them
 * @property {number} left_out of those, because of a cell that cannot be used
 * @property {string[]} notes
 * @property {boolean} scaled
 * @property {BadCell[]} bad the first of them
 * @property {number} bad_count
 * @property {TableColumn[]} columns
 * @property {{row: number, cells: string[], bad: number[]}[]} shown
 */
/**
 * @typedef {object} Data what the table makes
 * @property {number} rows
 * @property {number} inputs
 * @property {"class"|"number"|"reconstruct"} kind
 * @property {string[]} targets
 * @property {[string, number][]} classes
 * @property {Record<string, [number, number]>} scales offset and scale of columns with numbers, by place
 * @property {boolean} split it says which points are for training
 */
/**
 * @typedef {object} Answer of the server
 * @property {string} refusal the sentence of why it cannot be used
 * @property {{encoding: string, label: string, why: string}|null} text
 * @property {{separator: string, decimal: string, header: string, ties: [string, string][]}|null} layout
 * @property {Cells|null} table
 * @property {Data|null} data
 * @property {string} [reference] of the stored data set, once it is taken
 */

export const MOST_BYTES = 16 * 2 ** 20; // as the server allows
const CELLS_NAMED = 4;

/** By name the pickers above the table, each with its values and their words. */
export const PICKERS = /** @type {const} */ ({
  separator: ["Separator", { "\t": "Tab", ";": "Semicolon ;", ",": "Comma ,", "|": "Bar |", " ": "Space" }],
  decimal: ["Decimal mark", { ".": "Point 3.14", ",": "Comma 3,14" }],
  header: ["First row", { names: "Names", units: "Names, then units", none: "Numbers" }],
  encoding: ["Text", { "utf-8": "UTF-8", "utf-16": "UTF-16", "windows-1252": "Windows-1252" }],
});
/** @typedef {keyof typeof PICKERS} Picker */

/** @type {Readonly<Record<string, string>>} */
export const KIND_NAMES = { number: "Number", class: "Class" };
/** @type {Readonly<Record<string, string>>} */
export const ROLE_NAMES = {
  input: "Input", target: "Target", reconstruct: "Reconstruct", split: "Split", out: "Left out",
};

/** @returns {Choices} */
export const guessed = () => ({
  encoding: "", separator: "", decimal: "", header: "", part: "sample", kinds: {}, roles: {}, scaled: null,
});

/**
 * Another value of a picker. What else is shown stays as it is, except for what hangs on it: another encoding or
 * separator makes other columns.
 * @param {Choices} choices
 * @param {Answer|null} answer
 * @param {Picker} picker
 * @param {string} value
 * @returns {Choices}
 */
export function picked(choices, answer, picker, value) {
  const { encoding, part } = choices;
  if (picker === "encoding") return { ...guessed(), part, encoding: value };
  if (picker === "separator") return { ...guessed(), part, encoding, separator: value };
  const shown = answer?.layout ?? guessed();
  const { separator, decimal, header } = choices; // of a reading that may still be under way
  return {
    ...choices, separator: separator || shown.separator, decimal: decimal || shown.decimal,
    header: header || shown.header, [picker]: value,
  };
}

/**
 * Do several values of a picker fit equally well?
 * @param {Answer|null} answer
 * @param {Picker} picker
 */
export function isOpen(answer, picker) {
  const { separator, decimal, ties } = answer?.layout ?? { separator: "", decimal: "", ties: [] };
  if (picker === "separator") return ties.some(([other]) => other !== separator);
  return picker === "decimal" && ties.some(([of, other]) => of === separator && other !== decimal);
}

/**
 * Another kind of a column. Words that are no target are left out, if there is one.
 * @param {Choices} choices
 * @param {Cells} table
 * @param {number} place
 * @param {string} kind
 * @returns {Choices}
 */
export function withKind(choices, table, place, kind) {
  const { [place]: _, ...roles } = choices.roles;
  const hasTarget = table.columns.some(({ role }, at) => role === "target" && at !== place);
  if (kind === "class" && hasTarget) roles[place] = "out";
  return { ...choices, kinds: { ...choices.kinds, [place]: kind }, roles };
}

/**
 * @param {Choices} choices
 * @param {number} place
 * @param {string} role
 * @returns {Choices}
 */
export function withRole(choices, place, role) {
  const before = Object.entries(choices.roles);
  // Inputs are reconstructed all together, or not at all: an older choice gives way.
  const kept = before.filter(([, each]) => !isContrary(each, role));
  return { ...choices, roles: { ...Object.fromEntries(kept), [place]: role } };
}

/**
 * @param {string} one
 * @param {string} other
 */
const isContrary = (one, other) => {
  return [one, other].includes("reconstruct") && one !== other && ![one, other].some((each) => /out|split/.test(each));
};

/** @param {number} value */
const counted = (value) => value.toLocaleString("en");

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
const plural = (count, one, many = `${one}s`) => `${counted(count)} ${count === 1 ? one : many}`;

/** @param {string} name with which the words about it begin */
const shortened = (name) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

/** @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * What is made of the table: rows, inputs and what is to be learnt.
 * @param {Data} data
 */
export function dataText({ rows, inputs, kind, targets, classes }) {
  const wanted = {
    class: plural(classes.length, "class", "classes"),
    number: `learns ${targets.map((name) => `“${shortened(name)}”`).join(", ")}`,
    reconstruct: "reconstructs its inputs",
  }[kind];
  return `${plural(rows, "row")}, ${plural(inputs, "input")}, ${wanted}.`;
}

/**
 * @param {Data} data
 * @param {boolean} scaled
 */
export function detailText({ classes, split, kind }, scaled) {
  const counts = classes.slice(0, 3).map(([name, count]) => `${shortened(name)}: ${counted(count)}`).join(", ");
  const classText = classes.length ? `${counts}${classes.length > 3 ? " …" : ""}.` : "";
  const inputs = `Inputs are standardised${kind === "number" ? ", targets scaled to −1 to 1" : ""}.`;
  return [classText, scaled ? inputs : "", split ? "The table says which rows are for training." : ""]
    .filter(Boolean).join(" ");
}

/**
 * The cells that cannot be used, the first ones by row and column.
 * @param {Cells} table
 */
export function badText({ bad, bad_count: count, columns }) {
  const named = bad.slice(0, CELLS_NAMED).map(({ row, column, cell }) => {
    return `row ${counted(row)}, ${shortened(columns[column].name)} ${cell.trim() ? `“${cell}”` : "empty"}`;
  });
  const all = bad.every(({ missing }) => missing);
  const none = bad.every(({ missing }) => !missing);
  const what = all ? (count === 1 ? "is missing" : "are missing")
    : none ? (count === 1 ? "is not a number" : "are not numbers")
    : "are missing or not numbers";
  return {
    lead: `${plural(count, "cell")} ${what}: `,
    cells: `${named.join("; ")}${count > named.length ? "; …" : "."}`,
  };
}

/**
 * The columns with numbers whose other cells keep rows out: they may be classes instead.
 * @param {Cells} table
 */
export function doubtful({ bad, columns }) {
  const places = [...new Set(bad.map(({ column }) => column))];
  return places.filter((place) => columns[place].kind === "number");
}
