// One immutable value, one door (`update`), one paint per animation frame however many updates came.

/**
 * @template S
 * @typedef {{get(): S, update(change: (state: S) => S): void, subscribe(view: (state: S) => void): () => void}} Store
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

/**
 * Draw when one of the picked values is another than last time.
 * @template S
 * @param {Store<S>} store
 * @param {(state: S) => unknown[]} pick
 * @param {(state: S) => void} draw
 */
export function on(store, pick, draw) {
  /** @type {unknown[]} */
  let last = [];
  return store.subscribe((state) => {
    const now = pick(state);
    if (last.length === now.length && now.every((value, i) => Object.is(value, last[i]))) return;
    last = now;
    draw(state);
  });
}

// A hidden tab has no animation frames: a timer keeps its state moving (and its credit flowing) at a low rate.
/** @param {() => void} paint */
function nextFrame(paint) {
  if (document.hidden) setTimeout(paint, 250);
  else requestAnimationFrame(paint);
}
