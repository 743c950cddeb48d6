// The place of the views: two tabs and a menu of all views, the view that is chosen, and that view enlarged. A view is
// a record here and a file beside this one.

import { constraints } from "../model/catalog.js";
import { unitName } from "../model/names.js";
import { currentRun, watched } from "../model/state.js";
import { on } from "../model/store.js";
import { element, icon } from "../ui/element.js";
import { mountMap } from "./map.js";

/** @typedef {import("../model/state.js").Model} Model */
/** @typedef {import("../model/actions.js").Actions} Actions */
/**
 * @typedef {object} View
 * @property {string} key
 * @property {string} label
 * @property {string} line what it shows, in one line
 * @property {string} picture name of its symbol in static/views.svg
 * @property {(...given: Parameters<Mount>) => void|Promise<void>} mount
 * @property {"square"|"fill"} large how it uses the room when it is enlarged
 * @property {"reconstruct"|"neuron"} [kind] of the network that it is for; without one it is for all
 */
/** @typedef {(root: HTMLElement, model: Model, actions: Actions, options: Options) => void} Mount */
/**
 * @typedef {object} Options
 * @property {() => boolean} visible
 * @property {HTMLElement} words where its words and switches go: they stay beside the chart when it is enlarged
 */

/** @type {View[]} the first one always has a tab; the files of the others come when they are first shown */
const VIEWS = [
  {
    key: "map", label: "Map", line: "What the network answers at each place", picture: "map",
    mount(...given) {
      mountMap(...given);
      mountPlotLater(...given);
    },
    large: "square",
  },
  {
    key: "numbers", label: "Numbers", line: "All weights and biases", picture: "numbers",
    mount: (...given) => import("./numbers.js").then(({ mountNumbers }) => mountNumbers(...given)), large: "fill",
  },
  {
    key: "metrics", label: "Measures", line: "Accuracy, and which class is taken for which", picture: "metrics",
    mount: (...given) => import("./metrics.js").then(({ mountMetrics }) => mountMetrics(...given)), large: "fill",
  },
  {
    key: "points", label: "Point list", line: "Each point, its answer and its loss", picture: "points",
    mount: (...given) => import("./points.js").then(({ mountPoints }) => mountPoints(...given)), large: "fill",
  },
  {
    key: "example", label: "One example", line: "Forward and backward, with the numbers", picture: "example",
    mount: (...given) => import("./example.js").then(({ mountExample }) => mountExample(...given)), large: "fill",
  },
  {
    key: "bending", label: "Space bending", line: "How each layer moves the plane", picture: "bending",
    mount: (...given) => import("./bending.js").then(({ mountBending }) => mountBending(...given)), large: "fill",
  },
  {
    key: "landscape", label: "Landscape", line: "The hills of the loss and the way down", picture: "landscape",
    mount: (...given) => import("./landscape.js").then(({ mountLandscape }) => mountLandscape(...given)),
    large: "fill",
  },
  {
    key: "gradients", label: "Gradients", line: "How much each layer still learns", picture: "gradients",
    mount: (...given) => import("./gradients.js").then(({ mountGradients }) => mountGradients(...given)),
    large: "fill",
  },
  {
    key: "importance", label: "Importance", line: "The loss without each part", picture: "importance",
    mount: (...given) => import("./importance.js").then(({ mountImportance }) => mountImportance(...given)),
    large: "fill",
  },
  {
    key: "difference", label: "Difference", line: "The map now minus the map at a mark", picture: "difference",
    mount: (...given) => import("./difference.js").then(({ mountDifference }) => mountDifference(...given)),
    large: "square",
  },
  {
    key: "compare", label: "Compare", line: "Two runs that differ in one setting", picture: "compare",
    mount: (...given) => import("./compare.js").then(({ mountCompare }) => mountCompare(...given)), large: "fill",
  },
  {
    key: "codes", label: "Codes", line: "What the narrowest layer makes of each row", picture: "codes",
    mount: (...given) => import("./codes.js").then(({ mountCodes }) => mountCodes(...given)), large: "fill",
    kind: "reconstruct",
  },
  {
    key: "plane", label: "Code plane", line: "Two numbers for each row, beside PCA", picture: "plane",
    mount: (...given) => import("./code_plane.js").then(({ mountCodePlane }) => mountCodePlane(...given)),
    large: "fill", kind: "reconstruct",
  },
  {
    key: "rebuilt", label: "Reconstruction", line: "What is lost of each column and row", picture: "rebuilt",
    mount: (...given) => import("./reconstruction.js").then(({ mountReconstruction }) => mountReconstruction(...given)),
    large: "fill", kind: "reconstruct",
  },
  {
    key: "neuron", label: "One neuron", line: "Three sliders, a line, and the rule", picture: "neuron",
    mount: (...given) => import("./neuron.js").then(({ mountNeuron }) => mountNeuron(...given)), large: "fill",
    kind: "neuron",
  },
  {
    key: "seeds", label: "Many seeds", line: "The same from other first weights: skill or luck", picture: "seeds",
    mount: (...given) => import("./seeds.js").then(({ mountSeeds }) => mountSeeds(...given)), large: "fill",
  },
  {
    key: "sweep", label: "Sweep", line: "One or two settings over a grid", picture: "sweep",
    mount: (...given) => import("./sweep.js").then(({ mountSweep }) => mountSweep(...given)), large: "fill",
  },
];

/**
 * In the place of the map a network with one input has a plot; its file comes with the first of them.
 * @type {Mount}
 */
function mountPlotLater(root, model, actions, options) {
  let isAsked = false;
  on(model, (state) => [constraints.isCurve(currentRun(state).spec)], async (state) => {
    if (isAsked || !constraints.isCurve(currentRun(state).spec)) return;
    isAsked = true;
    try {
      const { mountPlot } = await import("./plot.js");
      mountPlot(root, model, actions, options);
    } catch {
      isAsked = false;
      actions.toast("The plot did not load: the server cannot be reached just now.");
    }
  });
}

// A reload shows the same tabs again. The link names the view that is open; who watches has none, and this alone.
const STORED = "views";

/**
 * A view is mounted when it is first shown. Enlarged, it changes places with the network: both are moved, not made
 * anew, so that neither loses what it shows.
 * @param {HTMLElement} root
 * @param {Model} model
 * @param {Actions} actions
 * @param {object} options
 * @param {string} options.place its name in the state; each stage has its own
 * @param {HTMLElement} options.network which is small while a view is enlarged
 * @param {HTMLElement} options.frame where the enlarged view goes
 * @param {HTMLElement} options.menu
 */
export function mountStage(root, model, actions, { place, network, frame, menu }) {
  const tabs = element("div", { role: "tablist", "aria-label": "View" });
  const opener = element("button", { type: "button", id: "views" }, "Views", icon("caret"));
  const unit = element("p", { class: "stage-unit", "aria-live": "polite" });
  const enlarge = element("button", { type: "button", id: "enlarge", class: "tiny quiet" });
  const head = element("div", { class: "stage-head" },
    element("div", { class: "tabs", "data-control": "views" }, tabs, opener), unit, enlarge);
  const body = element("div", { class: "stage" });
  const words = element("div", { class: "stage-words" });
  root.append(head, body, words);
  const title = element("h2", { id: `${place}-large-title` });
  const line = element("p", { class: "fill" });
  const frameHead = element("header", {}, title, line);
  const frameBody = element("div", { class: "large-body" });
  frame.append(frameHead, frameBody);
  frame.setAttribute("aria-labelledby", title.id);

  const stands = VIEWS.map((view) => {
    const [id, tabId] = [`${place}-${view.key}`, `${place}-tab-${view.key}`];
    const panel = element("div", { id, role: "tabpanel", "aria-labelledby": tabId, hidden: true });
    const own = element("div", { class: "view-words", hidden: true });
    const tab = element("button", {
      type: "button", id: tabId, role: "tab", "aria-controls": id, onclick: () => show(view.key),
    }, view.label);
    return { view, panel, words: own, tab, mounted: false };
  });
  tabs.append(...stands.map(({ tab }) => tab));
  body.append(...stands.map(({ panel }) => panel));
  words.append(...stands.map((stand) => stand.words));
  const standOf = (/** @type {string} */ key) => stands.find(({ view }) => view.key === key) ?? stands[0];

  tabs.onkeydown = (event) => {
    if (!["ArrowRight", "ArrowLeft"].includes(event.key)) return;
    event.stopPropagation();
    const other = model.get().places[place] === VIEWS[0].key ? second : VIEWS[0].key;
    show(other);
    standOf(other).tab.focus();
  };
  opener.setAttribute("aria-haspopup", "menu");
  opener.onclick = openMenu;
  async function openMenu() { // its code comes with the first use
    opener.onclick = null;
    try {
      const { mountMenu } = await import("./menu.js");
      const setOpen = await mountMenu(menu, { opener, views: VIEWS, model, place, choose(key) {
        show(key);
        const { tab } = standOf(key);
        tab.hidden = false; // now, not with the next picture: the focus goes there
        tab.focus();
      } });
      setOpen(true);
    } catch {
      opener.onclick = openMenu;
      actions.toast("The server cannot be reached just now. Try again.");
    }
  }

  const before = remembered();
  let second = standOf(before.second ?? VIEWS[1].key).view.key; // the view that has the other tab
  // The tabs follow with the next picture, but a key may come before it.
  function show(/** @type {string} */ key) {
    if (key !== VIEWS[0].key) second = key;
    actions.showView(place, key);
  }
  show(standOf(before.view ?? VIEWS[0].key).view.key);
  on(model, (state) => [state.view.open], ({ view: { open }, places }) => { // a link has been opened
    if (open === places[place]) return;
    if (standOf(open).view.key !== open) actions.toast(`There is no view “${open}”: the map is shown.`, [], true);
    show(standOf(open).view.key);
  });
  on(model, (state) => [state.places[place], second], ({ places }) => {
    const shown = places[place];
    if (shown !== VIEWS[0].key) second = shown; // wherever it was chosen
    for (const stand of stands) {
      const { view, panel, tab } = stand;
      const isShown = shown === view.key;
      panel.hidden = stand.words.hidden = !isShown;
      tab.hidden = ![VIEWS[0].key, second].includes(view.key);
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      if (!isShown) continue;
      [title.textContent, line.textContent, frameBody.dataset.large] = [view.label, view.line, view.large];
      if (stand.mounted) continue;
      stand.mounted = true;
      const visible = () => model.get().places[place] === view.key;
      Promise.resolve(view.mount(panel, model, actions, { visible, words: stand.words })).catch((error) => {
        panel.replaceChildren(element("p", { class: "waiting" }, "This view did not load. Reload the page."));
        reportError(error);
      });
    }
  });
  on(model, (state) => [watched(state), currentRun(state).spec], (state) => {
    const { spec } = currentRun(state);
    unit.textContent = spec ? unitName(watched(state), spec) : "";
  });

  // Where there is room for one pane at a time, a view has the whole width already.
  const isWide = matchMedia("(min-width: 44rem)");
  const setLarge = (/** @type {boolean} */ isLarge) => actions.enlarge(isLarge && isWide.matches);
  isWide.addEventListener("change", () => setLarge(model.get().enlarged));
  setLarge(Boolean(before.enlarged));
  on(model, (state) => [state.enlarged], ({ enlarged }) => {
    const focused = document.activeElement;
    frame.hidden = !enlarged;
    network.classList.toggle("mini", enlarged);
    if (enlarged) {
      body.replaceWith(network);
      frameBody.append(body);
      frameHead.append(unit);
    } else if (network.parentElement === root) {
      network.replaceWith(body);
      frame.after(network);
      enlarge.before(unit);
    }
    const label = enlarged ? "Shrink the view" : "Enlarge the view";
    enlarge.replaceChildren(icon(enlarged ? "less" : "large"));
    enlarge.setAttribute("aria-label", label);
    enlarge.title = `${label} (E)`;
    if (focused !== document.activeElement && focused instanceof HTMLElement) focused.focus(); // moved, it lost it
    if (focused !== document.body && document.activeElement === document.body) enlarge.focus();
  });
  on(model, (state) => [state.places[place], state.enlarged], ({ places, enlarged }) => {
    remember({ view: places[place], second, enlarged });
  });
  enlarge.onclick = () => setLarge(!model.get().enlarged);
  // A double click on a table marks a word, to be copied.
  body.addEventListener("dblclick", ({ target }) => {
    if (/** @type {Element} */ (target).matches("canvas")) setLarge(!model.get().enlarged);
  });
  addEventListener("keydown", (event) => { // what opened last closes first: a card, a panel, then this
    const { pinned, spotlight } = model.get();
    const isTaken = event.defaultPrevented || pinned || spotlight || document.querySelector("dialog[open]");
    if (event.key === "Escape" && !isTaken) setLarge(false);
  });
}

/** @returns {{view?: string, second?: string, enlarged?: boolean}} */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
  } catch {
    return {}; // a browser that keeps nothing, or what somebody else has kept there
  }
}

/** @param {{view: string, second: string, enlarged: boolean}} now */
function remember(now) {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(now));
  } catch { /* a browser that keeps nothing */ }
}
