// How the numbers of each layer are spread, and how that changed: pure functions.

export const BINS = 32;
const MOST = 160; // samples that are kept; beyond, every second one goes

/**
 * @typedef {object} Layer
 * @property {number} limit the bins go from -limit to limit
 * @property {Uint32Array[]} bins of each sample
 * @property {number[]} sizes root mean square of the gradient of the weights in each sample
 */
/** @typedef {{key: string, epochs: number[], layers: Layer[]}} Spread */

/**
 * The samples with one more; of another network they begin anew, and an epoch that comes again replaces the last one.
 * @param {Spread|null} before
 * @param {object} sample
 * @param {string} sample.key of the network and its start
 * @param {number} sample.epoch
 * @param {ArrayLike<number>} sample.params
 * @param {ArrayLike<number>} sample.gradient in the same order
 * @param {{inputs: number, neurons: number, weights: number}[]} layers where each layer's weights are
 * @returns {Spread}
 */
export function grown(before, { key, epoch, params, gradient }, layers) {
  const isSame = before?.key === key && before.layers.length === layers.length && (before.epochs.at(-1) ?? 0) <= epoch;
  const known = isSame ? before : { key, epochs: [], layers: layers.map(() => ({ limit: 0.5, bins: [], sizes: [] })) };
  const kept = known.epochs.length - Number(known.epochs.at(-1) === epoch);
  /** @type {Spread} */
  const found = { key, epochs: [...known.epochs.slice(0, kept), epoch], layers: known.layers.map((layer, i) => {
    const { inputs, neurons, weights } = layers[i];
    const end = weights + inputs * neurons;
    let largest = 0;
    for (let at = weights; at < end; at++) {
      if (Number.isFinite(params[at])) largest = Math.max(largest, Math.abs(params[at]));
    }
    let { limit } = layer;
    let bins = layer.bins.slice(0, kept);
    for (; limit < largest; limit *= 2) bins = bins.map(widened);
    return { limit, bins: [...bins, histogram(params, weights, end, limit)],
      sizes: [...layer.sizes.slice(0, kept), rootMeanSquare(gradient, weights, end)] };
  }) };
  return found.epochs.length > MOST ? thinned(found) : found;
}

/** @param {Spread} spread */
function thinned({ key, epochs, layers }) {
  const isKept = (/** @type {unknown} */ _, /** @type {number} */ i) => (epochs.length - 1 - i) % 2 === 0;
  return { key, epochs: epochs.filter(isKept), layers: layers.map(({ limit, bins, sizes }) => {
    return { limit, bins: bins.filter(isKept), sizes: sizes.filter(isKept) };
  }) };
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} first
 * @param {number} end
 * @param {number} limit
 */
export function histogram(values, first, end, limit) {
  const found = new Uint32Array(BINS);
  for (let i = first; i < end; i++) {
    const bin = Math.floor((values[i] / limit + 1) * BINS / 2);
    if (bin >= 0) found[Math.min(BINS - 1, bin)]++;
  }
  return found;
}

/**
 * The same values in bins twice as wide, from -2 limit to 2 limit.
 * @param {Uint32Array} bins
 */
export function widened(bins) {
  const found = new Uint32Array(BINS);
  bins.forEach((count, i) => { found[BINS / 4 + Math.floor(i / 2)] += count; });
  return found;
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} first
 * @param {number} end
 */
function rootMeanSquare(values, first, end) {
  let sum = 0;
  for (let i = first; i < end; i++) sum += values[i] ** 2;
  return end > first ? Math.sqrt(sum / (end - first)) : 0;
}
