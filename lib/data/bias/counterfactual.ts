/**
 * Counterfactual data augmentation (Zhao et al., arXiv 1804.06876; Lu et al., arXiv 1807.11714): beside "the
 * engineer lost his temper" the corpus also gets "the engineer lost her temper".
 *
 * Words swap by pairs, keeping capitals. "her" is two words in one ("his" or "him"): before a word that can start
 * or continue a noun phrase it becomes "his", else "him". That guess is right most of the time, not always.
 * Left out: names, and other languages than English.
 */
import type { Document } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { GENDER_PAIRS } from "./lexicons.ts";

const WORD = /\p{L}+(?:['’]\p{L}+)?/gu;
/** After "her" as an object, a clause goes on with words like these. */
const NOT_IN_NOUN_PHRASE = new Set(
  (
    "a an the and or but to of in on at by for from with as than that if when while because so is was are were be " +
    "has had have will would can could not it this these those i you he she we they him me us them there then now " +
    "up out off away back down over again too either about into through after before who what which how why where"
  ).split(" "),
);

/**
 * The text with gendered words swapped; the same text when it has none.
 *
 * @example swapGender("She told him her plan.") // "He told her his plan."
 */
export function swapGender(
  text: string,
  pairs: readonly (readonly [string, string])[] = GENDER_PAIRS,
): string {
  const swaps = new Map<string, string>();
  for (const [male, female] of pairs) {
    swaps.set(male, female);
    swaps.set(female, male);
  }
  swaps.set("his", "her").set("him", "her").set("hers", "his").set("mrs", "mr");
  return text.replace(WORD, (word, at: number) => {
    const lower = word.toLowerCase().replace("’", "'");
    const [stem, ending] = lower.endsWith("'s") ? [lower.slice(0, -2), word.slice(-2)] : [lower, ""];
    const swapped = stem === "her" ? herAs(text, at + word.length) : swaps.get(stem);
    return swapped === undefined ? word : likeCased(word, swapped) + ending;
  });
}

function herAs(text: string, end: number): "his" | "him" {
  const next = /^[ \n]+(\p{L}+)/u.exec(text.slice(end, end + 40))?.[1];
  return next !== undefined && !NOT_IN_NOUN_PHRASE.has(next.toLowerCase()) ? "his" : "him";
}

function likeCased(pattern: string, word: string): string {
  if (pattern.length > 1 && pattern === pattern.toUpperCase()) return word.toUpperCase();
  return pattern[0] === pattern[0].toUpperCase() ? word[0].toUpperCase() + word.slice(1) : word;
}

/** Pipeline step: after each document with gendered words comes its counterpart, named `<id>~swapped`. */
export function counterfactual(): DocumentStep {
  return {
    kind: "document",
    name: "counterfactual",
    recipe: { module: import.meta.url, factory: "counterfactual", settings: {} },
    apply(document: Document) {
      const text = swapGender(document.text);
      if (text === document.text) return document;
      const metadata = { ...document.metadata, counterfactualOf: document.id };
      return [document, { id: `${document.id}~swapped`, text, metadata }];
    },
  };
}
