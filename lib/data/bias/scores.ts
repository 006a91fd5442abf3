/**
 * Does a classifier's score go with a group? Mean scores of the documents that mention each group, and what happens
 * to the score of a document when its gendered words are swapped and nothing else is (counterfactual token fairness,
 * Garg et al., arXiv 1809.10610).
 */
import type { Document } from "../document.ts";
import { swapGender } from "./counterfactual.ts";
import { GROUPS } from "./lexicons.ts";
import { plainWords, type RepresentationOptions } from "./representation.ts";

export interface GroupScore {
  dimension: string;
  group: string;
  documents: number;
  /** Mean score of the documents that mention the group; NaN without any. */
  mean: number;
  /** That minus the mean over all documents. */
  difference: number;
}

export interface ScoreAudit {
  /** Mean over all documents. */
  mean: number;
  groups: GroupScore[];
  /** Mean absolute change of the score when gendered words are swapped, over the documents that have such words. */
  swapChange: number;
}

/** @param score of a text, e.g. `toxicity.score` */
export function scoresByGroup(
  documents: Iterable<Pick<Document, "text">>,
  score: (text: string) => number,
  { groups = GROUPS }: Pick<RepresentationOptions, "groups"> = {},
): ScoreAudit {
  const sets = Object.entries(groups).flatMap(([dimension, members]) =>
    Object.entries(members).map(([group, list]) => ({
      dimension,
      group,
      words: new Set(list),
      sum: 0,
      documents: 0,
    })),
  );
  let [sum, count, change, swaps] = [0, 0, 0, 0];
  for (const { text } of documents) {
    const value = score(text);
    sum += value;
    count++;
    const present = new Set(plainWords(text));
    for (const set of sets) {
      if (![...set.words].some((word) => present.has(word))) continue;
      set.sum += value;
      set.documents++;
    }
    const swapped = swapGender(text);
    if (swapped === text) continue;
    change += Math.abs(score(swapped) - value);
    swaps++;
  }
  const mean = sum / count;
  return {
    mean,
    groups: sets.map(({ dimension, group, documents: mentioning, sum: total }) => ({
      dimension,
      group,
      documents: mentioning,
      mean: total / mentioning,
      difference: total / mentioning - mean,
    })),
    swapChange: change / swaps,
  };
}
