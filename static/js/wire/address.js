// Where this copy of the playground is: at the root of its host, or under any path of it behind a proxy. The page is told
// of neither; its files know, for they came from there.

/** The address that every other one of this server is relative to; it ends with a slash. */
export const site = new URL("../../../", import.meta.url);
