// Predicted against true values. Pure: pairs and a context in, pixels out.

const MARGIN = 34; // pixels beside the axes

/**
 * Up to two digits.
 * @param {number} value
 */
function rounded(value) {
  const step = 10 ** Math.floor(Math.log10(value)) / 5;
  return Number((Math.ceil(value / step) * step).toPrecision(2));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number][][]} parts training, test
 * @param {{side: number, scale: number, ink: string, muted: string, line: string, edge: string, font: string}} look
 */
export function drawPairs(context, parts, { side, scale, ink, muted, line, edge, font }) {
  const values = parts.flat(2);
  const reach = rounded(Math.max(1, Math.min(1e6, values.reduce((most, value) => Math.max(most, Math.abs(value)), 0))));
  const [low, span] = [MARGIN * scale, side - (MARGIN + 8) * scale];
  /** @param {number} value */
  const across = (value) => low + ((value + reach) / (2 * reach)) * span;
  /** @param {number} value */
  const up = (value) => side - low - ((value + reach) / (2 * reach)) * span;
  context.clearRect(0, 0, side, side);
  context.lineWidth = scale;
  context.font = `${11 * scale}px ${font}`;
  context.fillStyle = muted;
  context.strokeStyle = line;
  for (const value of [-reach, 0, reach]) {
    context.strokeRect(across(value), up(reach), 0, span);
    context.strokeRect(across(-reach), up(value), span, 0);
    context.textAlign = "center";
    context.fillText(String(value).replace("-", "−"), across(value), side - low + 13 * scale);
    context.textAlign = "right";
    context.fillText(String(value).replace("-", "−"), low - 4 * scale, up(value) + 4 * scale);
  }
  context.textAlign = "center";
  context.fillText("true", across(0), side - 4 * scale);
  context.save();
  context.translate(10 * scale, up(0));
  context.rotate(-Math.PI / 2);
  context.fillText("predicted", 0, 0);
  context.restore();
  context.strokeStyle = edge;
  context.setLineDash([4 * scale, 4 * scale]);
  context.beginPath();
  context.moveTo(across(-reach), up(-reach));
  context.lineTo(across(reach), up(reach));
  context.stroke();
  context.setLineDash([]);
  parts.forEach((pairs, part) => {
    context.strokeStyle = context.fillStyle = part === 0 ? edge : ink;
    for (const [value, predicted] of pairs) {
      context.beginPath();
      context.arc(across(value), up(Math.max(-reach, Math.min(reach, predicted))), 2.2 * scale, 0, 2 * Math.PI);
      if (part === 0) context.stroke();
      else context.fill();
    }
  });
}
