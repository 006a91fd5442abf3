/**
 * Which Unicode classes a character belongs to, as one table look-up.
 *
 * The tokenizers whose ids we must reproduce were built on Unicode 16.0 (both the Rust `regex` crate and
 * Oniguruma, checked code point by code point), while JavaScript's `\p{…}` follows whatever version the
 * runtime carries. So the tables start from the runtime's own classes and take back what 17.0 added.
 *
 * `\s` is another trap: JavaScript counts U+FEFF as white space and not U+0085; Unicode's White_Space, which
 * everyone else means, is the reverse.
 */

/** Letter, `\p{L}`. */
export const LETTER = 1;
/** Number, `\p{N}`. */
export const NUMBER = 2;
/** White space, Unicode's White_Space. */
export const SPACE = 4;
/** `\r` or `\n`. */
export const NEWLINE = 8;
/** What may stand in the first half of an o200k word: `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`. */
export const UPPER = 16;
/** What may stand in the second half of an o200k word: `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`. */
export const LOWER = 32;
/** Half of a surrogate pair: the class of the character is in another plane's table. */
export const SURROGATE = 64;

/** Assigned in Unicode 17.0, unknown to the originals: first and last code point of each stretch. */
const ADDED_IN_17 =
  "88f c5c cdc 1acf-1add 1ae0-1aeb 20c1 2b96 a7ce-a7cf a7d2 a7d4 a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce " +
  "10940-10959 10ec5-10ec7 10ed0-10ed8 10efa-10efb 11b60-11b67 11db0-11ddb 11de0-11de9 16ea0-16eb8 16ebb-16ed3 " +
  "16ff2-16ff6 187f8-187ff 18d09-18d1e 18d80-18df2 1ccfa-1ccfc 1ceba-1ced0 1cee0-1cef0 1e6c0-1e6de 1e6e0-1e6f5 " +
  "1e6fe-1e6ff 1f6d8 1f777-1f77a 1f8d0-1f8d8 1fa54-1fa57 1fa8a 1fa8e 1fac8 1facd 1faea 1faef 1fbfa 2b73a-2b73f " +
  "2cea2-2cead 323b0-33479";

const addedIn17 = ADDED_IN_17.split(" ").map((stretch) => {
  const [first, last = first] = stretch.split("-").map((hex) => Number.parseInt(hex, 16));
  return { first, last };
});

/** The characters that Unicode 16.0 did not have, as members of a class in a regular expression. */
export const newerThanUnicode16 = addedIn17
  .map(({ first, last }) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`)
  .join("");

/** Which bit each pattern sets. U+0295 became a modifier-less letter (Lo) in 17.0 and was lower case before. */
const PATTERNS: [bits: number, pattern: RegExp][] = [
  [LETTER, /\p{L}+/gu],
  [NUMBER, /\p{N}+/gu],
  [SPACE, /\p{White_Space}+/gu],
  [NEWLINE, /[\r\n]+/gu],
  [UPPER, /[[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]--\u{295}]+/gv],
  [LOWER, /[\p{Ll}\p{Lm}\p{Lo}\p{M}]+/gu],
];

/** The classes of the 65,536 characters of a plane, each a sum of the bits above. */
function buildPlane(plane: number): Uint8Array {
  const classes = new Uint8Array(0x10000);
  const width = plane === 0 ? 1 : 2;
  const units = new Uint16Array(0x10000 * width);
  for (let low = 0; low < 0x10000; low++) {
    if (plane === 0) units[low] = low;
    else {
      const offset = plane * 0x10000 + low - 0x10000;
      units[2 * low] = 0xd800 + (offset >> 10);
      units[2 * low + 1] = 0xdc00 + (offset & 0x3ff);
    }
  }
  const characters = new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units);
  for (const [bits, pattern] of PATTERNS) {
    for (const { 0: stretch, index } of characters.matchAll(pattern)) {
      for (let at = index / width; at < (index + stretch.length) / width; at++) classes[at] |= bits;
    }
  }
  for (const { first, last } of addedIn17) {
    if (first >> 16 === plane) classes.fill(0, first & 0xffff, (last & 0xffff) + 1);
  }
  if (plane === 0) classes.fill(SURROGATE, 0xd800, 0xe000);
  return classes;
}

const planes: (Uint8Array | undefined)[] = [];

/** The classes of the basic plane, indexed by UTF-16 unit; surrogates hold SURROGATE. */
export const unitClasses = buildPlane(0);

/** The classes of a code point outside the basic plane. */
export function astralClasses(codePoint: number): number {
  const plane = codePoint >> 16;
  return (planes[plane] ??= buildPlane(plane))[codePoint & 0xffff];
}

/** The classes of the character that starts at `units[at]`; a lone surrogate has none, as U+FFFD. */
export function classesAt(units: Uint16Array, at: number, end: number): number {
  const classes = unitClasses[units[at]];
  if (classes !== SURROGATE) return classes;
  return widthAt(units, at, end) === 2
    ? astralClasses(0x10000 + ((units[at] - 0xd800) << 10) + (units[at + 1] - 0xdc00))
    : 0;
}

/** 2 when a surrogate pair starts at `units[at]`, else 1. */
export function widthAt(units: Uint16Array, at: number, end: number): 1 | 2 {
  return (units[at] & 0xfc00) === 0xd800 && at + 1 < end && (units[at + 1] & 0xfc00) === 0xdc00 ? 2 : 1;
}
