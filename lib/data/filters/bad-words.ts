/**
 * C4's word list filter: drops pages with a listed word or phrase (arXiv 1910.10683, section 2.2).
 *
 * The list is the caller's; `badWordLists()` of gradbook/datasets loads the published ones. It is a blunt tool:
 * it drops texts about medicine and texts of the people that slurs are aimed at (Dodge et al., arXiv 2104.08758).
 * Measure what it takes, and prefer a classifier where you can.
 */
import { fail } from "../../core/errors.ts";
import { hashFraction } from "../hash.ts";
import { drop } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { dropStep } from "./rule.ts";

export interface BadWordsOptions {
  words: string[];
  /** Occurrences from which a document goes. Default 1, as in C4. */
  minCount?: number;
  /** Share of the documents found that is kept all the same, chosen by their id. Default 0. */
  keepFraction?: number;
}

/** Finds listed words and phrases as whole words, without regard to case. */
export function wordFinder(words: readonly string[]): (text: string) => string[] {
  const terms = words.map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  if (terms.length === 0) return () => [];
  // Longest first, so that a phrase is found before its first word. Scripts without spaces need no borders.
  const alternatives = [...terms].sort((a, b) => b.length - a.length).map(escapeForPattern);
  const spaced = alternatives.filter((term) => !WITHOUT_SPACES.test(term));
  const unspaced = alternatives.filter((term) => WITHOUT_SPACES.test(term));
  const parts = [
    ...(spaced.length ? [`(?<![\\p{L}\\p{N}_])(?:${spaced.join("|")})(?![\\p{L}\\p{N}_])`] : []),
    ...unspaced,
  ];
  const pattern = new RegExp(parts.join("|"), "gu");
  return (text) => text.toLowerCase().match(pattern) ?? [];
}

const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function escapeForPattern(term: string): string {
  return term.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Pipeline step: drops documents with listed words. */
export function badWords(options: BadWordsOptions): DocumentStep {
  if (!Array.isArray(options?.words) || options.words.length === 0)
    fail("badWords", {
      expected: "a list of words",
      got: options?.words,
      hint: "load one with badWordLists()",
    });
  const { minCount = 1, keepFraction = 0 } = options;
  const find = wordFinder(options.words);
  return dropStep("badWords", import.meta.url, options, ({ id, text }) => {
    const found = find(text).length;
    return found >= minCount && hashFraction(id) >= keepFraction ? drop("bad_words", found) : undefined;
  });
}
