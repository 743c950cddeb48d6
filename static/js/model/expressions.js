// The language of formulas, as engine/data/expression_parser.py has it (docs/formulas.md): what a text means, and its
// values for pictures. What is learnt from is computed by the server.

/** @typedef {"a number"|"a condition"} Kind */
/** @typedef {(x: number, y: number) => number} Value NaN is a hole; a condition is 1 or 0 */
/** @typedef {{value: Value, kind: Kind}} Part */
/** @typedef {{text: string, kind: "number"|"name"|"sign"|"end", position: number}} Token */

export const LONGEST = 300;
const DEEPEST = 32;
const [NUMBER, CONDITION] = /** @type {const} */ (["a number", "a condition"]);
const CONSTANTS = new Map([["pi", Math.PI], ["e", Math.E]]);
const COMPARISONS = new Map(Object.entries({
  "<": (/** @type {number} */ a, /** @type {number} */ b) => a < b,
  "<=": (/** @type {number} */ a, /** @type {number} */ b) => a <= b,
  ">": (/** @type {number} */ a, /** @type {number} */ b) => a > b,
  ">=": (/** @type {number} */ a, /** @type {number} */ b) => a >= b,
  "=": (/** @type {number} */ a, /** @type {number} */ b) => a === b,
  "!=": (/** @type {number} */ a, /** @type {number} */ b) => a !== b,
}));
/** @type {Map<string, {least: number, most: number, apply: (...values: number[]) => number}>} */
const FUNCTIONS = new Map([
  ...[Math.sin, Math.cos, Math.tan, Math.exp, Math.log, Math.sqrt, Math.abs, Math.sign, Math.floor].map((apply) => {
    return /** @type {const} */ ([apply.name, { least: 1, most: 1, apply }]);
  }),
  ["gauss", { least: 1, most: 1, apply: (value) => Math.exp(-value * value) }],
  ["atan2", { least: 2, most: 2, apply: Math.atan2 }],
  ["min", { least: 2, most: LONGEST, apply: Math.min }],
  ["max", { least: 2, most: LONGEST, apply: Math.max }],
]);
const WORDS = ["and", "or", "not"];
const TOKEN = /\s*(?:([0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?)|([a-z_][a-z_0-9]*)|(.))/suy;
// Where a formula is of the columns of a table: their names as they are written there, or in quotation marks.
const COLUMN = String.raw`"[^"]*"|in\.\d+|[\p{L}_][\p{L}\p{N}_]*`;
const OF_COLUMNS = new RegExp(TOKEN.source.replace("([a-z", `(${COLUMN}|[a-z`), "suy");

/** What is wrong with a formula, in a sentence, and the place of it: a character, counted from 0. */
export class ParseError extends Error {
  /**
   * @param {number} position
   * @param {string} said
   */
  constructor(position, said) {
    super(said);
    this.position = position;
  }
}

/**
 * What a text means.
 * @param {string} text
 * @param {Kind} [wanted]
 * @param {string[]|null} [names] of the columns of a table that it is of, in place of x and y
 * @returns {Part}
 * @throws {ParseError}
 */
export function parsed(text, wanted, names = null) {
  if (text.length > LONGEST) {
    throw new ParseError(LONGEST, `A formula has at most ${LONGEST} characters, and this one ${text.length}.`);
  }
  const part = new Parser(text, names).formula();
  if (wanted && part.kind !== wanted) {
    throw new ParseError(0, `Expected ${wanted} at character 0, found ${part.kind}.`);
  }
  return part;
}

/**
 * The column that a part of a text names: in quotation marks exactly, else without regard to large and small letters.
 * @param {string} text
 * @param {string[]} names
 * @returns {number} -1 for none
 */
function columnIn(text, names) {
  if (text.startsWith('"')) return names.indexOf(text.slice(1, -1).trim());
  const low = text.toLowerCase();
  if (CONSTANTS.has(low) || FUNCTIONS.has(low) || WORDS.includes(low)) return -1;
  const number = /^in\.(\d+)$/.exec(low);
  if (number) return Number(number[1]) < names.length ? Number(number[1]) : -1;
  return names.findIndex((name) => name.toLowerCase() === low);
}

/**
 * A column as it is written in a formula: by its name, in quotation marks if need be, or else by its number.
 * @param {number} column
 * @param {string[]} names
 */
export function columnText(column, names) {
  return [names[column], `"${names[column]}"`].find((text) => {
    return new RegExp(`^(?:${COLUMN})$`, "u").test(text) && columnIn(text, names) === column;
  }) ?? `in.${column}`;
}

/**
 * A formula with the numbers of columns in place of their names, as it is kept.
 * @param {string} text
 * @param {string[]} names
 */
export function numbered(text, names) {
  return tokens(text, names).reduceRight((found, { text: part, kind, position }) => {
    const column = kind === "name" ? columnIn(part, names) : -1;
    return column < 0 ? found : `${found.slice(0, position)}in.${column}${found.slice(position + part.length)}`;
  }, text);
}

/**
 * @param {string} given
 * @param {string[]|null} [names]
 * @returns {Token[]}
 */
function tokens(given, names = null) {
  const text = given.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll("−", "-");
  const end = text.trimEnd().length;
  /** @type {Token[]} */
  const found = [];
  const token = names ? OF_COLUMNS : TOKEN;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const [, number, name, sign] = /** @type {RegExpExecArray} */ (token.exec(text));
    const position = token.lastIndex - (number ?? name ?? sign).length;
    const pair = text.slice(position, position + 2);
    const isPair = sign && ["<=", ">=", "!="].includes(pair);
    if (isPair) token.lastIndex = position + 2;
    const kind = number ? "number" : name ? "name" : "sign";
    const asGiven = name && given.slice(position, position + name.length);
    const part = names && asGiven && (asGiven.startsWith('"') || columnIn(asGiven, names) >= 0) ? asGiven : name;
    found.push({ text: isPair ? pair : (number ?? part ?? sign), kind, position });
  }
  return [...found, { text: "", kind: "end", position: end }];
}

/**
 * A value, with a hole where it is not finite.
 * @param {number} value
 */
const finite = (value) => (Number.isFinite(value) ? value : NaN);

/**
 * A function of values that have no holes.
 * @param {(...values: number[]) => number} apply
 * @param {Value[]} parts
 * @returns {Value}
 */
const applied = (apply, parts) => (x, y) => {
  const values = parts.map((part) => part(x, y));
  return values.some(Number.isNaN) ? NaN : finite(apply(...values));
};

class Parser {
  /**
   * @param {string} text
   * @param {string[]|null} names
   */
  constructor(text, names) {
    this.tokens = tokens(text, names);
    this.names = names;
    this.at = 0;
    this.depth = 0;
  }

  get next() { return this.tokens[this.at]; }

  /** @returns {Part} */
  formula() {
    const part = this.any();
    if (this.next.kind === "end") return part;
    throw this.unexpected("an operator or the end", this.next.text === "," ? " A decimal mark is a point." : "");
  }

  /** @param {string[]} texts */
  take(...texts) {
    const { text, kind } = this.next;
    if (!texts.includes(text) || !["sign", "name"].includes(kind)) return "";
    this.at += 1;
    return text;
  }

  /**
   * @param {string} expected
   * @param {string} hint
   */
  unexpected(expected, hint = "") {
    const { text, position } = this.next;
    const found = text ? `found “${text}”` : "found the end";
    return new ParseError(position, `Expected ${expected} at character ${position}, ${found}.${hint}`);
  }

  /**
   * @template T
   * @param {() => T} inner
   * @returns {T}
   */
  deeper(inner) {
    if (++this.depth > DEEPEST) {
      const { position } = this.next;
      throw new ParseError(position, `More than ${DEEPEST} parts are inside one another at character ${position}.`);
    }
    const found = inner();
    this.depth -= 1;
    return found;
  }

  /**
   * @param {() => Part} read
   * @param {Kind} wanted
   * @returns {Value}
   */
  part(read, wanted) {
    const { position } = this.next;
    return this.checked(read(), wanted, position);
  }

  /**
   * @param {Part} part
   * @param {Kind} wanted
   * @param {number} position
   */
  checked({ value, kind }, wanted, position) {
    if (kind === wanted) return value;
    throw new ParseError(position, `Expected ${wanted} at character ${position}, found ${kind}.`);
  }

  /**
   * Parts of one kind, joined by operators from the left.
   * @param {() => Part} read
   * @param {Kind} kind
   * @param {Record<string, (a: number, b: number) => number>} operators
   * @param {(apply: (a: number, b: number) => number, a: Value, b: Value) => Value} join
   * @returns {Part}
   */
  joined(read, kind, operators, join) {
    const { position } = this.next;
    let part = read();
    for (let sign = ""; (sign = this.take(...Object.keys(operators)));) {
      const [first, second] = [this.checked(part, kind, position), this.part(read, kind)];
      part = { kind, value: join(operators[sign], first, second) };
    }
    return part;
  }

  /** What one side decides does not depend on the other. */
  any = () => this.joined(this.conjunction, CONDITION, { or: (a, b) => (a === 1 || b === 1 ? 1 : a + b) }, both);
  conjunction = () => this.joined(this.negation, CONDITION, { and: (a, b) => (a === 0 || b === 0 ? 0 : a * b) }, both);

  /** @returns {Part} */
  negation = () => {
    if (!this.take("not")) return this.comparison();
    const value = this.deeper(() => this.part(this.negation, CONDITION));
    return { kind: CONDITION, value: applied((held) => 1 - held, [value]) };
  };

  /** @returns {Part} */
  comparison() {
    const { position } = this.next;
    const part = this.sum();
    const test = COMPARISONS.get(this.take(...COMPARISONS.keys()));
    if (!test) return part;
    const sides = [this.checked(part, NUMBER, position), this.part(this.sum, NUMBER)];
    if (COMPARISONS.has(this.next.text)) {
      throw this.unexpected("“and”, “or” or the end", " Comparisons are joined by “and”.");
    }
    return { kind: CONDITION, value: applied((a, b) => Number(test(a, b)), sides) };
  }

  sum = () => this.joined(this.product, NUMBER, { "+": (a, b) => a + b, "-": (a, b) => a - b }, each);
  product = () => {
    return this.joined(() => this.signed(this.power), NUMBER, { "*": (a, b) => a * b, "/": (a, b) => a / b }, each);
  };

  /**
   * With any number of signs before it: -x^2 is -(x^2).
   * @param {() => Part} inner
   * @returns {Part}
   */
  signed(inner) {
    const sign = this.take("-", "+");
    if (!sign) return inner();
    const value = this.deeper(() => this.part(() => this.signed(inner), NUMBER));
    return { kind: NUMBER, value: sign === "-" ? applied((a) => -a, [value]) : value };
  }

  /** @returns {Part} */
  power = () => {
    const { position } = this.next;
    const part = this.atom();
    if (!this.take("^")) return part;
    const base = this.checked(part, NUMBER, position);
    const exponent = this.deeper(() => this.part(() => this.signed(this.power), NUMBER));
    return { kind: NUMBER, value: applied(Math.pow, [base, exponent]) };
  };

  /** @returns {Part} */
  atom() {
    const { text, kind, position } = this.next;
    if (kind === "number") {
      this.at += 1;
      const number = Number(text);
      if (!Number.isFinite(number)) throw new ParseError(position, `The number at character ${position} is too large.`);
      return { kind: NUMBER, value: () => number };
    }
    if (this.take("(")) return this.closed(this.any);
    if (kind !== "name" || WORDS.includes(text)) throw this.unexpected("a number, a name or “(”");
    if (this.names && columnIn(text, this.names) >= 0) {
      this.at += 1;
      return { kind: NUMBER, value: () => 0 }; // the server alone has the rows
    }
    if (this.names && !CONSTANTS.has(text) && !FUNCTIONS.has(text)) {
      throw this.unexpected("the name of a column, pi, e or a function");
    }
    if (this.take("x")) return { kind: NUMBER, value: (x) => x };
    if (this.take("y")) return { kind: NUMBER, value: (_, y) => y };
    const constant = CONSTANTS.get(text);
    if (constant === undefined && !FUNCTIONS.has(text)) throw this.unexpected("x, y, pi, e or a function");
    this.at += 1;
    return { kind: NUMBER, value: constant === undefined ? this.call(text, position) : () => constant };
  }

  /**
   * @param {string} name
   * @param {number} position
   * @returns {Value}
   */
  call(name, position) {
    if (!this.take("(")) throw this.unexpected(`“(” after ${name}`);
    const values = this.closed(() => {
      const found = [this.part(this.any, NUMBER)];
      while (this.take(",", ";")) found.push(this.part(this.any, NUMBER));
      return found;
    });
    const found = FUNCTIONS.get(name);
    if (!found) throw this.unexpected("a function");
    const { least, most, apply } = found;
    if (values.length >= least && values.length <= most) return applied(apply, values);
    const wanted = least === 1 ? "1 value" : least === most ? `${least} values` : `${least} or more values`;
    const said = `Expected ${wanted} of ${name} at character ${position}, found ${values.length}.`;
    throw new ParseError(position, said);
  }

  /**
   * What stands in parentheses; the opening one is read.
   * @template T
   * @param {() => T} inner
   * @returns {T}
   */
  closed(inner) {
    return this.deeper(() => {
      const found = inner();
      if (!this.take(")")) throw this.unexpected("an operator or “)”");
      return found;
    });
  }
}

/**
 * @param {(a: number, b: number) => number} apply
 * @param {Value} first
 * @param {Value} second
 * @returns {Value}
 */
const each = (apply, first, second) => applied(apply, [first, second]);

/**
 * Of conditions: holes too are joined.
 * @param {(a: number, b: number) => number} apply
 * @param {Value} first
 * @param {Value} second
 * @returns {Value}
 */
const both = (apply, first, second) => (x, y) => apply(first(x, y), second(x, y));
