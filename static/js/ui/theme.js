// The colours and the font of the page as it looks now, for what is drawn on canvases.

/**
 * @typedef {{ink: string, muted: string, line: string, edge: string, panel: string, font: string, zoom: number}} Theme
 *   zoom: of type and lines, 1 where a rem is 16 pixels and the style does not want them larger than other type
 */

/** @returns {Theme} */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colours = ["ink", "muted", "line", "edge", "panel"].map((name) => style.getPropertyValue(`--${name}`));
  const [ink, muted, line, edge, panel] = colours;
  const zoom = (remSize() / 16) * (Number(style.getPropertyValue("--drawn")) || 1);
  return { ink, muted, line, edge, panel, font: getComputedStyle(document.body).fontFamily, zoom };
}

/**
 * Call back whenever the theme changes.
 * @param {() => void} change
 */
export function onTheme(change) {
  const attributeFilter = ["data-theme", "data-lecture", "data-compact"];
  new MutationObserver(change).observe(document.documentElement, { attributeFilter });
}

/** One rem in CSS pixels: it follows the size of the window and the browser's own size of type. */
export const remSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
