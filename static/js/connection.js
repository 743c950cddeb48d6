// One socket that opens again by itself. It knows how to carry messages, not what they mean.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;
// Silence this long while frames are due means a dead link that TCP has not noticed yet.
const OPEN_TIMEOUT = 8_000;

/**
 * @param {() => string} address asked anew at each attempt
 * @param {{opened(): void, closed(retryAt: number): void, text(message: any): void, binary(buffer: ArrayBuffer): void}} handlers
 */
export function connect(address, handlers) {
  /** @type {WebSocket|null} */
  let socket = null;
  let wait = FIRST_WAIT;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  function open() {
    clearTimeout(timer);
    const mine = new WebSocket(address());
    socket = mine;
    mine.binaryType = "arraybuffer";
    const late = setTimeout(() => mine.close(), OPEN_TIMEOUT);
    mine.onopen = () => {
      clearTimeout(late);
      handlers.opened();
    };
    mine.onmessage = ({ data }) => {
      if (socket !== mine) return;
      wait = FIRST_WAIT; // only a server that speaks resets the back-off, not one that accepts and hangs up
      if (typeof data === "string") handlers.text(JSON.parse(data));
      else handlers.binary(data);
    };
    mine.onclose = () => {
      clearTimeout(late);
      if (socket !== mine) return;
      socket = null;
      const pause = wait * (0.75 + Math.random() / 2); // a class must not come back in one instant
      wait = Math.min(LONGEST_WAIT, wait * 2);
      timer = setTimeout(open, pause);
      handlers.closed(Date.now() + pause);
    };
  }

  function retryNow() {
    if (socket) return;
    wait = FIRST_WAIT;
    open();
  }
  globalThis.addEventListener?.("online", retryNow);
  open();

  return {
    /** @param {object} message @returns {boolean} false where there is no link: the caller decides what that means */
    send(message) {
      if (socket?.readyState !== 1) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    retryNow,
    /** Drop the link as a network would (it comes back by itself). */
    drop: () => socket?.close(),
  };
}
