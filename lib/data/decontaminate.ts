/**
 * Keeps evaluation questions out of the training text: drops documents that share a long run of words with one.
 *
 * Source: GPT-3 (arXiv 2005.14165, appendix C) with runs of 13 words; questions shorter than that are compared as
 * a whole. Words are compared without case, punctuation and digits, as in deduplication.
 */
import { fail } from "../core/errors.ts";
import { drop, type Document, type Verdict } from "./document.ts";
import { shingles, wordHashes } from "./dedup/shingles.ts";
import type { DocumentStep } from "./pipeline/step.ts";

export interface DecontaminateOptions {
  /** Evaluation sets by name, each a list of texts (questions, or questions with answers). */
  sets: Record<string, string[]>;
  /** Words in a run. Default 13. */
  n?: number;
  /** Questions of fewer words are ignored: they occur by chance. Default 8. */
  minWords?: number;
}

export interface Contamination {
  /** The evaluation set. */
  set: string;
  /** Runs of words in common. */
  matches: number;
}

export interface Decontaminator {
  /** The set that shares most runs with a text, undefined when none shares any. */
  find(text: string): Contamination | undefined;
}

/** @throws GradbookError without evaluation texts */
export function decontaminator({ sets, n = 13, minWords = 8 }: DecontaminateOptions): Decontaminator {
  const names = Object.keys(sets ?? {});
  if (names.length === 0) fail("decontaminate", { expected: "sets: evaluation texts by name", got: sets });
  /** Length of the run → hash → number of its set. Questions shorter than n have runs of their own length. */
  const runs = new Map<number, Map<number, number>>();
  names.forEach((name, set) => {
    for (const text of sets[name]) {
      const words = wordHashes(text).length;
      if (words < minWords) continue;
      const length = Math.min(n, words);
      let known = runs.get(length);
      if (!known) runs.set(length, (known = new Map()));
      for (const hash of shingles(text, length)) known.set(hash, set);
    }
  });
  return {
    find(text) {
      const counts = new Array<number>(names.length).fill(0);
      for (const [length, known] of runs) {
        for (const hash of shingles(text, length)) {
          const set = known.get(hash);
          if (set !== undefined) counts[set]++;
        }
      }
      const most = Math.max(...counts);
      return most === 0 ? undefined : { set: names[counts.indexOf(most)], matches: most };
    },
  };
}

/** Pipeline step: drops documents that contain evaluation text. */
export function decontaminate(options: DecontaminateOptions): DocumentStep {
  const { find } = decontaminator(options);
  return {
    kind: "document",
    name: "decontaminate",
    recipe: { module: import.meta.url, factory: "decontaminate", settings: options },
    apply(document: Document): Verdict {
      const found = find(document.text);
      return found ? drop(`contains_${found.set}`, found.matches) : document;
    },
  };
}
