// The page of an owner link: it shows the key, which stands in the fragment, and goes on to the session.

import { ask, site } from "./wire/address.js";

const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const take = /** @type {HTMLButtonElement} */ (document.getElementById("take"));
const key = /^#key=([\w-]+)$/.exec(location.hash)?.[1] ?? "";
const path = location.pathname.slice(site.pathname.length);

// Not by itself: whoever is led here unawares would own what somebody else watches.
take.onclick = async () => {
  take.disabled = true;
  said.textContent = "";
  try {
    const answer = await ask(path, { method: "POST", body: JSON.stringify({ key }) });
    if (answer.ok) return location.replace(location.pathname.replace(/\/own$/, ""));
    said.textContent = (await answer.json()).detail;
  } catch {
    said.textContent = "The server cannot be reached just now. Try again.";
  }
  take.disabled = false;
  take.focus();
};
