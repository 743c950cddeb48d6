// Where this copy of the playground is: at the root of its host, or under any path of it behind a proxy. The page is
// told of neither; its files know, for they came from there.

/** The address that every other one of this server is relative to; it ends with a slash. */
export const site = new URL("../../../", import.meta.url);

const SECRET = `tinkernet ${site.pathname}`; // several copies of the playground may share an origin

/**
 * What proves a page to be of this origin. Over http a browser sends cookies to every port of a host, but what a page
 * stores stays with its origin. Over https, and where nothing can be stored, it is "".
 */
function pageSecret() {
  try {
    if (site.protocol !== "http:") return "";
    const kept = localStorage.getItem(SECRET);
    if (kept) return kept;
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    const secret = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(SECRET, secret);
    return secret;
  } catch {
    return "";
  }
}

/** The secret as subprotocols of a handshake. */
export function pageProtocols() {
  const secret = pageSecret();
  return secret ? [`page.${secret}`] : [];
}

/**
 * Ask the server for what only a page of this browser may have or do.
 * @param {string} path relative to `site`
 * @param {RequestInit} [options]
 */
export function ask(path, options = {}) {
  const secret = pageSecret();
  return fetch(new URL(path, site), { ...options, headers: secret ? { "tinkernet-page": secret } : {} });
}
