// One socket that opens again by itself. It knows how to carry messages, not what they mean.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;
const FULL_WAIT = 5_000; // after "try again later" from the server
const TRY_AGAIN_LATER = 1013;
const OPEN_TIMEOUT = 8_000;
const LOOK = 1_000;
const GRACE = 2_000; // for a heartbeat that is late

/** @typedef {import("./protocol.js").Command} Command */
/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */
/**
 * @typedef {object} Handlers
 * @property {() => void} opened
 * @property {(retryAt: number, refused: boolean) => void} closed
 * @property {(event: ServerEvent) => void} text
 * @property {(buffer: ArrayBuffer) => void} binary
 */

/**
 * @param {string} address
 * @param {string[]} protocols
 * @param {Handlers} handlers
 */
export function connect(address, protocols, handlers) {
  /** @type {WebSocket|null} */
  let socket = null;
  let wait = FIRST_WAIT;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let quiet = 0; // milliseconds since anything came
  let silence = Infinity; // and how many of them mean that the network has gone; the server says so
  let looked = Date.now();

  function open() {
    clearTimeout(timer);
    const mine = new WebSocket(address, protocols);
    let refused = true;
    socket = mine;
    mine.binaryType = "arraybuffer";
    const late = setTimeout(() => mine.close(), OPEN_TIMEOUT);
    mine.onopen = () => {
      clearTimeout(late);
      refused = false;
      silence = Infinity;
      handlers.opened();
    };
    mine.onmessage = ({ data }) => {
      if (socket !== mine) return;
      quiet = 0;
      /** @type {ServerEvent|null} */
      const event = typeof data === "string" ? JSON.parse(data) : null;
      if (event?.type === "heartbeat") silence = 2000 * event.seconds + GRACE;
      if (event?.type !== "closing") wait = FIRST_WAIT; // not for a server that accepts only to say goodbye
      if (event) handlers.text(event);
      else handlers.binary(data);
    };
    mine.onclose = ({ code }) => {
      clearTimeout(late);
      if (socket !== mine) return;
      if (code === TRY_AGAIN_LATER) wait = Math.max(wait, FULL_WAIT);
      lost(refused);
    };
  }

  /** @param {boolean} refused */
  function lost(refused) {
    socket = null;
    const pause = wait * (0.75 + Math.random() / 2); // a class must not come back in one instant
    wait = Math.min(LONGEST_WAIT, wait * 2);
    timer = setTimeout(open, pause);
    handlers.closed(Date.now() + pause, refused);
  }

  setInterval(() => {
    const now = Date.now();
    quiet += Math.min(now - looked, 2 * LOOK); // who looks later was asleep: a hidden tab, a closed lid
    looked = now;
    if (socket?.readyState !== 1 || quiet <= silence) return;
    const mute = socket;
    lost(false);
    mute.close(); // it says so itself only when the other side has answered, or much later
  }, LOOK);

  function retryNow() {
    if (socket) return;
    wait = FIRST_WAIT;
    open();
  }
  globalThis.addEventListener?.("online", retryNow);
  // A network that has gone is not noticed by TCP for minutes; the browser knows at once.
  globalThis.addEventListener?.("offline", () => { if (!isLoopback()) socket?.close(); });
  open();

  return {
    /**
     * @param {Command} command
     * @returns {boolean} false where there is no link: the caller decides what that means
     */
    send(command) {
      if (socket?.readyState !== 1) return false;
      socket.send(JSON.stringify(command));
      return true;
    },
    retryNow,
    /** Drop the link as a network would (it comes back by itself). */
    drop: () => socket?.close(),
  };
}

function isLoopback() {
  return ["localhost", "127.0.0.1", "[::1]"].includes(globalThis.location?.hostname ?? "");
}
