/**
 * Near-duplicates by MinHash and locality-sensitive hashing: of documents that share most of their word n-grams,
 * the first one stays.
 *
 * For a hash function h, the chance that two sets have the same minimum min h(A) = min h(B) is their Jaccard
 * similarity s. A signature is `bands · rows` such minima; documents that agree in all `rows` of one band are
 * taken for duplicates, which happens with probability 1 − (1 − s^rows)^bands: with FineWeb's 14 × 8, half of the
 * pairs at s = 0.69 and 92 % at s = 0.8.
 * Sources: Broder 1997; FineWeb (arXiv 2406.17557, section 3.4). Also with what was dropped later documents are
 * compared, so chains of near-duplicates leave their first member.
 * Left out: joining two clusters that a later document connects (that takes all documents at once).
 */
import { defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { random } from "../../core/random.ts";
import { drop } from "../document.ts";
import type { CorpusStep } from "../pipeline/step.ts";
import { mix32 } from "../hash.ts";
import { NumberTable, type NumberTableState } from "./number-table.ts";
import { shingles } from "./shingles.ts";

export const minhashConfig = defineConfig("minhash", {
  n: integer({
    default: 5,
    min: 1,
    max: 20,
    unit: "words",
    description: "Length of the compared runs of words.",
  }),
  bands: integer({
    default: 14,
    min: 1,
    max: 256,
    description: "Bands of the signature: more find less similar pairs.",
  }),
  rows: integer({
    default: 8,
    min: 1,
    max: 64,
    description: "Hashes per band: more demand more similar pairs.",
  }),
  verify: number({
    default: 0,
    min: 0,
    max: 1,
    description:
      "Duplicates must also agree in this share of the whole signature; 0 trusts the bands, as FineWeb does.",
  }),
  seed: integer({ default: 1, min: 0, description: "Seed of the hash functions." }),
});

type Settings = ConfigValues<typeof minhashConfig>;

export interface MinHasher {
  /** The signature of a text, `bands · rows` minima; empty for a text without words. */
  signature(text: string): Int32Array;
}

/** Makes signatures: h_k(x) = a_k·x + b_k mod 2³² with odd a_k, a permutation of the 32-bit shingles. */
export function minHasher({
  n,
  bands,
  rows,
  seed,
}: Pick<Settings, "n" | "bands" | "rows" | "seed">): MinHasher {
  const size = bands * rows;
  const generator = random(seed);
  const draw = () => Math.floor(generator.uniform() * 2 ** 32);
  const factors = Int32Array.from({ length: size }, () => draw() | 1);
  const offsets = Int32Array.from({ length: size }, draw);
  return {
    signature(text) {
      const grams = shingles(text, n);
      if (grams.length === 0) return new Int32Array(0);
      const minima = new Int32Array(size);
      // Four functions a pass over the n-grams: each loaded value is used four times, all sums stay in registers.
      for (let k = 0; k < size; k += 4) {
        const [a0, a1, a2, a3] = [factors[k], factors[k + 1], factors[k + 2], factors[k + 3]];
        const [b0, b1, b2, b3] = [offsets[k], offsets[k + 1], offsets[k + 2], offsets[k + 3]];
        let [m0, m1, m2, m3] = [0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff];
        for (let i = 0; i < grams.length; i++) {
          const x = grams[i];
          const v0 = (Math.imul(a0, x) + b0) | 0;
          const v1 = (Math.imul(a1, x) + b1) | 0;
          const v2 = (Math.imul(a2, x) + b2) | 0;
          const v3 = (Math.imul(a3, x) + b3) | 0;
          if (v0 < m0) m0 = v0;
          if (v1 < m1) m1 = v1;
          if (v2 < m2) m2 = v2;
          if (v3 < m3) m3 = v3;
        }
        minima[k] = m0;
        if (k + 1 < size) minima[k + 1] = m1;
        if (k + 2 < size) minima[k + 2] = m2;
        if (k + 3 < size) minima[k + 3] = m3;
      }
      return minima;
    },
  };
}

/** Share of equal minima: an estimate of the Jaccard similarity with standard error √(s(1−s)/size). */
export function signatureSimilarity(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++;
  return equal / a.length;
}

interface State {
  table: NumberTableState;
  documents: number;
  signatures: Int32Array[];
}

/** Pipeline step: drops near-duplicates of earlier documents. */
export function minhash(settings: Partial<Settings> = {}): CorpusStep<Int32Array> {
  const parsed = minhashConfig.parse(settings);
  const { bands, rows, verify } = parsed;
  const hasher = minHasher(parsed);
  /** Band → number of the first document that had it. */
  let table = new NumberTable();
  let documents = 0;
  /** Only with `verify`: the signatures of all documents. */
  let signatures: Int32Array[] = [];

  return {
    kind: "corpus",
    name: "minhash",
    recipe: { module: import.meta.url, factory: "minhash", settings },
    prepare: ({ text }) => hasher.signature(text),
    apply(document, signature) {
      if (signature.length === 0) return document;
      const current = documents++;
      if (verify > 0) signatures.push(signature);
      let similarity = 0;
      for (let band = 0; band < bands; band++) {
        const earlier = table.setIfAbsent(bandKey(signature, band, rows), current);
        if (earlier === undefined || (similarity >= verify && similarity > 0)) continue;
        similarity = verify > 0 ? signatureSimilarity(signature, signatures[earlier]) : 1;
      }
      if (similarity === 0 || similarity < verify) return document;
      return verify > 0 ? drop("near_duplicate", similarity) : drop("near_duplicate");
    },
    save: (): State => ({ table: table.state(), documents, signatures }),
    restore(state: unknown) {
      const saved = state as State;
      table = new NumberTable(saved.table);
      ({ documents, signatures } = saved);
    },
  };
}

function bandKey(signature: Int32Array, band: number, rows: number): number {
  let low = mix32(band + 1);
  let high = mix32(~band);
  for (let i = band * rows; i < (band + 1) * rows; i++) {
    low = Math.imul(low ^ signature[i], 0x85ebca6b);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high ^ signature[i], 0xc2b2ae35);
    high = (high << 16) | (high >>> 16);
  }
  return (mix32(high) >>> 11) * 2 ** 32 + (mix32(low) >>> 0);
}
