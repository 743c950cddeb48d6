// The colours and the font of the page as it looks now, for what is drawn on canvases.

/** @typedef {{ink: string, muted: string, line: string, edge: string, panel: string, font: string}} Theme */

/** @returns {Theme} */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colours = ["ink", "muted", "line", "edge", "panel"].map((name) => style.getPropertyValue(`--${name}`));
  const [ink, muted, line, edge, panel] = colours;
  return { ink, muted, line, edge, panel, font: getComputedStyle(document.body).fontFamily };
}

/**
 * Call back whenever the theme changes.
 * @param {() => void} change
 */
export function onTheme(change) {
  new MutationObserver(change).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
