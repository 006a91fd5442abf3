/**
 * Word n-grams as numbers: every word becomes an id, every n-gram a 53-bit hash that grows by one word from n to
 * n + 1, so counting all n from 2 to 10 costs one pass each and no strings.
 *
 * Two different n-grams share a hash with probability 2⁻⁵³ per pair: nothing against the thresholds.
 */
import { characterCount } from "./lines.ts";

export interface WordGrams {
  readonly count: number;
  /** Characters of each word. */
  readonly lengths: Int32Array;
  /** `hashes(n)[i]` names the n-gram that starts at word i; valid until the next call. Ask in rising n. */
  hashes(n: number): Float64Array;
}

export function wordGrams(words: readonly string[]): WordGrams {
  const count = words.length;
  const ids = new Int32Array(count);
  const lengths = new Int32Array(count);
  const known = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const word = words[i];
    let id = known.get(word);
    if (id === undefined) known.set(word, (id = known.size + 1));
    ids[i] = id;
    lengths[i] = characterCount(word);
  }
  const low = Int32Array.from(ids);
  const high = ids.map((id) => Math.imul(id, 0x9e3779b1));
  const joined = new Float64Array(count);
  let grown = 1;
  return {
    count,
    lengths,
    hashes(n) {
      for (; grown < n; grown++) {
        for (let i = 0; i + grown < count; i++) {
          const next = ids[i + grown];
          low[i] = Math.imul(low[i], 0x01000193) ^ next;
          high[i] = Math.imul(high[i] ^ next, 0x85ebca6b) + 0x27d4eb2f;
        }
      }
      const grams = Math.max(0, count - n + 1);
      for (let i = 0; i < grams; i++) joined[i] = (high[i] >>> 11) * 2 ** 32 + (low[i] >>> 0);
      return joined.subarray(0, grams);
    },
  };
}

/** Counts of numbers in a table of typed arrays: a Map would be four times slower here. */
export class NumberCounter {
  readonly #mask: number;
  readonly #keys: Float64Array;
  readonly #counts: Int32Array;

  /** @param capacity the most different numbers that will be added */
  constructor(capacity: number) {
    let size = 16;
    while (size < 2 * capacity) size *= 2;
    this.#mask = size - 1;
    this.#keys = new Float64Array(size);
    this.#counts = new Int32Array(size);
  }

  /** Adds one and returns how often the number came before. */
  add(key: number): number {
    const slot = this.#slot(key);
    this.#keys[slot] = key;
    return this.#counts[slot]++;
  }

  /** How often the number was added. */
  count(key: number): number {
    return this.#counts[this.#slot(key)];
  }

  #slot(key: number): number {
    // Both halves pick the place; the low one alone follows the last word too closely.
    let slot = (Math.imul((key / 2 ** 21) | 0, 0x9e3779b1) ^ (key | 0)) & this.#mask;
    while (this.#counts[slot] > 0 && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
