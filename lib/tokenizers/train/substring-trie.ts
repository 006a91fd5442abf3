/**
 * All short substrings of a set of words with how often they occur: a trie over UTF-16 units whose edges lie in
 * one hash table. The seeds of a Unigram vocabulary come from here.
 */

export class SubstringTrie {
  /** Number of nodes; node 0 is the empty string. */
  size = 1;
  /** How often the substring of a node occurs, and its length in units. */
  counts = new Float64Array(1 << 12);
  lengths = new Uint8Array(1 << 12);
  /** Where one occurrence of it ends: a word and a position in it. */
  private words = new Int32Array(1 << 12);
  private ends = new Int32Array(1 << 12);
  /** Slots of (node, unit, child); child 0 means the slot is free. */
  private slots = new Int32Array(3 << 13);
  private mask = (1 << 13) - 1;

  /** Count every substring of at most `longest` units of a word that occurs `count` times. */
  add(word: string, wordIndex: number, count: number, longest: number): void {
    for (let start = 0; start < word.length; start++) {
      if (isLowSurrogate(word, start)) continue;
      let node = 0;
      for (let end = start + 1; end <= word.length && end - start <= longest; end++) {
        node = this.child(node, word.charCodeAt(end - 1));
        if (this.counts[node] === 0) {
          this.lengths[node] = end - start;
          this.words[node] = wordIndex;
          this.ends[node] = end;
        }
        if (!isLowSurrogate(word, end)) this.counts[node] += count;
      }
    }
  }

  /** Call `visit(end, node)` for each substring that starts at `start`, shortest first. */
  forEachPrefix(word: string, start: number, visit: (end: number, node: number) => void): void {
    let node = 0;
    for (let end = start + 1; end <= word.length; end++) {
      node = this.slots[this.findSlot(node, word.charCodeAt(end - 1)) + 2];
      if (node === 0) return;
      visit(end, node);
    }
  }

  /** The substring of a node. */
  text(node: number, words: readonly string[]): string {
    return words[this.words[node]].slice(this.ends[node] - this.lengths[node], this.ends[node]);
  }

  private child(node: number, unit: number): number {
    const at = this.findSlot(node, unit);
    if (this.slots[at + 2] !== 0) return this.slots[at + 2];
    const child = this.size++;
    this.slots[at] = node;
    this.slots[at + 1] = unit;
    this.slots[at + 2] = child;
    if (this.size * 2 > this.mask) this.growSlots();
    if (this.size > this.counts.length) this.growNodes();
    return child;
  }

  private findSlot(node: number, unit: number): number {
    const { slots, mask } = this;
    const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      if (slots[at + 2] === 0 || (slots[at] === node && slots[at + 1] === unit)) return at;
    }
  }

  private growSlots(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * 3);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] === 0) continue;
      const free = this.findSlot(old[at], old[at + 1]);
      for (let i = 0; i < 3; i++) this.slots[free + i] = old[at + i];
    }
  }

  private growNodes(): void {
    const wider = <Values extends Float64Array | Int32Array | Uint8Array>(values: Values): Values => {
      const copy = new (values.constructor as new (length: number) => Values)(values.length * 2);
      copy.set(values);
      return copy;
    };
    this.counts = wider(this.counts);
    this.lengths = wider(this.lengths);
    this.words = wider(this.words);
    this.ends = wider(this.ends);
  }
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
