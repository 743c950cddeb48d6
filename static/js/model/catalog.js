// What the server knows how to do, as it says so itself in the page: fields, choices, features, data sets.

import { constraintsOf } from "./constraints.js";

/** @typedef {import("../wire/protocol.js").Spec & Record<string, any>} Spec by name too: the fields come from the server */
/** @typedef {Partial<Spec>} Patch */
/**
 * @typedef {{key: string, label: string, formula?: string, note?: string, basic?: boolean, problems?: string[], fits?: string[], settings?: string[], classes?: [number, number], low?: number, coupled?: boolean, stands_for?: Record<string, string>}} Choice
 * @typedef {{name: string, key: string|null, kind: "choice"|"number"|"integer"|"text"|"flag"|"sizes"|"features"|"list", default: any, original: any,
 *   minimum?: number|null, maximum?: number|null, longest?: number|null, choices?: Choice[]|null, offered?: number[]|null, link_beyond?: {above: number, below: number}|null,
 *   slider?: {minimum: number, maximum: number, step: number}|null, unit?: string, pattern?: string|null, group?: string|null, per_layer_of?: string|null, label: string, help: string, live: boolean, basic: boolean, allowed: string}} Field
 * @typedef {{key: string, label: string, formula: string, map: string, basic: boolean}} Feature
 * @typedef {{key: string, label: string, problem: string, points: [number, number, number][], basic: boolean}} Dataset
 * @typedef {{version: string, fields: Field[], groups: string[], features: Feature[], datasets: Dataset[], limits: Record<string, number>}} Catalog
 */

/** @type {Catalog} */
export const catalog = JSON.parse(globalThis.document?.getElementById("catalog")?.textContent || '{"fields":[],"groups":[],"features":[],"datasets":[],"limits":{}}');

export const featureKeys = catalog.features.map((feature) => feature.key);
export const featureFromKey = new Map(catalog.features.map((feature) => [feature.key, feature]));
export const fieldFromName = new Map(catalog.fields.map((field) => [field.name, field]));
export const constraints = constraintsOf(fieldFromName);

/**
 * The small map of a feature, one byte a sample.
 * @param {Feature} feature
 */
export function featureMap(feature) {
  return Uint8Array.from(atob(feature.map), (char) => char.charCodeAt(0));
}
