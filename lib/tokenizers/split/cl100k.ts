/**
 * How GPT-3.5 and GPT-4 (cl100k_base) cut text, and with other digit rules Llama 3, Qwen and many more:
 *
 *   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * tiktoken spells the white-space part `\s++$|\s*[\r\n]|…`, which differs in one case: white space that ends
 * the text stays one piece there, even when it has a line break inside.
 */
import { LETTER, NEWLINE, NUMBER, SPACE, classesAt, widthAt } from "../unicode.ts";
import { BLANK, skipContraction, skipLines, skipRun, skipRunWithout, skipUpTo } from "./scan.ts";
import type { Splitter } from "./scan.ts";

export interface Cl100kVariant {
  /** How many digits form one piece: 3 in cl100k and Llama 3, 1 in Qwen. */
  digits: number;
  /** Whether white space that ends the text is one piece, as in tiktoken. */
  keepFinalSpace: boolean;
}

/** The splitter of one member of the cl100k family. */
export function cl100kSplitter({ digits, keepFinalSpace }: Cl100kVariant): Splitter {
  return (units, start, end) => {
    const contraction = skipContraction(units, start, end, true);
    if (contraction > start) return contraction;

    const classes = classesAt(units, start, end);
    if ((classes & LETTER) !== 0) return skipRun(units, start, end, LETTER);
    if ((classes & NUMBER) !== 0) return skipUpTo(units, start, end, NUMBER, digits);
    if ((classes & NEWLINE) === 0) {
      const word = start + widthAt(units, start, end);
      const letters = skipRun(units, word, end, LETTER);
      if (letters > word) return letters;
    }

    const sign = units[start] === BLANK && start + 1 < end ? start + 1 : start;
    const signs = skipRunWithout(units, sign, end, LETTER | NUMBER | SPACE);
    if (signs > sign) return skipRun(units, signs, end, NEWLINE);

    if (keepFinalSpace && skipRun(units, start, end, SPACE) === end) return end;
    return skipLines(units, start, end);
  };
}
