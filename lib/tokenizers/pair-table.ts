/**
 * Which two neighbouring tokens merge, how early, and into what: (left, right) → (rank, merged id).
 *
 * An open-addressing hash table in one typed array, four integers a slot, so that a look-up touches one cache
 * line. Lower ranks merge first.
 */
import type { ByteVocabulary } from "./byte-vocabulary.ts";

export class PairTable {
  /** Number of pairs. */
  size = 0;
  /** Slots of (left, right, rank, merged id + 1); a zero merged id means the slot is free. */
  private slots: Int32Array;
  private mask: number;

  constructor(expected = 16) {
    const capacity = 1 << Math.ceil(Math.log2(expected * 2 + 2));
    this.mask = capacity - 1;
    this.slots = new Int32Array(capacity * 4);
  }

  /** Add a pair; a pair that is already there keeps its rank. */
  add(left: number, right: number, rank: number, merged: number): void {
    if (this.size * 2 > this.mask) this.grow();
    const slot = this.findSlot(left, right);
    if (this.slots[slot + 3] !== 0) return;
    this.slots[slot] = left;
    this.slots[slot + 1] = right;
    this.slots[slot + 2] = rank;
    this.slots[slot + 3] = merged + 1;
    this.size++;
  }

  /** Where the pair is, for `rankAt` and `mergedAt`; -1 when it does not merge. */
  find(left: number, right: number): number {
    const slot = this.findSlot(left, right);
    return this.slots[slot + 3] === 0 ? -1 : slot;
  }

  rankAt(slot: number): number {
    return this.slots[slot + 2];
  }

  mergedAt(slot: number): number {
    return this.slots[slot + 3] - 1;
  }

  /** Every pair, in order of rank. */
  entries(): { left: number; right: number; rank: number; merged: number }[] {
    const entries = [];
    for (let slot = 0; slot < this.slots.length; slot += 4) {
      const [left, right, rank, merged] = this.slots.subarray(slot, slot + 4);
      if (merged !== 0) entries.push({ left, right, rank, merged: merged - 1 });
    }
    return entries.sort((a, b) => a.rank - b.rank || a.left - b.left || a.right - b.right);
  }

  private findSlot(left: number, right: number): number {
    const { slots, mask } = this;
    const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      if (slots[at + 3] === 0 || (slots[at] === left && slots[at + 1] === right)) return at;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * 4);
    for (let slot = 0; slot < old.length; slot += 4) {
      if (old[slot + 3] !== 0)
        this.slots.set(old.subarray(slot, slot + 4), this.findSlot(old[slot], old[slot + 1]));
    }
  }
}

/**
 * The pairs of a vocabulary that has ranks but no list of merges, as tiktoken's files: two neighbours merge
 * whenever their bytes together are a token, whatever way that token was learned, and its id is the rank.
 */
export function pairsFromRanks(vocabulary: ByteVocabulary): PairTable {
  const { bytes, starts, size } = vocabulary;
  const pairs = new PairTable(size * 2.4);
  for (let id = 0; id < size; id++) {
    for (let cut = starts[id] + 1; cut < starts[id + 1]; cut++) {
      const left = vocabulary.find(bytes, starts[id], cut);
      if (left < 0) continue;
      const right = vocabulary.find(bytes, cut, starts[id + 1]);
      if (right >= 0) pairs.add(left, right, id, id);
    }
  }
  return pairs;
}
