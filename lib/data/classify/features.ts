/**
 * Texts as sparse vectors for linear classifiers: hashed word n-grams, weighted by TF-IDF.
 *
 * Features are hashed into a fixed number of places (Weinberger et al., arXiv 0902.2206), so there is no
 * vocabulary to keep. A place's value in a text is (1 + ln tf) · idf, with idf = ln((1 + N) / (1 + df)) + 1, and
 * the vector has length 1, as scikit-learn's TfidfVectorizer(sublinear_tf=True) does it.
 */
import { wordHashes } from "../dedup/shingles.ts";
import { mix32 } from "../hash.ts";

/** Places in rising order and their values. */
export interface SparseVector {
  indices: Int32Array;
  values: Float32Array;
}

export interface FeatureOptions {
  /** Longest word n-gram. Default 2. */
  ngrams: number;
  /** Number of places, a power of two. Default 2¹⁸. */
  places: number;
}

/** Counts of hashed n-grams of a text: place → occurrences. */
export function countFeatures(text: string, { ngrams, places }: FeatureOptions): Map<number, number> {
  const words = wordHashes(text);
  const counts = new Map<number, number>();
  for (let start = 0; start < words.length; start++) {
    let hash = 0;
    for (let n = 1; n <= ngrams && start + n <= words.length; n++) {
      hash = mix32(Math.imul(hash, 0x01000193) ^ words[start + n - 1]);
      const place = hash & (places - 1);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  return counts;
}

/** Inverse document frequencies of a training set. */
export function inverseDocumentFrequency(all: readonly Map<number, number>[], places: number): Float32Array {
  const frequency = new Float32Array(places);
  for (const counts of all) for (const place of counts.keys()) frequency[place]++;
  return frequency.map((df) => Math.log((1 + all.length) / (1 + df)) + 1);
}

/** The weighted vector of length 1; a text without words is the zero vector. */
export function weigh(counts: ReadonlyMap<number, number>, idf: Float32Array): SparseVector {
  const indices = Int32Array.from(counts.keys()).sort();
  const values = new Float32Array(indices.length);
  let squares = 0;
  indices.forEach((place, i) => {
    values[i] = (1 + Math.log(counts.get(place)!)) * idf[place];
    squares += values[i] ** 2;
  });
  const norm = Math.sqrt(squares) || 1;
  return { indices, values: values.map((value) => value / norm) };
}
