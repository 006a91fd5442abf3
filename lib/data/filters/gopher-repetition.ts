/**
 * Gopher's repetition rules: pages that say the same lines, paragraphs or phrases again and again.
 *
 * Source: Rae et al. (arXiv 2112.11446), table A1; counting as in datatrove: duplicate n-grams are found
 * left to right without overlap, shares are of the characters of the whole text. Rules with limit 1 are off.
 */
import { defineConfig, number, type ConfigValues } from "../../core/config.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { characterCount } from "../text/lines.ts";
import { NumberCounter, wordGrams, type WordGrams } from "../text/word-grams.ts";
import { splitWords } from "../text/words.ts";
import { dropStep, firstBroken, textFilter, type Rule } from "./rule.ts";

const limit = (value: number, description: string) =>
  number({ default: value, min: 0, max: 1, step: 0.01, description });

export const gopherRepetitionConfig = defineConfig("gopherRepetition", {
  duplicateParagraphs: limit(0.3, "Largest share of paragraphs that came before."),
  duplicateParagraphCharacters: limit(0.2, "Largest share of characters in paragraphs that came before."),
  duplicateLines: limit(0.3, "Largest share of lines that came before."),
  duplicateLineCharacters: limit(0.2, "Largest share of characters in lines that came before."),
  top2Gram: limit(0.2, "Largest share of characters in the most frequent pair of words."),
  top3Gram: limit(0.18, "The same for three words."),
  top4Gram: limit(0.16, "The same for four words."),
  duplicate5Grams: limit(0.15, "Largest share of characters in runs of five words that came before."),
  duplicate6Grams: limit(0.14, "The same for six words."),
  duplicate7Grams: limit(0.13, "The same for seven words."),
  duplicate8Grams: limit(0.12, "The same for eight words."),
  duplicate9Grams: limit(0.11, "The same for nine words."),
  duplicate10Grams: limit(0.1, "The same for ten words."),
});

type Settings = ConfigValues<typeof gopherRepetitionConfig>;

interface Facts {
  characters: number;
  paragraphs: Repeats;
  lines: Repeats;
  grams: () => WordGrams;
}

interface Repeats {
  /** Share of the pieces that came before. */
  share: number;
  /** Characters in those pieces. */
  characters: number;
}

const over =
  (key: keyof Settings) =>
  (value: number, settings: Settings): boolean =>
    value > settings[key];

const topRule = (n: 2 | 3 | 4): Rule<Facts, Settings> => ({
  reason: `top_${n}_gram`,
  measure: ({ grams, characters }) => topGramCharacters(grams(), n) / characters,
  fails: over(`top${n}Gram`),
});

const duplicateRule = (n: 5 | 6 | 7 | 8 | 9 | 10): Rule<Facts, Settings> => ({
  reason: `duplicated_${n}_n_grams`,
  measure: ({ grams, characters }) => duplicateGramCharacters(grams(), n) / characters,
  fails: over(`duplicate${n}Grams`),
});

const RULES: readonly Rule<Facts, Settings>[] = [
  { reason: "empty", measure: ({ characters }) => characters, fails: (characters) => characters === 0 },
  {
    reason: "dup_para_frac",
    measure: ({ paragraphs }) => paragraphs.share,
    fails: over("duplicateParagraphs"),
  },
  {
    reason: "dup_para_char_frac",
    measure: ({ paragraphs, characters }) => paragraphs.characters / characters,
    fails: over("duplicateParagraphCharacters"),
  },
  { reason: "dup_line_frac", measure: ({ lines }) => lines.share, fails: over("duplicateLines") },
  {
    reason: "dup_line_char_frac",
    measure: ({ lines, characters }) => lines.characters / characters,
    fails: over("duplicateLineCharacters"),
  },
  ...([2, 3, 4] as const).map(topRule),
  ...([5, 6, 7, 8, 9, 10] as const).map(duplicateRule),
];

function factsOf(text: string): Facts {
  let grams: WordGrams | undefined;
  return {
    characters: characterCount(text),
    paragraphs: repeats(text.trim().split(/\n{2,}/)),
    lines: repeats(text.split(/\n+/)),
    grams: () => (grams ??= wordGrams(splitWords(text))),
  };
}

/** How much of a list came before in it. */
export function repeats(pieces: readonly string[]): Repeats {
  const seen = new Set<string>();
  let [count, characters] = [0, 0];
  for (const piece of pieces) {
    if (seen.has(piece)) {
      count++;
      characters += characterCount(piece);
    } else seen.add(piece);
  }
  return { share: count / pieces.length, characters };
}

/** Characters, spaces between words included, that the most frequent n-gram covers; 0 when there is none. */
function topGramCharacters(grams: WordGrams, n: number): number {
  const hashes = grams.hashes(n);
  const counter = new NumberCounter(hashes.length);
  // The first of equally frequent ones wins, so a later one must be more frequent to replace it: that is known
  // only at the end of the pass, hence two passes.
  let most = 0;
  for (let i = 0; i < hashes.length; i++) most = Math.max(most, counter.add(hashes[i]) + 1);
  if (most === 0) return 0;
  for (let i = 0; i < hashes.length; i++) {
    if (counter.count(hashes[i]) === most) return most * (lengthOf(grams, i, n) + n - 1);
  }
  return 0;
}

/** Characters in n-grams that came before, scanning left to right and jumping over each one found. */
function duplicateGramCharacters(grams: WordGrams, n: number): number {
  const hashes = grams.hashes(n);
  const seen = new NumberCounter(hashes.length);
  let characters = 0;
  for (let i = 0; i < hashes.length;) {
    if (seen.add(hashes[i]) > 0) {
      characters += lengthOf(grams, i, n);
      i += n;
    } else i++;
  }
  return characters;
}

function lengthOf({ lengths }: WordGrams, start: number, n: number): number {
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += lengths[i];
  return sum;
}

/** The rules for single texts. */
export const gopherRepetitionFilter = textFilter(gopherRepetitionConfig, factsOf, RULES);

/** Pipeline step: drops documents that repeat themselves. */
export function gopherRepetition(settings: Partial<Settings> = {}): DocumentStep {
  const parsed = gopherRepetitionConfig.parse(settings);
  return dropStep("gopherRepetition", import.meta.url, settings, ({ text }) =>
    firstBroken(RULES, factsOf(text), parsed),
  );
}
