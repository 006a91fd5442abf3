/**
 * How GPT-2 cuts text into words before merging bytes (encodings gpt2, r50k_base, p50k_base, and every
 * `ByteLevel` pre-tokenizer of Hugging Face):
 *
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Written out by hand because a regular expression costs more than all the rest of encoding.
 */
import { LETTER, NUMBER, SPACE, classesAt } from "../unicode.ts";
import { BLANK, skipContraction, skipRun, skipRunWithout, skipSpaceBeforeWord } from "./scan.ts";

/** The end of the GPT-2 piece that starts at `start`. */
export function splitGpt2(units: Uint16Array, start: number, end: number): number {
  const contraction = skipContraction(units, start, end, false);
  if (contraction > start) return contraction;

  const word = units[start] === BLANK && start + 1 < end ? start + 1 : start;
  const classes = classesAt(units, word, end);
  if ((classes & LETTER) !== 0) return skipRun(units, word, end, LETTER);
  if ((classes & NUMBER) !== 0) return skipRun(units, word, end, NUMBER);
  if ((classes & SPACE) === 0) return skipRunWithout(units, word, end, LETTER | NUMBER | SPACE);
  return skipSpaceBeforeWord(units, start, end);
}
