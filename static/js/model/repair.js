// Damage that links take on their way through web pages, Markdown and mail, and how it is undone: as in
// engine/spec/repair.py. Only what can be read in one way is undone.

/** Signs that HTML has names for which are the beginning of a key: ® of &reg, also without a semicolon. */
export const SIGNS = Object.freeze({
  "®": "reg", "β": "beta", "ε": "epsilon", "ν": "nu", "≤": "le", "≠": "ne", "≺": "pr", "⪯": "pre", "≻": "sc",
  "∈": "in", "∨": "or", "∠": "ang", "∾": "ac", "≎": "bump",
});
const EQUALS = "(?:=|%(?:25)*3[Dd])";
const SEMICOLON = "(?:;|%(?:25)*3[Bb])";
const AMPERSAND = `(?:(?:amp|AMP|#0*38|#[xX]0*26)${SEMICOLON})`;
const ENCODED = /%(?:2[013-9A-Fa-f]|[3-7][0-9A-Fa-f])(?<!%3[CcEe])(?<!%60)(?<!%20)(?<!%7[Ff])/g;
// A run is looked at from its beginning only: the time would grow with the square of its length.
const BLANK = "[\\s\\u00ad\\u200b-\\u200d\\u2060\\ufeff]";
const AROUND = new RegExp(`^${BLANK}+|(?<!${BLANK})${BLANK}+$`, "g");
const CLOSING = "[\\])}>.,;:'\"*”’»]";
const PUNCTUATION = new RegExp(`(?<!${CLOSING})(?<!%22)(?<!%3E)(?<!%E2%80%9D)(?:${CLOSING}|%22|%3E|%E2%80%9D)+$`);
const DEEPEST = 5; // times that a link may have been encoded

/**
 * A fragment as it was before the damage, and what was read as what.
 * @param {string} fragment percent-encoded
 * @param {string[]} keys that links may have; each may also end in `_hide`
 * @returns {{text: string, found: Map<string, string>}}
 */
export function repaired(fragment, keys) {
  /** @type {Map<string, string>} */
  const found = new Map();
  let text = fragment;
  for (let i = 0; i < DEEPEST && !text.includes("=") && /%(?:25)*3[Dd]/.test(text); i++) { // encoded as a whole
    text = text.replace(ENCODED, decodeURIComponent);
    found.set("%3D", "=");
  }
  const beforeAnd = [...text.matchAll(/(\\|%5[Cc])?&/g)];
  if (beforeAnd.length > 1 && beforeAnd.every(([, escape]) => escape)) { // Markdown escapes each one
    text = text.replace(/(?:\\|%5[Cc])(?=[!-/:-@[-\x60{-~])/g, "");
    found.set("\\&", "&");
  }
  for (const { pattern, meant, shown } of patterns(keys)) {
    text = text.replace(pattern, (match, key) => {
      const decoded = shown || plain(match);
      found.set(decoded.includes("\ufffd") ? match : decoded, meant);
      return shown === "%3D" ? `${key}=` : meant;
    });
  }
  return { text, found };
}

/**
 * A value or a key without percent-encoding and without space around it; a minus sign is a hyphen.
 * @param {string} text
 */
export function plain(text) {
  let now = text;
  for (let i = 0; i < DEEPEST; i++) now = decoded(now);
  return now.replace(AROUND, "").replace(/\u2212/g, "-");
}

/**
 * The last value of a link without the signs that the sentence around it has left there.
 * @param {string} text
 */
export const withoutPunctuation = (text) => text.replace(PUNCTUATION, "");

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string[]} texts the longest first, so that none hides another */
const oneOf = (texts) => `(?:${[...texts].sort((a, b) => b.length - a.length).join("|")})`;

/**
 * What is replaced by what, in order, and how it is shown: empty for what was found, decoded.
 * @param {string[]} keys
 */
function patterns(keys) {
  const known = `${oneOf(keys)}(?:_hide)?`;
  const follows = `(?=${known}${EQUALS})`;
  const found = [
    { pattern: `&${AMPERSAND}+`, meant: "&", shown: "" },
    { pattern: `&amp${follows}`, meant: "&", shown: "" },
    { pattern: `(?:\\\\|%5[Cc])(?:u00|x)26${follows}`, meant: "&", shown: "" },
    { pattern: `%(?:25)*26${AMPERSAND}*${follows}`, meant: "&", shown: "%26" },
    { pattern: `(?<![^&])(${known})%(?:25)*3[Dd]`, meant: "=", shown: "%3D" },
  ];
  for (const [sign, name] of Object.entries(SIGNS)) {
    const rests = keys.filter((key) => key.startsWith(name)).map((key) => key.slice(name.length));
    if (rests.length === 0) continue;
    const pattern = `(?:${forms(sign, name)})(?=${oneOf(rests)}(?:_hide)?${EQUALS})`;
    found.push({ pattern, meant: `&${name}`, shown: "" });
  }
  return found.map(({ pattern, ...rest }) => ({ pattern: new RegExp(pattern, "g"), ...rest }));
}

/**
 * A sign as it may stand in an address: as UTF-8, as UTF-8 taken for Latin-1, as Latin-1, by its name or its number.
 * @param {string} sign
 * @param {string} name
 */
function forms(sign, name) {
  const code = sign.charCodeAt(0);
  const bytes = new TextEncoder().encode(sign);
  const latin = [...bytes].map((byte) => String.fromCharCode(byte)).join("");
  const encodings = [[...new TextEncoder().encode(latin)], [...bytes]];
  if (code < 256) encodings.push([code]);
  const texts = encodings.map((all) => all.map((byte) => `%(?:25)*${anyCase(byte)}`).join(""));
  const number = `#0*${code}|#[xX]0*${anyCase(code)}`;
  return [...texts, `&(?:${name}|${number})${SEMICOLON}`].join("|");
}

/** @param {number} code */
function anyCase(code) {
  return code.toString(16).toUpperCase().replace(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`);
}
