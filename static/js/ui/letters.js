/**
 * Does the control take letters itself, to write them or to choose by them? A key that is a letter means nothing else
 * there.
 * @param {Element} control
 */
export const takesLetters = (control) => {
  return control.matches("select, textarea, [contenteditable], "
    + "input:not([type=checkbox], [type=radio], [type=range], [type=button])");
};
