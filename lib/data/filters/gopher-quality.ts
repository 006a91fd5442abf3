/**
 * Gopher's quality rules: is this a document of sentences in words, rather than a table, a tag cloud or a menu?
 *
 * Source: Rae et al., "Scaling Language Models: … Gopher" (arXiv 2112.11446), appendix A.1.1; counting as in
 * datatrove's implementation, which FineWeb used. English stop words; for other languages set `stopWords`.
 */
import { defineConfig, integer, number, text as textField, type ConfigValues } from "../../core/config.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { characterCount, splitLines } from "../text/lines.ts";
import { isSymbolWord } from "../text/punctuation.ts";
import { splitWords } from "../text/words.ts";
import { dropStep, firstBroken, textFilter, type Rule } from "./rule.ts";

export const gopherQualityConfig = defineConfig("gopherQuality", {
  minWords: integer({
    default: 50,
    min: 0,
    max: 10_000,
    unit: "words",
    description: "Shorter documents go; marks are not words.",
  }),
  maxWords: integer({ default: 100_000, min: 1, unit: "words", description: "Longer documents go." }),
  minMeanWordLength: number({
    default: 3,
    min: 0,
    max: 20,
    unit: "characters",
    description: "Shorter words on average: codes, not prose.",
  }),
  maxMeanWordLength: number({
    default: 10,
    min: 1,
    max: 100,
    unit: "characters",
    description: "Longer words on average: addresses, missing spaces.",
  }),
  maxSymbolRatio: number({ default: 0.1, min: 0, max: 1, description: "Most # or … marks per word." }),
  maxBulletLines: number({
    default: 0.9,
    min: 0,
    max: 1,
    description: "Largest share of lines that start with a bullet.",
  }),
  maxEllipsisLines: number({
    default: 0.3,
    min: 0,
    max: 1,
    description: "Largest share of lines that end in an ellipsis.",
  }),
  minAlphabeticWords: number({
    default: 0.8,
    min: 0,
    max: 1,
    description: "Smallest share of words with a letter.",
  }),
  minStopWords: integer({
    default: 2,
    min: 0,
    max: 8,
    unit: "different words",
    description: "Fewer different stop words: not running text.",
  }),
  stopWords: textField({
    default: "the be to of and that have with",
    description: "The stop words, separated by spaces.",
  }),
});

type Settings = ConfigValues<typeof gopherQualityConfig>;

/** What the rules count in a text. */
interface Facts {
  text: string;
  words: readonly string[];
  /** Words that are not only punctuation. */
  properWords: readonly string[];
  lines: readonly string[];
}

const LETTER = /\p{L}/u;

const RULES: readonly Rule<Facts, Settings>[] = [
  {
    reason: "gopher_short_doc",
    measure: ({ properWords }) => properWords.length,
    fails: (words, { minWords }) => words < minWords,
  },
  {
    reason: "gopher_long_doc",
    measure: ({ properWords }) => properWords.length,
    fails: (words, { maxWords }) => words > maxWords,
  },
  {
    reason: "gopher_below_avg_threshold",
    measure: meanLength,
    fails: (mean, s) => mean < s.minMeanWordLength,
  },
  {
    reason: "gopher_above_avg_threshold",
    measure: meanLength,
    fails: (mean, s) => mean > s.maxMeanWordLength,
  },
  {
    reason: "gopher_too_many_hashes",
    measure: ({ text, words }) => countOf(text, "#") / words.length,
    fails: (ratio, { maxSymbolRatio }) => ratio > maxSymbolRatio,
  },
  {
    reason: "gopher_too_many_ellipsis",
    measure: ({ text, words }) => (countOf(text, "...") + countOf(text, "…")) / words.length,
    fails: (ratio, { maxSymbolRatio }) => ratio > maxSymbolRatio,
  },
  {
    reason: "gopher_too_many_bullets",
    measure: ({ lines }) => share(lines, (line) => /^[•-]/.test(line.trimStart())),
    fails: (ratio, { maxBulletLines }) => ratio > maxBulletLines,
  },
  {
    reason: "gopher_too_many_end_ellipsis",
    measure: ({ lines }) => share(lines, (line) => /(\.\.\.|…)$/.test(line.trimEnd())),
    fails: (ratio, { maxEllipsisLines }) => ratio > maxEllipsisLines,
  },
  {
    reason: "gopher_below_alpha_threshold",
    measure: ({ words }) => share(words, (word) => LETTER.test(word)),
    fails: (ratio, { minAlphabeticWords }) => ratio < minAlphabeticWords,
  },
  {
    reason: "gopher_enough_stop_words",
    measure: ({ words }, { stopWords }) => {
      const present = new Set(words);
      return stopWords.split(" ").filter((word) => present.has(word)).length;
    },
    fails: (found, { minStopWords }) => found < minStopWords,
  },
];

function factsOf(text: string): Facts {
  const words = splitWords(text);
  return { text, words, properWords: words.filter((word) => !isSymbolWord(word)), lines: splitLines(text) };
}

function meanLength({ properWords }: Facts): number {
  let characters = 0;
  for (const word of properWords) characters += characterCount(word);
  return characters / properWords.length;
}

function share(items: readonly string[], holds: (item: string) => boolean): number {
  let count = 0;
  for (const item of items) if (holds(item)) count++;
  return count / items.length;
}

/** Occurrences that do not overlap. */
function countOf(text: string, part: string): number {
  let count = 0;
  for (let i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + part.length)) count++;
  return count;
}

/** The rules for single texts: `gopherQualityFilter.judge("too short")` → `{ dropped: "gopher_short_doc", value: 2 }`. */
export const gopherQualityFilter = textFilter(gopherQualityConfig, factsOf, RULES);

/** Pipeline step: drops documents that break one of Gopher's quality rules. */
export function gopherQuality(settings: Partial<Settings> = {}): DocumentStep {
  const parsed = gopherQualityConfig.parse(settings);
  return dropStep("gopherQuality", import.meta.url, settings, ({ text }) =>
    firstBroken(RULES, factsOf(text), parsed),
  );
}
