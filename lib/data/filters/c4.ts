/**
 * C4's cleaning: keeps the lines of a page that are sentences, then the page if enough sentences are left.
 *
 * Source: Raffel et al., "Exploring the Limits of Transfer Learning … (T5)" (arXiv 1910.10683), section 2.2, with
 * the limits of its released code; counting as in datatrove. The word list of the paper is a filter of its own
 * (`badWords`). `c4Paragraphs` is mC4's rule (arXiv 2010.11934).
 */
import { boolean, defineConfig, integer, type ConfigValues } from "../../core/config.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { characterCount, splitLines } from "../text/lines.ts";
import { countSentences } from "../text/sentences.ts";
import { dropStep } from "./rule.ts";

export const c4Config = defineConfig("c4", {
  minSentences: integer({
    default: 5,
    min: 0,
    max: 100,
    unit: "sentences",
    description: "Pages with fewer, after the line rules, go.",
  }),
  minWordsPerLine: integer({
    default: 3,
    min: 0,
    max: 100,
    unit: "words",
    description: "Shorter lines are cut out.",
  }),
  maxWordLength: integer({
    default: 1000,
    min: 1,
    unit: "characters",
    description: "Lines with a longer word are cut out.",
  }),
  terminalPunctuation: boolean({
    default: true,
    description: "Cut lines that do not end in . ? ! or a quotation mark, or that end in an ellipsis.",
  }),
  citations: boolean({
    default: true,
    description: "Cut out citation marks such as [1] and [citation needed].",
  }),
  loremIpsum: boolean({ default: true, description: "Drop pages with placeholder text." }),
  curlyBracket: boolean({ default: true, description: "Drop pages with { in a kept line: code." }),
  javascript: boolean({ default: true, description: "Cut lines that mention Javascript." }),
  policy: boolean({ default: true, description: "Cut lines about cookies and terms of use." }),
});

type Settings = ConfigValues<typeof c4Config>;

const CITATION = /\[\d*\]|\[edit\]|\[citation needed\]/g;
const SENTENCE_END = /[.?!"']$/;
const POLICY = /terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies/;
const SPACE = /\s+/;

/** What C4 leaves of a text: the cleaned text, or why the page goes. */
export function cleanC4(
  text: string,
  settings: Partial<Settings> = {},
): { text: string } | { dropped: string; value?: number } {
  return clean(text, c4Config.parse(settings));
}

function clean(text: string, settings: Settings): { text: string } | { dropped: string; value?: number } {
  const kept: string[] = [];
  let sentences = 0;
  for (const raw of splitLines(text)) {
    const trimmed = raw.trim();
    const words = trimmed === "" ? [] : trimmed.split(SPACE);
    if (words.some((word) => word.length > settings.maxWordLength)) continue;
    const line = settings.citations ? trimmed.replace(CITATION, "") : trimmed;
    if (settings.terminalPunctuation && (!SENTENCE_END.test(line) || line.endsWith("..."))) continue;
    if (words.length < settings.minWordsPerLine) continue;
    const lower = line.toLowerCase();
    if (settings.loremIpsum && lower.includes("lorem ipsum")) return drop("lorem_ipsum");
    if (settings.javascript && lower.includes("javascript")) continue;
    if (settings.curlyBracket && line.includes("{")) return drop("curly_bracket");
    if (settings.policy && POLICY.test(lower)) continue;
    // Counting stops mattering once the page is long enough.
    if (sentences < settings.minSentences) sentences += countSentences(line);
    kept.push(line);
  }
  return sentences < settings.minSentences
    ? drop("too_few_sentences", sentences)
    : { text: kept.join("\n").trim() };
}

/** Pipeline step: C4's line and page rules; documents go on with the lines that are left. */
export function c4(settings: Partial<Settings> = {}): DocumentStep {
  const parsed = c4Config.parse(settings);
  return {
    kind: "document",
    name: "c4",
    recipe: { module: import.meta.url, factory: "c4", settings },
    apply(document: Document): Verdict {
      const cleaned = clean(document.text, parsed);
      if ("dropped" in cleaned) return cleaned;
      return cleaned.text === document.text ? document : { ...document, text: cleaned.text };
    },
  };
}

/** Pipeline step: mC4's rule, at least three lines of 200 characters. */
export function c4Paragraphs({ paragraphs = 3, characters = 200 } = {}): DocumentStep {
  return dropStep("c4Paragraphs", import.meta.url, { paragraphs, characters }, ({ text }) => {
    const long = text
      .split("\n")
      .filter((line) => line.length >= characters && characterCount(line) >= characters).length;
    return long < paragraphs ? drop("too_few_paragraphs", long) : undefined;
  });
}
