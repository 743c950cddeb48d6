// Style sheets that come with what needs them, and not with the first picture.

import { site } from "../wire/address.js";

/**
 * Resolves once the sheet counts, or does not come: without it the page is plainer, not broken.
 * @param {string} name of its file
 * @returns {Promise<void>}
 */
export async function loadStyle(name) {
  if (document.querySelector(`link[href*="/css/${name}.css"]`)) return; // theme.js has written it into the page
  const [version] = /\?.*/.exec(document.querySelector("link[rel=stylesheet]")?.getAttribute("href") ?? "") ?? [""];
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `${site}static/css/${name}.css${version}`;
  await new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}
