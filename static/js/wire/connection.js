// One socket that opens again by itself. It knows how to carry messages, not what they mean.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;
const FULL_WAIT = 5_000; // after "try again later" from the server
const TRY_AGAIN_LATER = 1013;
const OPEN_TIMEOUT = 8_000;
const LOOK = 1_000;
const GRACE = 2_000; // for a heartbeat that is late
const ANSWER = 600; // for one that was asked for
const LATE = 2_000; // of a handshake when the page is looked at again

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
  let began = 0; // milliseconds, when the present socket was made
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let unanswered;

  function open() {
    clearTimeout(timer);
    const mine = new WebSocket(address, protocols);
    let refused = true;
    socket = mine;
    began = Date.now();
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
      clearTimeout(unanswered);
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
    clearTimeout(unanswered);
    const pause = wait * (0.75 + Math.random() / 2); // a class must not come back in one instant
    wait = Math.min(LONGEST_WAIT, wait * 2);
    timer = setTimeout(open, pause);
    handlers.closed(Date.now() + pause, refused);
  }

  setInterval(() => {
    const now = Date.now();
    quiet += Math.min(now - looked, 2 * LOOK); // who looks later was asleep: a hidden tab, a closed lid
    looked = now;
    if (socket?.readyState === 1 && quiet > silence) drop();
  }, LOOK);

  /** Give up a socket that says nothing any more: it notices that itself only much later. */
  function drop() {
    const mute = socket;
    lost(false);
    mute?.close();
  }

  function retryNow() {
    if (socket) return;
    wait = FIRST_WAIT;
    open();
  }

  /** A socket that looks open may have died while the device slept: one that does not answer is replaced at once. */
  function check() {
    const isStuck = socket && (socket.readyState > 1 || (socket.readyState === 0 && Date.now() - began > LATE));
    if (isStuck) drop();
    if (socket?.readyState !== 1) return retryNow();
    clearTimeout(unanswered);
    unanswered = setTimeout(() => {
      drop();
      retryNow();
    }, ANSWER);
    socket.send(JSON.stringify({ type: "beat" }));
  }
  globalThis.addEventListener?.("online", check);
  globalThis.addEventListener?.("pageshow", ({ persisted }) => { if (persisted) check(); }); // from the browser's cache
  globalThis.document?.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
  // TCP does not notice for minutes that a network has gone; the browser knows at once. A server on this machine stays.
  globalThis.addEventListener?.("offline", check);
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
  };
}
