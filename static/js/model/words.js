// What fields and choices do, in words, for a page whose catalog has none: that of who watches.

import { site } from "../wire/address.js";
import { catalog, fieldFromName } from "./catalog.js";

/** Resolves once the catalog has them. */
export async function bringWords() {
  if (catalog.fields.every(({ help }) => help !== undefined)) return;
  const answer = await fetch(new URL("static/fields.json", site));
  for (const field of await answer.json()) Object.assign(fieldFromName.get(field.name) ?? {}, field);
}
