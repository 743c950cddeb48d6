// Plane: which two columns a map shows, or the main directions, and where the other columns are held.

import { element } from "./element.js";
import { createPopovers } from "./popovers.js";

/** @typedef {{columns: [number, number], row: number|null}} Named */

/**
 * @param {string[]} names of all columns
 * @param {() => Named|null} shown what the map shows; null are the main directions
 * @param {(named: Named|null) => void} show
 */
export function planeChooser(names, shown, show) {
  const across = choice("Across", ["Main directions", ...names]);
  const up = choice("Up", names);
  const held = element("p", { class: "note", role: "status" });
  const median = element("button", { type: "button", class: "small" }, "Others at their median");
  const root = element("div", { class: "plane-chooser" });
  const popover = createPopovers(root);
  root.append(popover("plane", "Plane ▾", "Plane: what the map shows", () => [across.root, up.root, held, median]));

  function refresh() {
    const named = shown();
    across.select.value = String(named ? named.columns[0] + 1 : 0);
    up.root.hidden = median.hidden = !named;
    if (!named) return held.replaceChildren("The two directions along which the points differ most.");
    up.select.value = String(named.columns[1]);
    median.hidden = named.row === null;
    held.textContent = named.row === null
      ? "The other columns are held at their median. A click on a point holds them there."
      : `The other columns are held as in row ${named.row + 1}.`;
  }
  root.addEventListener("toggle", refresh, true);
  addEventListener("pointerup", () => { if (root.isConnected && root.querySelector("[open]")) refresh(); });

  /** @param {Named|null} named */
  function take(named) {
    show(named);
    refresh();
  }
  across.select.onchange = () => {
    const first = Number(across.select.value) - 1;
    const second = shown()?.columns[1] ?? first + 1;
    if (first < 0) return take(null);
    take({ columns: [first, other(second, first)], row: shown()?.row ?? null });
  };
  up.select.onchange = () => {
    const second = Number(up.select.value);
    take({ columns: [other(shown()?.columns[0] ?? 0, second), second], row: shown()?.row ?? null });
  };
  median.onclick = () => {
    const named = shown();
    if (named) take({ ...named, row: null });
    across.select.focus();
  };

  /**
   * The column, or another one where that is taken.
   * @param {number} column
   * @param {number} taken
   */
  function other(column, taken) {
    return (column === taken ? column + 1 : column) % names.length;
  }
  return root;
}

/**
 * @param {string} label
 * @param {string[]} names
 */
function choice(label, names) {
  const options = names.map((name, i) => element("option", { value: String(i) }, name));
  const select = element("select", { "aria-label": label }, ...options);
  const word = element("span", { "aria-hidden": "true" }, label);
  return { select, root: element("label", { class: "field" }, word, select) };
}
