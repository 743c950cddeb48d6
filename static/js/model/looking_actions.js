// What a person can do with the page alone: look at another view, at a unit, at a place. Part of the actions.

import { pointedAt, spotlightSwitched } from "./state.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {import("./store.js").Store<State>} store
 * @param {{settleAddress(): void, writeAddress(replace: boolean): void}} address the open view is in it
 */
export function lookingActions(store, { settleAddress, writeAddress }) {
  return {
    /**
     * Show a view at a place of the page.
     * @param {string} place
     * @param {string} key of the view
     */
    showView(place, key) {
      settleAddress();
      store.update((state) => {
        return { ...state, places: { ...state.places, [place]: key }, view: { ...state.view, open: key } };
      });
      writeAddress(true);
    },
    /** @param {boolean} enlarged */
    enlarge(enlarged) { store.update((state) => (state.enlarged === enlarged ? state : { ...state, enlarged })); },
    /**
     * Mark something on the network, or nothing any more; a view takes away its own marks only.
     * @param {string} by key of the view
     * @param {Omit<import("./state.js").Overlay, "by">|null} marks
     */
    mark(by, marks) {
      store.update((state) => {
        if (marks) return { ...state, overlay: { by, ...marks } };
        return state.overlay?.by === by ? { ...state, overlay: null } : state;
      });
    },
    /** @param {string|null} unit */
    hover(unit) { store.update((state) => pointedAt(state, unit)); },
    switchSpotlight() { store.update(spotlightSwitched); },
    /** @param {import("./state.js").WeightTarget|null} link */
    hoverLink(link) {
      const isSame = JSON.stringify(store.get().hoveredLink) === JSON.stringify(link);
      if (!isSame) store.update((state) => ({ ...state, hoveredLink: link }));
    },
    /** @param {import("./state.js").Target|null} target */
    pin(target) { store.update((state) => ({ ...state, pinned: target })); },
    /** @param {string} plane through the inputs, as the wire names it */
    showPlane(plane) { store.update((state) => ({ ...state, plane })); },
    /** @param {import("./effort.js").Across} across */
    drawAcross(across) { store.update((state) => ({ ...state, across })); },
    /** @param {number} row of an autoencoder's data, from 0 */
    chooseRow(row) { store.update((state) => (state.row === row ? state : { ...state, row })); },
    /** @param {{x: number, y: number}|null} pointer */
    point(pointer) { store.update((state) => ({ ...state, pointer })); },
  };
}
