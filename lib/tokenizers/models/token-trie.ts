/**
 * Which tokens start at a position of a text: a trie over UTF-16 units, its edges in one open-addressing hash
 * table of (node, unit) → node.
 */

export class TokenTrie {
  /** Slots of (node, unit, child); child 0 means the slot is free, as the root is nobody's child. */
  private slots: Int32Array;
  private mask: number;
  private nodes = 1;
  /** The id of the token that ends at a node, or -1. */
  private ids = new Int32Array(1024).fill(-1);

  constructor(tokens: Iterable<readonly [token: string, id: number]>) {
    this.mask = 1023;
    this.slots = new Int32Array((this.mask + 1) * 3);
    for (const [token, id] of tokens) this.add(token, id);
  }

  private add(token: string, id: number): void {
    let node = 0;
    for (let at = 0; at < token.length; at++) {
      const unit = token.charCodeAt(at);
      const slot = this.findSlot(node, unit);
      if (this.slots[slot + 2] === 0) {
        this.slots[slot] = node;
        this.slots[slot + 1] = unit;
        this.slots[slot + 2] = this.nodes;
        node = this.nodes++;
        if (this.nodes * 2 > this.mask) this.grow();
      } else node = this.slots[slot + 2];
    }
    if (node >= this.ids.length) {
      const wider = new Int32Array(Math.max(node + 1, this.ids.length * 2)).fill(-1);
      wider.set(this.ids);
      this.ids = wider;
    }
    this.ids[node] = id;
  }

  /**
   * Call `visit(end, id)` for each token that is `text.slice(start, end)`, shortest first. Answers whether any
   * call answered true.
   */
  forEachPrefix(text: string, start: number, visit: (end: number, id: number) => boolean): boolean {
    let any = false;
    let node = 0;
    for (let at = start; at < text.length; at++) {
      node = this.slots[this.findSlot(node, text.charCodeAt(at)) + 2];
      if (node === 0) break;
      const id = node < this.ids.length ? this.ids[node] : -1;
      if (id >= 0 && visit(at + 1, id)) any = true;
    }
    return any;
  }

  private findSlot(node: number, unit: number): number {
    const { slots, mask } = this;
    const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      if (slots[at + 2] === 0 || (slots[at] === node && slots[at + 1] === unit)) return at;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * 3);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] === 0) continue;
      const to = this.findSlot(old[at], old[at + 1]);
      for (let i = 0; i < 3; i++) this.slots[to + i] = old[at + i];
    }
  }
}
