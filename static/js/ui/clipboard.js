/**
 * Copy a text. Over plain http from another computer there is no `navigator.clipboard`: there the older way still
 * works.
 * @param {string} text
 * @returns {Promise<boolean>} false if the browser allows neither
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

/** @param {string} text */
function copySelection(text) {
  const focused = /** @type {HTMLElement|null} */ (document.activeElement);
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  const place = document.querySelector("dialog[open]") ?? document.body; // behind an open dialog nothing has the focus
  place.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}
