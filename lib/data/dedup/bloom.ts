/**
 * Exact deduplication in a fixed amount of memory: a Bloom filter (Bloom 1970) remembers texts as bits.
 *
 * With m bits, k hashes and n texts it takes a new text for a seen one with probability (1 − e^(−kn/m))^k; m and k
 * are chosen so that this is `falsePositives` once `capacity` texts are in. Never the other way round.
 * Used where the set of hashes itself is too large: at 1e-3, 14.4 bits a document.
 */
import { fail } from "../../core/errors.ts";
import { drop } from "../document.ts";
import { hash53 } from "../hash.ts";
import type { CorpusStep } from "../pipeline/step.ts";

export interface BloomOptions {
  /** Documents to expect. */
  capacity: number;
  /** Share of new texts that may be taken for seen ones when full. Default 0.001. */
  falsePositives?: number;
}

export class BloomFilter {
  readonly hashes: number;
  readonly bits: Uint32Array;
  readonly #size: number;

  constructor({ capacity, falsePositives = 0.001 }: BloomOptions, bits?: Uint32Array) {
    if (!(capacity >= 1))
      fail("BloomFilter", { expected: "capacity: documents to expect, at least 1", got: capacity });
    if (!(falsePositives > 0 && falsePositives < 1))
      fail("BloomFilter", { expected: "falsePositives between 0 and 1", got: falsePositives });
    this.#size = Math.ceil((-capacity * Math.log(falsePositives)) / Math.LN2 ** 2);
    this.hashes = Math.max(1, Math.round((this.#size / capacity) * Math.LN2));
    this.bits = bits ?? new Uint32Array(Math.ceil(this.#size / 32));
  }

  /** Adds a hash and tells whether it (or others that set the same bits) had been added. */
  add(hash: number): boolean {
    // Two halves of one hash make all k positions (Kirsch and Mitzenmacher 2006).
    const first = hash % this.#size;
    const step = 1 + (Math.floor(hash / this.#size) % (this.#size - 1));
    let seen = true;
    for (let k = 0, bit = first; k < this.hashes; k++, bit = (bit + step) % this.#size) {
      const mask = 1 << (bit & 31);
      if ((this.bits[bit >>> 5] & mask) === 0) seen = false;
      this.bits[bit >>> 5] |= mask;
    }
    return seen;
  }
}

/** Pipeline step: drops documents whose text came before, and at most `falsePositives` of the others. */
export function bloom(options: BloomOptions): CorpusStep<number> {
  let filter = new BloomFilter(options);
  return {
    kind: "corpus",
    name: "bloom",
    recipe: { module: import.meta.url, factory: "bloom", settings: options },
    prepare: ({ text }) => hash53(text),
    apply: (document, hash) => (filter.add(hash) ? drop("duplicate") : document),
    save: () => filter.bits,
    restore(state: unknown) {
      filter = new BloomFilter(options, state as Uint32Array);
    },
  };
}
