/**
 * The small steps that the hand-written splitters share: run over characters of a class, and the rules for
 * contractions and white space that GPT-2, cl100k and o200k have in common.
 *
 * All positions are indices into UTF-16 units; `end` is where the text (or the stretch before a special
 * token) stops. A splitter is called with the start of a piece and answers where that piece ends.
 */
import { NEWLINE, SPACE, SURROGATE, classesAt, unitClasses, widthAt } from "../unicode.ts";

/** The end of the piece that starts at `start`; always beyond `start`. */
export type Splitter = (units: Uint16Array, start: number, end: number) => number;

export const APOSTROPHE = 39;
export const BLANK = 32;

/** The end of the run of characters that have one of the classes in `bits`, from `at` on. */
export function skipRun(units: Uint16Array, at: number, end: number, bits: number): number {
  while (at < end) {
    const classes = unitClasses[units[at]];
    if ((classes & bits) !== 0) at++;
    else if (classes === SURROGATE && (classesAt(units, at, end) & bits) !== 0) at += 2;
    else break;
  }
  return at;
}

/** The end of the run of characters that have none of the classes in `bits`, from `at` on. */
export function skipRunWithout(units: Uint16Array, at: number, end: number, bits: number): number {
  while (at < end) {
    const classes = unitClasses[units[at]];
    if (classes === SURROGATE) {
      if ((classesAt(units, at, end) & bits) !== 0) break;
      at += widthAt(units, at, end);
    } else if ((classes & bits) === 0) at++;
    else break;
  }
  return at;
}

/** The end of at most `limit` characters that have one of the classes in `bits`. */
export function skipUpTo(units: Uint16Array, at: number, end: number, bits: number, limit: number): number {
  for (let count = 0; count < limit && at < end && (classesAt(units, at, end) & bits) !== 0; count++) {
    at += widthAt(units, at, end);
  }
  return at;
}

/**
 * The end of an English contraction (`'s 't 'm 'd 'll 've 're`) that starts at `at`, or `at` when there is
 * none. Ignoring case follows Unicode's case folding, in which U+017F (ſ) is an s.
 */
export function skipContraction(units: Uint16Array, at: number, end: number, ignoreCase: boolean): number {
  if (at + 1 >= end || units[at] !== APOSTROPHE) return at;
  const first = ignoreCase ? foldCase(units[at + 1]) : units[at + 1];
  if (first === 115 || first === 100 || first === 109 || first === 116) return at + 2; // s d m t
  if (at + 2 >= end) return at;
  const second = ignoreCase ? foldCase(units[at + 2]) : units[at + 2];
  const isPair =
    (first === 108 && second === 108) || // ll
    (first === 118 && second === 101) || // ve
    (first === 114 && second === 101); // re
  return isPair ? at + 3 : at;
}

function foldCase(unit: number): number {
  if (unit >= 65 && unit <= 90) return unit + 32;
  return unit === 0x17f ? 115 : unit;
}

/**
 * `\s+(?!\S)|\s+`: a run of white space, leaving its last character to the word behind it.
 * Every White_Space character is one unit wide.
 */
export function skipSpaceBeforeWord(units: Uint16Array, at: number, end: number): number {
  const runEnd = skipRun(units, at, end, SPACE);
  return runEnd === end || runEnd === at + 1 ? runEnd : runEnd - 1;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`: white space up to its last line break, else as `skipSpaceBeforeWord`. */
export function skipLines(units: Uint16Array, at: number, end: number): number {
  const runEnd = skipRun(units, at, end, SPACE);
  for (let last = runEnd; last > at; last--) {
    if ((unitClasses[units[last - 1]] & NEWLINE) !== 0) return last;
  }
  return runEnd === end || runEnd === at + 1 ? runEnd : runEnd - 1;
}
