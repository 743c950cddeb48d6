// One immutable value, one door (`update`), one paint per animation frame however many updates came.

/**
 * @template S
 * @typedef {object} Store
 * @property {() => S} get
 * @property {(change: (state: S) => S) => void} update
 * @property {(view: (state: S) => void) => () => void} subscribe gives back what ends it
 */

/**
 * @template S
 * @param {S} initial
 * @param {(paint: () => void) => void} [schedule] when to paint; the next animation frame unless told
 * @returns {Store<S>}
 */
export function createStore(initial, schedule = nextFrame) {
  let state = initial;
  let queued = false;
  /** @type {Set<(state: S) => void>} */
  const views = new Set();

  function paint() {
    queued = false;
    for (const view of views) {
      try {
        view(state);
      } catch (error) {
        reportError(error); // one broken view must not stop the others, nor the credit for the next frame
      }
    }
  }

  return {
    get: () => state,
    update(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      if (queued) return;
      queued = true;
      schedule(paint);
    },
    subscribe(view) {
      views.add(view);
      view(state);
      return () => views.delete(view);
    },
  };
}

const SLACK = 34; // milliseconds: two pictures

/**
 * Draw when one of the picked values is another than last time. What comes too soon is drawn later, the newest only.
 * @template S
 * @param {Pick<Store<S>, "get"|"subscribe">} store
 * @param {(state: S) => unknown[]} pick
 * @param {(state: S) => void} draw
 * @param {(state: S) => number} [rest] milliseconds that have to lie between two drawings
 */
export function on(store, pick, draw, rest = () => 0) {
  /** @type {unknown[]} */
  let last = [];
  let due = false;
  let drawnAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let later;
  /** @param {S} state */
  function look(state) {
    const now = pick(state);
    due ||= last.length !== now.length || now.some((value, i) => !Object.is(value, last[i]));
    last = now;
    if (!due) return;
    const wait = drawnAt + rest(state) - performance.now();
    if (wait > 0) {
      // While changes keep coming, one of them comes soon after the rest and draws with its picture: the timer is for
      // the last one.
      later ??= setTimeout(() => {
        later = undefined;
        look(store.get());
      }, wait + SLACK);
      return;
    }
    clearTimeout(later);
    later = undefined;
    due = false;
    draw(state);
    drawnAt = performance.now();
  }
  return store.subscribe(look);
}

// A hidden tab has no animation frames: a timer keeps its state moving (and its credit flowing) at a low rate.
/** @param {() => void} paint */
function nextFrame(paint) {
  if (document.hidden) setTimeout(paint, 250);
  else requestAnimationFrame(paint);
}
