// Histograms, how they changed, and sizes over time on a logarithmic axis. Pure: numbers and a context in, pixels out.

/** @typedef {{width: number, height: number, scale: number, ink: string, muted: string, line: string}} Look */

/**
 * Bars from the lower edge; the middle of the axis is marked.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} bins
 * @param {Look} look sizes in pixels of the canvas
 */
export function drawBars(context, bins, { width, height, scale, ink, line }) {
  context.clearRect(0, 0, width, height);
  const most = Math.max(1, ...Array.from(bins));
  const wide = width / bins.length;
  context.fillStyle = line;
  context.fillRect(width / 2 - scale / 2, 0, scale, height);
  context.fillStyle = ink;
  for (let i = 0; i < bins.length; i++) {
    const high = (bins[i] / most) * (height - scale);
    context.fillRect(i * wide + 0.1 * wide, height - high, 0.8 * wide, high);
  }
  context.fillRect(0, height - scale, width, scale);
}

/**
 * Histograms side by side, the newest on the right: the darker, the more values.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>[]} columns
 * @param {Look} look
 */
export function drawStrip(context, columns, { width, height, ink }) {
  context.clearRect(0, 0, width, height);
  context.fillStyle = ink;
  const wide = width / Math.max(1, columns.length);
  columns.forEach((bins, column) => {
    const most = Math.max(1, ...Array.from(bins));
    const high = height / bins.length;
    for (let i = 0; i < bins.length; i++) {
      if (!bins[i]) continue;
      context.globalAlpha = 0.15 + 0.85 * (bins[i] / most);
      context.fillRect(column * wide, height - (i + 1) * high, wide + 0.5, high);
    }
  });
  context.globalAlpha = 1;
}

const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/**
 * Lines over time, each with its own dashes and its name at its end.
 * @param {CanvasRenderingContext2D} context
 * @param {{name: string, values: number[]}[]} lines
 * @param {Look & {font: string}} look
 */
export function drawSizes(context, lines, { width, height, scale, ink, muted, line, font }) {
  context.clearRect(0, 0, width, height);
  const seen = lines.flatMap(({ values }) => values.filter((value) => value > 0 && Number.isFinite(value)));
  if (!seen.length) return;
  const low = Math.floor(Math.log10(seen.reduce((a, b) => Math.min(a, b))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(seen.reduce((a, b) => Math.max(a, b)))));
  const [left, right, foot] = [34 * scale, 52 * scale, 6 * scale];
  const up = (/** @type {number} */ power) => foot + (1 - (power - low) / (high - low)) * (height - 2 * foot);
  context.font = `${11 * scale}px ${font}`;
  context.textBaseline = "middle";
  context.lineWidth = scale;
  const step = Math.ceil((high - low) / 4);
  for (let power = low; power <= high; power += step) {
    context.strokeStyle = line;
    context.beginPath();
    context.moveTo(left, up(power));
    context.lineTo(width - right, up(power));
    context.stroke();
    context.fillStyle = muted;
    context.fillText(`10${raised(power)}`, 0, up(power));
  }
  const ends = lines.map(({ values }, i) => ({ i, y: up(Math.log10(Math.max(10 ** low, values.at(-1) ?? 0))) }));
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, place) => { // names do not lie on each other
    if (place) end.y = Math.max(end.y, ends[place - 1].y + 11 * scale);
  });
  for (let place = ends.length - 1; place >= 0; place--) {
    const below = ends[place + 1]?.y ?? height + 5 * scale;
    ends[place].y = Math.min(ends[place].y, below - 11 * scale);
  }
  for (const { i, y } of ends) {
    const { name, values } = lines[i];
    context.setLineDash(DASHES[i % DASHES.length].map((length) => length * scale));
    context.lineWidth = 1.75 * scale;
    context.strokeStyle = i % 2 ? muted : ink;
    context.beginPath();
    values.forEach((value, at) => {
      const x = left + ((width - left - right) * at) / Math.max(1, values.length - 1);
      if (value > 0 && Number.isFinite(value)) context.lineTo(x, up(Math.log10(value)));
    });
    context.stroke();
    context.fillStyle = ink;
    context.fillText(name, width - right + 4 * scale, y);
  }
  context.setLineDash([]);
}

/** @param {number} power */
const raised = (power) => {
  return [...String(power)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
};
