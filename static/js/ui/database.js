// What this browser keeps for the page beyond a few lines of text: records by name, in IndexedDB.

/**
 * @param {string} database
 * @returns {Promise<IDBObjectStore>} good until the next turn of the event loop
 */
function opened(database) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(database, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("records", { keyPath: "name" });
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const transaction = asked.result.transaction("records", "readwrite");
      transaction.oncomplete = transaction.onabort = () => asked.result.close();
      resolve(transaction.objectStore("records"));
    };
  });
}

/**
 * @template T
 * @param {IDBRequest<T>} asked
 * @returns {Promise<T>}
 */
const done = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

/**
 * Records of one kind. Each promise is rejected where the browser keeps nothing, or has no more room.
 * @template {{name: string}} T
 * @param {string} name
 */
export const records = (name) => ({
  /** @returns {Promise<T[]>} by name */
  all: async () => done((await opened(name)).getAll()),
  /** @param {T} record in the place of one of the same name */
  put: async (record) => done((await opened(name)).put(record)),
  /** @param {string} key */
  remove: async (key) => done((await opened(name)).delete(key)),
});
