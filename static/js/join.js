// The page for entering the code of a class. A code in the fragment of the address, as a QR code has it, is entered at
// once.

import { ask, site } from "./wire/address.js";

const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("join"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("enter"));

async function enter() {
  button.disabled = true;
  said.textContent = "";
  try {
    const answer = await ask("join", { method: "POST", body: JSON.stringify({ code: field.value }) });
    const found = await answer.json();
    if (answer.ok) return location.replace(new URL(found.link, site));
    said.textContent = found.detail;
  } catch {
    said.textContent = "The server cannot be reached just now. Try again.";
  }
  button.disabled = false;
  field.focus();
  field.select();
}

field.oninput = () => { // shown as it stands on the screen: 3 + 3
  if (field.selectionStart !== field.value.length) return;
  const digits = field.value.replace(/\D/g, "").slice(0, 6);
  field.value = digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
};
form.onsubmit = (event) => {
  event.preventDefault();
  enter();
};

/** @returns {boolean} whether the address has a code, which is being entered */
function enterGiven() {
  const [, given] = /^#(\d{6})$/.exec(location.hash) ?? [];
  if (!given) return false;
  field.value = `${given.slice(0, 3)} ${given.slice(3)}`;
  enter();
  return true;
}

addEventListener("hashchange", enterGiven);
if (!enterGiven()) field.focus();
