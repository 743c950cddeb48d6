// Keys that are single letters or signs: they are commands where no control takes them, unless that is switched off.

const STORED = "letter-keys";

let isOn = true;
try {
  isOn = localStorage.getItem(STORED) !== "off";
} catch { /* a browser that keeps nothing: the choice lasts as long as the page */ }

export const lettersAreOn = () => isOn;

/** @param {boolean} wanted */
export function switchLetters(wanted) {
  isOn = wanted;
  try {
    localStorage.setItem(STORED, isOn ? "on" : "off");
  } catch { /* as above */ }
}

/**
 * Does the control take letters itself, to write them or to choose by them? A key that is a letter means nothing else
 * there.
 * @param {Element} control
 */
export const takesLetters = (control) => {
  return control.matches("select, textarea, [contenteditable], "
    + "input:not([type=checkbox], [type=radio], [type=range], [type=button])");
};
