// Canvases that follow the size of what they are in.

const ASK_EVERY = 500; // milliseconds: Chromium does not tell of a ratio that changes while the window keeps its size

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function contextOf(canvas, settings) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size in CSS pixels
 */
export function fitTo(canvas, size) {
  for (const side of /** @type {const} */ (["width", "height"])) {
    canvas.style[side] = `${size[side]}px`;
    const pixels = Math.round(size[side] * devicePixelRatio);
    if (canvas[side] !== pixels) canvas[side] = pixels; // assigning would empty it and send it to the screen again
  }
}

/**
 * @param {CanvasRenderingContext2D} context empty, and in CSS pixels from here on
 */
export function cleared(context) {
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  return context;
}

/** @type {(() => void)[]} */
const ratioChanges = [];
let ratio = devicePixelRatio;

/**
 * Call back whenever a CSS pixel becomes another number of pixels of the screen: the window has gone to another screen.
 * @param {() => void} change
 */
export function onPixelRatio(change) {
  if (ratioChanges.push(change) > 1) return;
  awaitNextRatio();
  setInterval(checkRatio, ASK_EVERY);
}

/** Such a query tells when one ratio is left: the next ratio needs a query of its own. */
function awaitNextRatio() {
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
    checkRatio();
    awaitNextRatio();
  }, { once: true });
}

function checkRatio() {
  if (ratio === devicePixelRatio) return;
  ratio = devicePixelRatio;
  for (const change of ratioChanges) change();
}
