// Numbers as text, and as people type them, with a decimal point or a decimal comma.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/**
 * A number as a person reads it: four significant digits, a true minus.
 * @param {number} value
 */
export function numberText(value) {
  if (!Number.isFinite(value)) return "not a number";
  const size = Math.abs(value);
  const isExtreme = size !== 0 && (size >= 1e5 || size < 1e-3);
  const text = isExtreme ? value.toExponential(2) : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
  return text.replace(/-/g, "−");
}

/**
 * Three decimals, as in TensorFlow Playground.
 * @param {number|undefined} loss
 */
export function lossText(loss) {
  if (loss === undefined) return "–";
  if (!Number.isFinite(loss)) return "NaN";
  if (loss >= 1e6 || (loss > 0 && loss < 1e-7)) return powerText(loss);
  if (loss === 0 || loss >= 0.0005) return loss.toFixed(3);
  const [, exponent] = loss.toExponential(1).split("e"); // of two digits
  return loss.toFixed(1 - Number(exponent));
}

/**
 * 3.1×10⁻⁸
 * @param {number} value
 */
function powerText(value) {
  const [digits, exponent] = value.toExponential(1).split("e");
  const raised = [...String(Number(exponent))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
  return `${digits}×10${raised.join("")}`;
}

/** Where a finger points there is nothing to click, and nothing to point with. */
export const isTouch = () => globalThis.matchMedia?.("(hover: none)").matches ?? false;

/**
 * 000,123 as in TensorFlow Playground.
 * @param {number} epoch
 */
export function epochText(epoch) {
  return String(epoch).padStart(6, "0").replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/**
 * The text with a decimal point, and without signs that group digits; any other text as it is. One comma is a decimal
 * comma, "1,5" and "1,500"; in a field for whole numbers "1,500" can only be one thousand five hundred.
 * @param {string} text
 * @param {boolean} isWhole
 */
export function withPoint(text, isWhole) {
  const plain = text.trim().replace(/[−–]/g, "-");
  const commas = plain.split(",").length - 1;
  const isGrouped = GROUPED.test(plain) && (commas > 1 || isWhole || plain.includes("."));
  if (isGrouped) return plain.replaceAll(",", "");
  return commas === 1 && !plain.includes(".") ? plain.replace(",", ".") : plain;
}

/**
 * @param {string} text
 * @returns {number|undefined} undefined where it is no finite number
 */
export function typedNumber(text) {
  const plain = withPoint(text, false);
  const value = NUMBER.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(value) ? value : undefined;
}
