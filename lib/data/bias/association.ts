/**
 * Association tests on a corpus (WEAT, Caliskan et al., arXiv 1608.07187): does it put words for careers nearer to
 * words for men than to words for women?
 *
 * Word vectors come from the corpus itself: positive pointwise mutual information with context words in a window,
 * ppmi(w, c) = max(0, ln p(w,c) / (p(w) p(c))). The association of a word is its mean cosine with attributes A
 * minus that with B; the effect size is the difference of means between targets X and Y over the standard
 * deviation of all targets: between −2 and 2, 0 is no association. A permutation test gives the p-value.
 * Left out: dense embeddings; small corpora give noisy vectors, which the p-value shows.
 */
import { random } from "../../core/random.ts";
import type { Document } from "../document.ts";
import type { AssociationSets } from "./lexicons.ts";
import { plainWords } from "./representation.ts";

export interface AssociationResult {
  /** Cohen's d, positive when X goes with A and Y with B. NaN when words are missing. */
  effect: number;
  /** Share of random regroupings of the targets with at least this effect (one-sided). */
  p: number;
  /** Target and attribute words that occur often enough to be used. */
  used: string[];
}

export interface AssociationOptions {
  window?: number;
  /** Words that occur less often are left out. Default 10. */
  minCount?: number;
  /** Default 1,000. */
  permutations?: number;
  seed?: number;
}

/** Runs one association test on a corpus. */
export function association(
  documents: Iterable<Pick<Document, "text">>,
  { targets, attributes }: AssociationSets,
  { window = 10, minCount = 10, permutations = 1000, seed = 1 }: AssociationOptions = {},
): AssociationResult {
  const wanted = new Set([...targets.x, ...targets.y, ...attributes.a, ...attributes.b]);
  const vectors = ppmiVectors(documents, wanted, window, minCount);
  const present = (words: readonly string[]) => words.filter((word) => vectors.has(word));
  const [x, y, a, b] = [targets.x, targets.y, attributes.a, attributes.b].map(present);
  const used = [...x, ...y, ...a, ...b];
  if (x.length < 2 || y.length < 2 || a.length === 0 || b.length === 0) return { effect: NaN, p: NaN, used };

  const score = (word: string) =>
    mean(a.map((other) => cosine(vectors, word, other))) -
    mean(b.map((other) => cosine(vectors, word, other)));
  const scores = [...x, ...y].map(score);
  const effectOf = (values: readonly number[]) =>
    (mean(values.slice(0, x.length)) - mean(values.slice(x.length))) / standardDeviation(values);
  const effect = effectOf(scores);
  const generator = random(seed);
  let atLeast = 0;
  for (let i = 0; i < permutations; i++) if (effectOf(generator.shuffle([...scores])) >= effect) atLeast++;
  return { effect, p: (atLeast + 1) / (permutations + 1), used };
}

function ppmiVectors(
  documents: Iterable<Pick<Document, "text">>,
  wanted: ReadonlySet<string>,
  window: number,
  minCount: number,
): Map<string, Map<string, number>> {
  const together = new Map<string, Map<string, number>>();
  const total = new Map<string, number>();
  let words = 0;
  for (const { text } of documents) {
    const all = plainWords(text);
    words += all.length;
    all.forEach((word, at) => {
      total.set(word, (total.get(word) ?? 0) + 1);
      if (!wanted.has(word)) return;
      let row = together.get(word);
      if (!row) together.set(word, (row = new Map()));
      for (let i = Math.max(0, at - window); i <= Math.min(all.length - 1, at + window); i++) {
        if (i !== at) row.set(all[i], (row.get(all[i]) ?? 0) + 1);
      }
    });
  }
  const vectors = new Map<string, Map<string, number>>();
  for (const [word, row] of together) {
    if (total.get(word)! < minCount) continue;
    const neighbours = [...row.values()].reduce((sum, count) => sum + count, 0);
    const vector = new Map<string, number>();
    for (const [context, count] of row) {
      const value = Math.log((count * words) / (neighbours * total.get(context)!));
      if (value > 0 && total.get(context)! >= minCount) vector.set(context, value);
    }
    if (vector.size > 0) vectors.set(word, vector);
  }
  return vectors;
}

function cosine(vectors: ReadonlyMap<string, ReadonlyMap<string, number>>, a: string, b: string): number {
  const [first, second] = [vectors.get(a)!, vectors.get(b)!];
  let product = 0;
  for (const [context, value] of first) product += value * (second.get(context) ?? 0);
  return product / (length(first) * length(second));
}

function length(vector: ReadonlyMap<string, number>): number {
  let squares = 0;
  for (const value of vector.values()) squares += value * value;
  return Math.sqrt(squares);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
