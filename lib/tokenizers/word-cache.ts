/**
 * Words seen before and their ids, so that a repeated word costs one look-up instead of its merges.
 *
 * Keyed on UTF-16 units in an open-addressing table of typed arrays: no string is made for a look-up. When
 * the cache is full it starts over, which bounds its memory (about 12 MB) and needs no bookkeeping per hit.
 *
 * The tables start small on purpose. V8 compiles a field that was never set again as a constant, and a branch
 * never taken as an exit; tables that grow within the first words show it both before it compiles the loop,
 * tables that grow later make it throw the compiled loop away in the middle of the first text.
 */

/** Longer words are not remembered: they are rare and rarely repeated. */
export const MAX_CACHED_UNITS = 64;

const MAX_WORDS = 1 << 18;

export class WordCache {
  /** Slots of (hash, start of the key, length << 16 | number of ids, id or start of the ids). */
  slots = new Int32Array(1 << 8);
  private mask = (1 << 6) - 1;
  /** The ids of words that have several. */
  ids = new Int32Array(1 << 8);
  private keys = new Uint16Array(1 << 8);
  private words = 0;
  private keyLength = 0;
  private idLength = 0;

  /** Where the word is, or -1: `slots[at + 2] & 0xffff` is the number of ids, `slots[at + 3]` the id or where they start. */
  find(units: Uint16Array, start: number, end: number, hash: number): number {
    const { slots, keys, mask } = this;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      const shape = slots[at + 2];
      if (shape === 0) return -1;
      if (slots[at] !== hash || shape >>> 16 !== length) continue;
      const key = slots[at + 1];
      let same = 0;
      while (same < length && keys[key + same] === units[start + same]) same++;
      if (same === length) return at;
    }
  }

  /** Remember `ids[0, count)` for a word that `find` did not know. */
  add(units: Uint16Array, start: number, end: number, hash: number, ids: Int32Array, count: number): void {
    if (this.words === MAX_WORDS) this.clear();
    if (this.words * 2 > this.mask) this.grow();
    if (this.keyLength + MAX_CACHED_UNITS > this.keys.length) this.keys = doubled(this.keys);
    if (this.idLength + count > this.ids.length) this.ids = doubled(this.ids);
    const at = this.freeSlot(hash);
    this.slots[at] = hash;
    this.slots[at + 1] = this.keyLength;
    this.slots[at + 2] = ((end - start) << 16) | count;
    this.slots[at + 3] = count === 1 ? ids[0] : this.idLength;
    for (let from = start; from < end; from++) this.keys[this.keyLength++] = units[from];
    if (count > 1) for (let i = 0; i < count; i++) this.ids[this.idLength++] = ids[i];
    this.words++;
  }

  private clear(): void {
    this.slots.fill(0);
    this.words = this.keyLength = this.idLength = 0;
  }

  private freeSlot(hash: number): number {
    let slot = hash & this.mask;
    while (this.slots[slot * 4 + 2] !== 0) slot = (slot + 1) & this.mask;
    return slot * 4;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 4);
    this.mask = this.mask * 4 + 3;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 2] === 0) continue;
      const to = this.freeSlot(old[at]);
      for (let i = 0; i < 4; i++) this.slots[to + i] = old[at + i];
    }
  }
}

function doubled<Values extends Int32Array | Uint16Array>(values: Values): Values {
  const wider = new (values.constructor as new (length: number) => Values)(values.length * 2);
  wider.set(values);
  return wider;
}
