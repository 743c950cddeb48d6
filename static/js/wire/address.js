// Where this copy of the playground is: at the root of its host, or under any path of it behind a proxy. The page is told
// of neither; its files know, for they came from there.

/** The address that every other one of this server is relative to; it ends with a slash. */
export const site = new URL("../../../", import.meta.url);

const SECRET = `tinkernet ${site.pathname}`; // several copies of the playground may share an origin

/**
 * The subprotocol that proves a page to be of this origin. Over http a browser sends cookies to every port of a host,
 * but what a page stores stays with its origin. Over https, and where nothing can be stored, there is none.
 * @returns {{protocols: string[], isNew: boolean}} `isNew`: there was none before this page
 */
export function pageSecret() {
  try {
    if (site.protocol !== "http:") return { protocols: [], isNew: false };
    const kept = localStorage.getItem(SECRET);
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    const secret = kept ?? bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (!kept) localStorage.setItem(SECRET, secret);
    return { protocols: [`page.${secret}`], isNew: !kept };
  } catch {
    return { protocols: [], isNew: false };
  }
}
