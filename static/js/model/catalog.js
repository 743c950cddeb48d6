// What the server knows how to do, as it says so itself in the page: fields, choices, features, data sets.

import { constraintsOf } from "./constraints.js";
import { isWritten, writtenFeature } from "./written.js";

/** @typedef {import("../wire/protocol.js").Spec & Record<string, any>} Spec by name too: the server lists the fields */
/** @typedef {Partial<Spec>} Patch */
/**
 * @typedef {object} Choice
 * @property {string} key
 * @property {string} label
 * @property {string} [formula]
 * @property {string} [note] what it does, in a sentence
 * @property {boolean} [basic] offered to beginners
 * @property {string[]} [problems] it is for these only
 * @property {string[]} [fits] of a loss: it goes with these outputs
 * @property {string[]} [settings] fields that matter only with this choice
 * @property {number} [columns] of a data set: 1 for a curve
 * @property {boolean} [on_line] of a feature: it is a function of x alone
 * @property {[number, number]} [classes] of a data set: the fewest and the most
 * @property {number} [size] of a data set: its own number of points
 * @property {number} [low] of an output: what it answers for another class
 * @property {boolean} [coupled] of an output: one for each class, which share a sum
 * @property {Record<string, string>} [stands_for] of an automatic choice: the one in use, by case
 */
/**
 * @typedef {object} Field
 * @property {string} name in a spec
 * @property {string|null} key in a link
 * @property {"choice"|"number"|"integer"|"text"|"flag"|"sizes"|"features"|"list"|"formula"|"formulas"} kind
 * @property {any} default
 * @property {any} original what a link of TensorFlow Playground stands for
 * @property {number|null} [minimum]
 * @property {number|null} [maximum]
 * @property {number|null} [longest] items of a list
 * @property {Choice[]|null} [choices]
 * @property {number[]|null} [offered] usual values
 * @property {number|null} [automatic] the value that stands for the data set's own number
 * @property {{above: number, below: number|null}|null} [link_beyond] what a value out of range stands for in a link
 * @property {{layers: number, neurons: number}|null} [buttons] how far buttons add layers and neurons
 * @property {{minimum: number, maximum: number, step: number}|null} [slider]
 * @property {string} [unit]
 * @property {string|null} [pattern]
 * @property {string|null} [group] under which it is listed
 * @property {string|null} [per_layer_of] of a list by layer: the field that says it for all layers
 * @property {boolean|null} [tested] it is a stop rule that cannot hold without test points
 * @property {string} label
 * @property {string} help as `allowed`, only with `words.js` where somebody watches
 * @property {boolean} live it can be changed during training
 * @property {boolean} basic it is always said in a link
 * @property {string} allowed its values, in words
 */
/** @typedef {{key: string, label: string, formula: string, map: string, basic: boolean}} Feature */
/** @typedef {{key: string, label: string, problem: string, points?: number[][], basic: boolean}} Dataset
 *   points: all x, all y, all labels, in tenths; without them, they are in static/datasets.json */
/**
 * @typedef {object} Catalog
 * @property {string} version
 * @property {Field[]} fields
 * @property {string[]} groups
 * @property {Feature[]} features
 * @property {Dataset[]} datasets
 * @property {Record<string, number>} limits
 */

const NOTHING = '{"fields":[],"groups":[],"features":[],"datasets":[],"limits":{}}'; // where there is no page

/** @type {Catalog} */
export const catalog = JSON.parse(globalThis.document?.getElementById("catalog")?.textContent || NOTHING);

export const featureKeys = catalog.features.map((feature) => feature.key);
const featureFromKey = new Map(catalog.features.map((feature) => [feature.key, feature]));
export const fieldFromName = new Map(catalog.fields.map((field) => [field.name, field]));
export const constraints = constraintsOf(fieldFromName);

/**
 * An input by its key, one that is written too.
 * @param {string} key
 */
export const featureOf = (key) => featureFromKey.get(key) ?? (isWritten(key) ? writtenFeature(key) : undefined);

/**
 * The small map of a feature, one byte a sample.
 * @param {Feature} feature
 */
export function featureMap(feature) {
  return Uint8Array.from(atob(feature.map), (char) => char.charCodeAt(0));
}
