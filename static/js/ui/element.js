/**
 * An element with properties and children; text is always text, never markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties] `class`, `data-…`, `aria-…`, `role` and `for` become attributes
 * @param {(Node|string|null)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/^(class|role|for|list)$|-/.test(name)) made.setAttribute(name, value);
    else /** @type {any} */ (made)[name] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * An icon of the page's sprite, or a symbol of another file.
 * @param {string} name
 * @param {URL} [file]
 */
export function icon(name, file) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", file ? `${file}#${name}` : `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {string} id
 * @returns {any} the element, which the template promises
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * A part of a panel that the template names.
 * @param {HTMLElement} root
 * @param {string} id
 * @returns {any} the element, which the template promises
 */
export const part = (root, id) => root.querySelector(`#${id}`);
