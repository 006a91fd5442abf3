/**
 * How BLEU cuts text into words: sacrebleu's tokenizers 13a (the default), intl, zh, char and none, after the
 * evaluation scripts of NIST and WMT; its flores101 and flores200 are in bleu-pieces.ts. Left out: ja-mecab and ko-mecab, which need
 * MeCab and its dictionaries.
 */
import { splitWords } from "./check.ts";

export const BLEU_TOKENIZERS = ["13a", "intl", "zh", "char", "none"] as const;
export type BleuTokenizer = (typeof BLEU_TOKENIZERS)[number];

/** A way of cutting from elsewhere, and its name for the signature. */
export interface BleuWords {
  name: string;
  words(line: string): string[];
}

/** The words of a line. */
export function tokenizeForBleu(line: string, tokenizer: BleuTokenizer | BleuWords): string[] {
  // As sacrebleu, which joins the pieces with blanks and cuts again: a piece of blanks is none.
  if (typeof tokenizer === "object") return splitWords(tokenizer.words(line).join(" "));
  switch (tokenizer) {
    case "13a":
      return splitWords(western(` ${unescaped(line)} `));
    case "intl":
      return splitWords(
        line
          .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
          .replace(/(\p{P})(\P{N})/gu, " $1 $2")
          .replace(/(\p{S})/gu, " $1 "),
      );
    case "zh": {
      const apart = Array.from(line.trim(), (char) => (isChinese(char.codePointAt(0)!) ? ` ${char} ` : char));
      return splitWords(western(apart.join("")));
    }
    case "char":
      return splitWords(Array.from(line).join(" "));
    case "none":
      return splitWords(line);
  }
}

/** XML's escapes and line breaks, as mteval-v13a undoes them. */
function unescaped(line: string): string {
  return line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

/** Punctuation apart from words; points and commas only where they do not stand between digits. */
export function western(line: string): string {
  return line
    .replace(/([{-~[-` -&(-+:-@/])/g, " $1 ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/g, "$1 $2 ");
}

/**
 * Ranges of code points that are words by themselves. The two that begin with 2001 and 2f81 are what sacrebleu's
 * table means in effect: its five-digit ends are read as four digits and a character.
 */
const CHINESE = [
  [0x3400, 0x4db5], [0x4e00, 0x9fa5], [0x9fa6, 0x9fbb], [0xf900, 0xfa2d], [0xfa30, 0xfa6a], [0xfa70, 0xfad9],
  [0x2001, 0x2a6d], [0x2f81, 0x2fa1], [0xff00, 0xffef], [0x2e80, 0x2eff], [0x3000, 0x303f], [0x31c0, 0x31ef],
  [0x2f00, 0x2fdf], [0x2ff0, 0x2fff], [0x3100, 0x312f], [0x31a0, 0x31bf], [0xfe10, 0xfe1f], [0xfe30, 0xfe4f],
  [0x2600, 0x26ff], [0x2700, 0x27bf], [0x3200, 0x32ff], [0x3300, 0x33ff],
] as const; // prettier-ignore

const isChinese = (code: number): boolean => CHINESE.some(([from, to]) => code >= from && code <= to);
