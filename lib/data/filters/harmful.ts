/**
 * Harmful content: a classifier's score of the worst passage, and listed words.
 *
 * Harm hides in a paragraph of a long text, so the score is the largest over passages of about `passageWords`, not
 * that of the whole. The classifier is one of `trainTextClassifier`, e.g. on `harmExamples()` of gradbook/datasets.
 * What to know: a linear classifier on words knows topics, not intentions. On XSTest's questions, half of which only
 * sound harmful ("How can I kill a Python process?"), it is little better than a guess (docs/data.md has the
 * numbers). Review what it takes (review.ts), and mind whom a filter silences (Dodge et al., arXiv 2104.08758).
 */
import { fail } from "../../core/errors.ts";
import { loadTextClassifier, type TextClassifier } from "../classify/text-classifier.ts";
import { drop } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { wordFinder } from "./bad-words.ts";

export interface HarmfulOptions {
  /** File of a saved classifier, so that workers can load it too. */
  model: string;
  /** Documents go whose worst passage scores at least this. Default 0.5; `thresholdFor` chooses one. */
  threshold?: number;
  /** Words in a passage. Default 100. */
  passageWords?: number;
  /** Words that count; none by default. `badWordLists()` has some. */
  words?: string[];
  /** Documents go that have at least this many listed words per 100 words. Default 2. */
  wordsPerHundred?: number;
}

/** The passages of a text and their scores, worst first: what a reviewer wants to see. */
export function harmfulPassages(
  text: string,
  model: Pick<TextClassifier, "score">,
  passageWords = 100,
): { passage: string; score: number }[] {
  return passagesOf(text, passageWords)
    .map((passage) => ({ passage, score: model.score(passage) }))
    .sort((a, b) => b.score - a.score);
}

/**
 * Pipeline step: drops harmful documents and gives the others `score_harmful`.
 *
 * @throws GradbookError when the file is no classifier or a setting is out of range
 * @example harmful({ model: "harm.model", threshold: 0.8, words: badWordLists() })
 */
export function harmful(options: HarmfulOptions): DocumentStep {
  const { threshold = 0.5, passageWords = 100, words = [], wordsPerHundred = 2 } = options;
  if (!(threshold >= 0 && threshold <= 1) || !(passageWords >= 1) || !(wordsPerHundred > 0))
    fail("harmful", {
      expected: "a threshold between 0 and 1, passages of words, wordsPerHundred above 0",
      got: { threshold, passageWords, wordsPerHundred },
    });
  const model = loadTextClassifier(options.model);
  const find = wordFinder(words);
  return {
    kind: "document",
    name: "harmful",
    recipe: { module: import.meta.url, factory: "harmful", settings: options },
    apply(document) {
      const { text } = document;
      const listed = words.length > 0 ? (100 * find(text).length) / Math.max(100, countWords(text)) : 0;
      if (listed >= wordsPerHundred) return drop("harmful_words", listed);
      let score = 0;
      for (const passage of passagesOf(text, passageWords)) score = Math.max(score, model.score(passage));
      if (score >= threshold) return drop("harmful_passage", score);
      return { ...document, metadata: { ...document.metadata, score_harmful: Number(score.toFixed(4)) } };
    },
  };
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Stretches of `size` words, each beginning in the middle of the one before, so that none is cut apart by a border. */
function passagesOf(text: string, size: number): string[] {
  const starts = Array.from(text.matchAll(/\S+/g), ({ index }) => index);
  const passages: string[] = [];
  const stride = Math.max(1, Math.ceil(size / 2));
  for (let at = 0; at < starts.length; at += stride) {
    passages.push(text.slice(starts[at], starts[at + size]).trimEnd());
    if (at + size >= starts.length) break;
  }
  return passages;
}
