// Formulas as MathML, which browsers draw and screen readers read.

import { numberText } from "./text.js";

const SPACE = "http://www.w3.org/1998/Math/MathML";

/**
 * @param {string} name
 * @param {...(Node|string)} children
 */
function mathElement(name, ...children) {
  const made = document.createElementNS(SPACE, name);
  made.append(...children);
  return made;
}

/**
 * One line: "= 0.5 · 1.2 + 0.1". A negative number after a sign stands in brackets.
 * @param {(string|number)[]} terms
 * @returns {Element}
 */
export function formula(terms) {
  const row = terms.map((term, i) => {
    if (typeof term === "number") {
      const number = mathElement("mn", numberText(term));
      const isLed = i > 0 && ["+", "−", "·"].includes(String(terms[i - 1]));
      if (term >= 0 || !isLed) return number;
      return mathElement("mrow", mathElement("mtext", "("), number, mathElement("mtext", ")"));
    }
    const sign = mathElement(/^[\p{L}∂′]+$/u.test(term) ? "mi" : "mo", term);
    if (term === "(" || term === ")") sign.setAttribute("stretchy", "false");
    return sign;
  });
  return mathElement("math", mathElement("mrow", ...row));
}

/**
 * A long line in several, each of which but the first begins with a sign: browsers do not break MathML.
 * @param {(string|number)[]} terms
 * @param {number} most characters of a line
 * @returns {(string|number)[][]}
 */
export function broken(terms, most) {
  /** @type {(string|number)[][]} */
  const lines = [[]];
  let [length, depth] = [0, 0];
  terms.forEach((term, i) => {
    const rest = terms.slice(i + 1, i + 4).reduce((/** @type {number} */ sum, each) => sum + textOf(each).length, 0);
    const isBreak = term === "+" || (term === "·" && depth === 0 && typeof terms[i + 1] === "string");
    if (isBreak && length + rest > most) {
      lines.push([]);
      length = 0;
    }
    if (term === "(") depth += 1;
    if (term === ")") depth -= 1;
    lines[lines.length - 1].push(term);
    length += textOf(term).length + 1;
  });
  return lines;
}

/** @param {string|number} term */
const textOf = (term) => (typeof term === "number" ? numberText(term) : term);
