/**
 * How GPT-4o and its successors (o200k_base) cut text. With U = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`,
 * W = `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and C = `(?i:'s|'t|'re|'ve|'m|'ll|'d)`:
 *
 *   [^\r\n\p{L}\p{N}]?U*W+C?|[^\r\n\p{L}\p{N}]?U+W*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * So a word breaks where lower case turns into upper case ("camel|Case"), and keeps its contraction. The
 * trap is that U and W share `\p{Lm}\p{Lo}\p{M}`: a regular expression backtracks into that overlap.
 */
import { LETTER, LOWER, NEWLINE, NUMBER, SPACE, UPPER, classesAt, unitClasses, widthAt } from "../unicode.ts";
import { BLANK, skipContraction, skipLines, skipRun, skipRunWithout, skipUpTo } from "./scan.ts";

const SLASH = 47;

/** The end of the o200k piece that starts at `start`. */
export function splitO200k(units: Uint16Array, start: number, end: number): number {
  const classes = classesAt(units, start, end);
  const second = start + widthAt(units, start, end);
  if ((classes & LETTER) !== 0) {
    const word = skipCasedWord(units, start, end);
    return skipContraction(units, word > start ? word : skipRun(units, start, end, UPPER), end, true);
  }
  if ((classes & NUMBER) !== 0) return skipUpTo(units, start, end, NUMBER, 3);
  if ((classes & NEWLINE) === 0) {
    const behind = skipCasedWord(units, second, end);
    if (behind > second) return skipContraction(units, behind, end, true);
    // A mark is a prefix and a member of U and W at once: it forms a word alone before capitals do with it.
    if ((classes & LOWER) !== 0) return skipContraction(units, second, end, true);
    const capitals = skipRun(units, second, end, UPPER);
    if (capitals > second) return skipContraction(units, capitals, end, true);
  }

  const sign = units[start] === BLANK && second < end ? second : start;
  let at = skipRunWithout(units, sign, end, LETTER | NUMBER | SPACE);
  if (at > sign) {
    while (at < end && (units[at] === SLASH || (unitClasses[units[at]] & NEWLINE) !== 0)) at++;
    return at;
  }
  return skipLines(units, start, end);
}

/** The end of `U*W+` from `at` on, or `at` when it does not match. */
function skipCasedWord(units: Uint16Array, at: number, end: number): number {
  const upperEnd = skipRun(units, at, end, UPPER);
  const wordEnd = skipRun(units, upperEnd, end, LOWER);
  if (wordEnd > upperEnd) return wordEnd;
  // Nothing lower-case behind the run: give back characters until one of them serves as the W.
  for (let back = upperEnd; back > at;) {
    const isPair = back - 2 >= at && (units[back - 1] & 0xfc00) === 0xdc00;
    const previous = isPair ? back - 2 : back - 1;
    if ((classesAt(units, previous, end) & LOWER) !== 0) return back;
    back = previous;
  }
  return at;
}
