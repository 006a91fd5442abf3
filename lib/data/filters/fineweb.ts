/**
 * FineWeb's own rules, which catch lists, menus and pages whose lines do not end as sentences.
 *
 * Source: Penedo et al., "The FineWeb Datasets" (arXiv 2406.17557), section 3.5; counting as in datatrove.
 */
import { defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { characterCount } from "../text/lines.ts";
import { endsInSentenceMark } from "../text/punctuation.ts";
import { splitWords } from "../text/words.ts";
import { repeats } from "./gopher-repetition.ts";
import { dropStep, firstBroken, textFilter, type Rule } from "./rule.ts";

export const finewebConfig = defineConfig("fineweb", {
  minPunctuatedLines: number({
    default: 0.12,
    min: 0,
    max: 1,
    description: "Smallest share of lines that end in a sentence mark.",
  }),
  maxShortLines: number({ default: 0.67, min: 0, max: 1, description: "Largest share of short lines." }),
  shortLine: integer({
    default: 30,
    min: 1,
    max: 200,
    unit: "characters",
    description: "Lines up to this length are short.",
  }),
  maxDuplicateCharacters: number({
    default: 0.01,
    min: 0,
    max: 1,
    step: 0.001,
    description: "Largest share of characters in lines that came before.",
  }),
  maxLineRatio: number({ default: 0.3, min: 0, max: 2, description: "Most line ends per word." }),
});

type Settings = ConfigValues<typeof finewebConfig>;

interface Facts {
  text: string;
  /** Lines that are not blank. */
  lines: readonly string[];
}

const RULES: readonly Rule<Facts, Settings>[] = [
  { reason: "empty", measure: ({ lines }) => lines.length, fails: (lines) => lines === 0 },
  {
    reason: "line_punct_ratio",
    measure: ({ lines }) => lines.filter(endsInSentenceMark).length / lines.length,
    fails: (ratio, { minPunctuatedLines }) => ratio < minPunctuatedLines,
  },
  {
    reason: "short_line_ratio",
    measure: ({ lines }, { shortLine }) =>
      lines.filter((line) => characterCount(line) <= shortLine).length / lines.length,
    fails: (ratio, { maxShortLines }) => ratio > maxShortLines,
  },
  {
    reason: "char_dup_ratio",
    measure: ({ lines, text }) => repeats(lines).characters / characterCount(text.replaceAll("\n", "")),
    fails: (ratio, { maxDuplicateCharacters }) => ratio > maxDuplicateCharacters,
  },
  {
    reason: "list_ratio",
    measure: ({ text }) => (text.split("\n").length - 1) / splitWords(text).length,
    fails: (ratio, { maxLineRatio }) => ratio > maxLineRatio,
  },
];

function factsOf(text: string): Facts {
  return { text, lines: text.split("\n").filter((line) => line.trim() !== "") };
}

/** The rules for single texts. */
export const finewebFilter = textFilter(finewebConfig, factsOf, RULES);

/** Pipeline step: drops documents that break one of FineWeb's rules. */
export function fineweb(settings: Partial<Settings> = {}): DocumentStep {
  const parsed = finewebConfig.parse(settings);
  return dropStep("fineweb", import.meta.url, settings, ({ text }) =>
    firstBroken(RULES, factsOf(text), parsed),
  );
}
