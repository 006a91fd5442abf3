/**
 * How often each word occurs in a corpus: the first step of training any sub-word vocabulary, and the only
 * one that reads the corpus. Memory grows with the number of different words, not with the corpus.
 */
import { textUnits } from "../bytes.ts";
import type { Splitter } from "../split/scan.ts";

export class WordCounts {
  /** Number of different words. */
  size = 0;
  /** Slots of (hash, start of the key, length, count); a zero count means the slot is free. */
  private slots = new Int32Array(1 << 16);
  private mask = (1 << 14) - 1;
  private keys = new Uint16Array(1 << 16);
  private keyLength = 0;

  /** Cut a text and count its pieces. */
  addText(text: string, split: Splitter): void {
    const units = textUnits(text);
    for (let start = 0; start < text.length;) {
      const end = split(units, start, text.length);
      this.add(units, start, end, 1);
      start = end;
    }
  }

  /** Count the word `units[start, end)` `count` times more. */
  add(units: Uint16Array, start: number, end: number, count: number): void {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ units[at], 0x01000193);
    hash ^= hash >>> 15;
    const { slots, keys, mask } = this;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      if (slots[at + 3] === 0) {
        this.insert(at, units, start, end, hash, count);
        return;
      }
      if (slots[at] !== hash || slots[at + 2] !== length) continue;
      const key = slots[at + 1];
      let same = 0;
      while (same < length && keys[key + same] === units[start + same]) same++;
      if (same === length) {
        slots[at + 3] += count;
        return;
      }
    }
  }

  /** Each word as `units[start, end)` with its count, in order of first appearance. */
  *entries(): Iterable<{ units: Uint16Array; start: number; end: number; count: number }> {
    const order: number[] = [];
    for (let at = 0; at < this.slots.length; at += 4) if (this.slots[at + 3] !== 0) order.push(at);
    // Keys are laid out as they come, and a word is never empty.
    order.sort((a, b) => this.slots[a + 1] - this.slots[b + 1]);
    for (const at of order) {
      const [, start, length, count] = this.slots.subarray(at, at + 4);
      yield { units: this.keys, start, end: start + length, count };
    }
  }

  private insert(
    at: number,
    units: Uint16Array,
    start: number,
    end: number,
    hash: number,
    count: number,
  ): void {
    const length = end - start;
    while (this.keyLength + length > this.keys.length) {
      const wider = new Uint16Array(this.keys.length * 2);
      wider.set(this.keys);
      this.keys = wider;
    }
    for (let i = 0; i < length; i++) this.keys[this.keyLength + i] = units[start + i];
    this.slots[at] = hash;
    this.slots[at + 1] = this.keyLength;
    this.slots[at + 2] = length;
    this.slots[at + 3] = count;
    this.keyLength += length;
    if (++this.size * 2 > this.mask) this.grow();
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 4);
    this.mask = this.mask * 4 + 3;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 3] === 0) continue;
      let slot = old[at] & this.mask;
      while (this.slots[slot * 4 + 3] !== 0) slot = (slot + 1) & this.mask;
      for (let i = 0; i < 4; i++) this.slots[slot * 4 + i] = old[at + i];
    }
  }
}
