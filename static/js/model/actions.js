// What a person can do. Each action changes the state at once and tells the server; nothing else does either.

import { addressActions } from "./address_actions.js";
import { constraints, fieldFromName } from "./catalog.js";
import { newSeed } from "./link.js";
import { MASKS, Masks } from "./masks.js";
import { lookingActions } from "./looking_actions.js";
import { activationsOf } from "./network_shape.js";
import { dismissed, edited, toasted, withRun } from "./state.js";
import { timelineActions } from "./timeline_actions.js";
import { MAIN, TWIN } from "../wire/protocol.js";

const SUBSCRIBE_EVERY = 40; // milliseconds
const VALUE_SHOWN = 40; // characters of a value in a sentence

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Target} Target */
/** @typedef {import("./catalog.js").Patch} Patch */
/** @typedef {import("../wire/protocol.js").Command} Command */
/** @typedef {import("../wire/protocol.js").Topic} Topic */
/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * The actions concern the main run and, while it is compared, its twin.
 * @param {import("./store.js").Store<State>} store
 * @param {(command: Command) => boolean} send
 */
export function createActions(store, send) {
  const run = () => store.get().runs[MAIN];
  /** @type {string|undefined} */
  let lastDrag;

  /** @param {Partial<import("./run.js").Run>} patch */
  function updateRun(patch) {
    store.update((state) => Object.keys(state.runs).reduce((next, id) => {
      return withRun(next, id, (each) => ({ ...each, ...patch }));
    }, state));
  }

  /** @param {Patch} patch */
  const edit = (patch) => store.update((state) => {
    const next = edited(state, MAIN, patch);
    if (!(TWIN in next.runs)) return next;
    const own = next.runs[MAIN].twin?.fields ?? [];
    return edited(next, TWIN, Object.fromEntries(Object.entries(patch).filter(([name]) => !own.includes(name))));
  });

  /** @type {ReturnType<typeof import("./comparing.js").comparingActions>|null} */
  let comparing = null;

  /** @param {Exclude<Command, {type: "ack"|"beat"|"subscribe"|"vote"}>} command for the main run */
  function tell(command) {
    if (store.get().watching) return false;
    if (send({ ...command, run: MAIN })) return true;
    toast("There is no connection to the server just now; that could not be done.", [], true);
    return false;
  }

  /**
   * @param {string} text
   * @param {string[]} [items]
   * @param {boolean} [plain]
   */
  function toast(text, items, plain) {
    store.update((state) => toasted(state, text, items, plain));
  }

  /** @type {Map<string, string>} by run what a link has drawn, until the server has it */
  const unsent = new Map();

  /**
   * @param {string} [id] of the run; the main one unless told
   * @param {string} [drawn] what a link has drawn on the points; left out, what is drawn stays
   * @param {{at: string, edits: string}} [moment] the way on from there
   */
  function sendSpec(id = MAIN, drawn = unsent.get(id), moment) {
    const { watching, runs } = store.get();
    const { spec, revision } = runs[id];
    if (!spec || watching) return;
    if (send({ type: "configure", run: id, revision, spec, drawn, ...moment })) unsent.delete(id);
    else if (drawn !== undefined) unsent.set(id, drawn); // offline: when the connection is back
  }

  function reset() { tell({ type: "reset" }); }

  const address = addressActions(store, run);
  const { fragment, writeAddress, writeAddressSoon, settleAddress } = address;

  /**
   * What another choice has made unfit changes with it, in one message, and is said.
   * @param {import("./catalog.js").Spec} spec
   */
  function mend(spec) {
    const { patch, said } = constraints.mended(spec);
    for (const sentence of said) toast(sentence, [], true);
    return patch;
  }

  /**
   * @param {Patch} patch
   * @param {string} [drag] what is being dragged: its values on the way make one entry of the history together
   */
  function configure(patch, drag) {
    const { spec } = run();
    if (!spec || store.get().watching) return;
    const names = ["dataset", "reg_dataset", "regions", "surface"]; // of points that are drawn: no stored ones then
    if (names.some((name) => name in patch)) unsent.delete(MAIN);
    if (names.some((name) => name in patch)) patch = { data: "", class_names: [], drawn_classes: 0, ...patch };
    if ("problem" in patch) patch = { drawn_classes: 0, ...patch };
    if ("activation" in patch && !("activations" in patch)) patch = { ...patch, activations: [] }; // that of all layers
    if (constraints.isCurve(spec) && !constraints.isCurve({ ...spec, ...patch }) && !("features" in patch)) {
      patch = { ...patch, features: fieldFromName.get("features")?.default }; // those of a curve do not tell a plane
    }
    if (comparing?.takes(patch)) return;
    const mending = mend({ ...spec, ...patch });
    edit({ ...patch, ...mending });
    sendSpec();
    writeAddressSoon(drag !== undefined && drag === lastDrag);
    lastDrag = drag;
  }

  /** @param {Partial<import("./link.js").View>} patch */
  function look(patch) {
    settleAddress();
    store.update((state) => ({ ...state, view: { ...state.view, ...patch } }));
    writeAddress();
  }

  /**
   * What a link says beside the spec.
   * @param {import("./link.js").View} view
   * @param {number|null} speed
   */
  function takeView(view, speed) {
    store.update((state) => ({ ...state, view }));
    if (speed !== run().speed && tell({ type: "speed", rate: speed })) updateRun({ speed });
  }

  /** @type {((state: State) => Topic[])[]} */
  const shown = [({ runs, plane }) => Object.keys(runs).flatMap((run) => [
    { topic: /** @type {const} */ ("data"), run, ...(plane && { plane }) },
    { topic: /** @type {const} */ ("losses"), run },
    { topic: /** @type {const} */ ("network"), run, ...(plane && { plane }) },
  ])];
  let lastTopics = "";
  let subscribedAt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let subscribeLater;

  const topicsNow = () => {
    const topics = shown.flatMap((topicsOf) => topicsOf(store.get()));
    return [...new Map(topics.map((topic) => [JSON.stringify(topic), topic])).values()];
  };

  /** All topics that are shown; sent once per change, and those of a moving pointer not at every step. */
  function subscribe() {
    clearTimeout(subscribeLater);
    const wait = subscribedAt + SUBSCRIBE_EVERY - performance.now();
    if (wait > 0) {
      subscribeLater = setTimeout(subscribe, wait);
      return;
    }
    const topics = topicsNow();
    const text = JSON.stringify(topics);
    if (text === lastTopics || !send({ type: "subscribe", topics })) return;
    lastTopics = text;
    subscribedAt = performance.now();
  }
  store.subscribe(() => subscribe());

  return {
    /** What compares two runs comes with its first use. */
    comparing: async () => {
      const { comparingActions } = await import("./comparing.js");
      return comparing ??= comparingActions(store, { tell, mend });
    },
    /** Sends a command for the main run; false where it could not be sent. */
    tell,
    /**
     * Make one of many runs the run.
     * @param {"seeds"|"sweep"} which
     * @param {number} cell
     * @param {number} seed
     */
    openTrial(which, cell, seed) {
      const revision = run().revision + 1;
      if (tell({ type: "open_trial", which, revision, cell, seed })) updateRun({ revision });
    },
    configure,
    look,
    takeView,
    /**
     * Let something be sent while it is shown: what asks for it says for each state which topics it shows.
     * @param {(state: State) => Topic[]} topicsOf
     */
    show(topicsOf) {
      shown.push(topicsOf);
      subscribe();
    },
    /** What is shown has changed without a change of the state: the layout, say. */
    refreshTopics: subscribe,
    topics: topicsNow,
    /** @param {(run: import("./run.js").Run) => import("./run.js").Run} change of what is shown of it */
    changeRun(change) { store.update((state) => withRun(state, state.current, change)); },
    /** On a new connection nothing is subscribed to yet. */
    subscribeAnew() {
      [lastTopics, subscribedAt] = ["", 0];
      subscribe();
    },
    ...address,
    sendSpec,
    unsent,
    toast,
    acknowledge: () => { send({ type: "ack" }); },

    playOrPause() {
      const { playing, divergedAt, halted, past } = run();
      if (divergedAt !== null && !past) return; // the page already says so, and what to do
      if (!tell({ type: playing ? "pause" : "play" })) return;
      if (playing || !halted || past) updateRun({ playing: !playing }); // else the server says why not
    },
    ...timelineActions(tell, run),
    step() {
      const { clock } = run();
      tell(clock === "epoch" ? { type: "step", epochs: 1 } : { type: "tick", clock, count: 1 });
    },
    /**
     * @param {import("./example.js").Pill[]|null} pills that stand on the network
     * @param {import("./example.js").Sum|null} [sum] whose links alone are strong
     */
    showPills(pills, sum = null) { store.update((state) => ({ ...state, pills, sum })); },
    /** @param {import("./run.js").Run["clock"]} clock what playing and the step button count from now on */
    setClock(clock) { if (tell({ type: "set_clock", clock })) updateRun({ clock }); },
    /** @param {string} lab that who watches sees too */
    setLab(lab) { tell({ type: "set_lab", lab }); },
    reset,
    /**
     * Answer the question of the class.
     * @param {number} question
     * @param {number} value
     */
    vote(question, value) { send({ type: "vote", question, value }); },
    restoreBest() { tell({ type: "restore_best" }); },
    /**
     * @param {Omit<import("../wire/protocol.js").EditData, "type"|"run">} edit
     * @returns {boolean} false where it could not be sent
     */
    editData(edit) { return tell({ type: "edit_data", ...edit }); },
    /** @param {number} edit the number of the one that can be undone, or done again */
    undoData(edit) { tell({ type: "undo_data", edit }); },
    /**
     * Learn from a stored data set. The server chooses the settings, and tells them.
     * @param {string} data its reference
     * @returns {boolean} false where it could not be said
     */
    useData(data) {
      const revision = run().revision + 1;
      const isSent = tell({ type: "use_data", revision, data });
      if (isSent) updateRun({ revision });
      return isSent;
    },
    /** New data and new first weights; where the data are drawn by hand, new first weights alone. */
    regenerate() {
      if (run().drawn?.points) return configure({ weight_seed: newSeed() });
      const ofWeights = run().spec?.weight_seed ? { weight_seed: newSeed() } : {};
      configure({ seed: newSeed(), drawn_classes: 0, ...ofWeights });
    },
    /**
     * Give one hidden layer its own activation.
     * @param {number} layer
     * @param {string} key
     */
    activateLayer(layer, key) {
      const { spec } = run();
      if (!spec) return;
      const own = activationsOf(spec).with(layer, key);
      configure(own.every((each) => each === key) ? { activation: key } : { activations: own });
    },
    /**
     * Freeze or cut a part, or give it back.
     * @param {import("./masks.js").Mask} mask
     * @param {string} part
     */
    toggleMask(mask, part) {
      const now = run().spec?.[mask] ?? [];
      configure({ [mask]: now.includes(part) ? now.filter((each) => each !== part) : [...now, part] });
    },
    restoreAll() { configure({ frozen: [], cut: [] }); },
    /** @param {number|null} rate epochs per second; null is as fast as it goes */
    setSpeed(rate) {
      if (!tell({ type: "speed", rate })) return;
      updateRun({ speed: rate });
      writeAddressSoon(false);
    },
    /**
     * @param {number} layer
     * @param {number} neuron
     * @param {number} input
     * @param {number} value
     */
    editWeight(layer, neuron, input, value) { tell({ type: "edit_weight", layer, neuron, input, value }); },
    /**
     * @param {number} layer
     * @param {number} neuron
     * @param {number} value
     */
    editBias(layer, neuron, value) { tell({ type: "edit_bias", layer, neuron, value }); },

    /**
     * Open what a link names, in place of what is shown.
     * @param {import("./link.js").Read} read
     */
    openLink({ spec, view, speed, problems, remarks, seeded, drawn, at, edits }) {
      address.forget(); // where the address was going is not where it went
      if (!seeded) spec.seed = newSeed();
      const mending = mend(spec);
      takeView(view, speed);
      edit({ ...spec, ...mending });
      if (problems.length) {
        toast("Part of this link could not be used; the default stands in its place:",
          problems.map(({ key, value, allowed }) => `${key} must be ${allowed}, not “${short(value)}”`));
      }
      const masks = new Masks({ ...spec, ...mending });
      for (const name of MASKS) {
        const missing = masks.missing(name).join(", ");
        if (missing) remarks.push(`${fieldFromName.get(name)?.label}: this network does not have ${short(missing)}.`);
      }
      if (remarks.length) toast("About this link:", remarks);
      // Until the server says.
      updateRun({ drawn: drawn ? { points: 1, undo: null, redo: null, ...run().drawn, text: drawn } : null });
      sendSpec(undefined, drawn, at ? { at, edits } : undefined);
      writeAddress(true);
    },

    /**
     * Go to a link and its start, by an entry of the history of its own. A link that differs in what can change during
     * training alone would go on with the trained network.
     * @param {string} link without "#"
     */
    visit(link) {
      settleAddress();
      if (location.hash === `#${link}`) return reset();
      addEventListener("hashchange", reset, { once: true }); // after the page has opened the link
      location.hash = link;
    },

    ...lookingActions(store, { settleAddress, writeAddress }),
    /** @param {import("./chart.js").Kind} kind */
    drawChart(kind) {
      store.update((state) => ({ ...state, chart: kind === "metric" ? "metric" : "loss" }));
      if (kind !== "metric") look({ logLoss: kind === "log" });
    },
    /** @param {number} id */
    dismiss(id) { store.update((state) => dismissed(state, id)); },
  };
}

/**
 * A value as it may stand in a sentence.
 * @param {string} value
 */
function short(value) {
  return value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value;
}
