// Numbers as people type them, with a decimal point or a decimal comma.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

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
