/**
 * The cutting rules by name, each with the regular expression that `tokenizer.json` files write for it.
 *
 * A file whose expression is one of these gets the hand-written splitter; any other runs as an expression
 * (see tokenizer-json/pattern.ts).
 */
import { cl100kSplitter } from "./cl100k.ts";
import { splitGpt2 } from "./gpt2.ts";
import { splitO200k } from "./o200k.ts";
import type { Splitter } from "./scan.ts";

const CL100K_HEAD = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
const CL100K_TAIL = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const SIGNS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|";
const CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

/** `llama3` is OpenAI's original cl100k expression; `cl100k` keeps white space at the end whole, as tiktoken. */
const rules = {
  gpt2: {
    split: splitGpt2,
    pattern: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  },
  cl100k: {
    split: cl100kSplitter({ digits: 3, keepFinalSpace: true }),
    pattern: `${CL100K_HEAD}\\p{N}{1,3}${SIGNS}\\s+\\z|${CL100K_TAIL}`,
  },
  llama3: {
    split: cl100kSplitter({ digits: 3, keepFinalSpace: false }),
    pattern: `${CL100K_HEAD}\\p{N}{1,3}${SIGNS}${CL100K_TAIL}`,
  },
  qwen2: {
    split: cl100kSplitter({ digits: 1, keepFinalSpace: false }),
    pattern: `${CL100K_HEAD}\\p{N}${SIGNS}${CL100K_TAIL}`,
  },
  o200k: {
    split: splitO200k,
    pattern:
      `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${CONTRACTION}|` +
      `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${CONTRACTION}|` +
      `\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${CL100K_TAIL}`,
  },
} satisfies Record<string, { split: Splitter; pattern: string }>;

/** A cutting rule that has a hand-written splitter. */
export type SplitName = keyof typeof rules;

export const splitNames = Object.keys(rules) as SplitName[];

/** The splitter of a rule. */
export function splitterOf(name: SplitName): Splitter {
  return rules[name].split;
}

/** The regular expression of a rule, in the syntax of Oniguruma, which `tokenizer.json` uses. */
export function patternOf(name: SplitName): string {
  return rules[name].pattern;
}

/** The rule that a regular expression of a `tokenizer.json` spells, if it is one of ours. */
export function splitNamed(pattern: string): SplitName | undefined {
  return splitNames.find((name) => rules[name].pattern === pattern);
}
