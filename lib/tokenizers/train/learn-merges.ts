/**
 * Learning byte-pair merges from counted words (Sennrich et al. 2016, arXiv 1508.07909): again and again, join
 * the most frequent pair of neighbours everywhere.
 *
 * Incremental: only the words that hold the pair are touched, counts are adjusted by what changed, and a heap
 * holds the candidates; an entry whose count is out of date is put back with the right one when it surfaces.
 * Ties go to the pair with the smaller ids, as in Hugging Face's trainer, so the merges come out equal.
 */

/** Words as symbol ids: word i is `symbols[starts[i], starts[i + 1])` and occurs `counts[i]` times. */
export interface SymbolWords {
  symbols: Int32Array;
  starts: Int32Array;
  counts: Int32Array;
}

export interface LearnOptions {
  /** How many tokens to stop at. */
  vocabSize: number;
  /** Pairs that occur less often are not joined. */
  minFrequency: number;
  /** Number of tokens there are. Asked before each merge. */
  size: () => number;
  /** The id of two tokens joined: a new one, or that of the same spelling if it exists. */
  join: (left: number, right: number) => number;
  /** Called now and then with the number of tokens so far. */
  onProgress?: (size: number) => void;
}

export interface LearnedMerge {
  left: number;
  right: number;
  merged: number;
}

/** The merges in the order in which they were learned. `words.symbols` is used up. */
export function learnMerges(words: SymbolWords, options: LearnOptions): LearnedMerge[] {
  const { vocabSize, minFrequency, size, join, onProgress } = options;
  const { symbols, starts, counts } = words;
  const lengths = new Int32Array(counts.length);
  const pairs = new PairCounts();
  for (let word = 0; word < counts.length; word++) {
    lengths[word] = starts[word + 1] - starts[word];
    for (let at = starts[word]; at + 1 < starts[word + 1]; at++) {
      pairs.change(symbols[at], symbols[at + 1], counts[word], word);
    }
  }
  pairs.queueTouched();

  const merges: LearnedMerge[] = [];
  while (size() < vocabSize) {
    const entry = pairs.popLargest();
    if (entry < 0 || pairs.queuedCount(entry) < Math.max(1, minFrequency)) break;
    const { left, right } = pairs.pairOf(entry);
    const merged = join(left, right);
    merges.push({ left, right, merged });
    for (let node = pairs.firstNode(entry); node >= 0; node = pairs.nextNode(node)) {
      mergeInWord(pairs.wordAt(node), left, right, merged);
    }
    pairs.queueTouched();
    if (merges.length % 256 === 0) onProgress?.(size());
  }
  return merges;

  function mergeInWord(word: number, left: number, right: number, merged: number): void {
    const start = starts[word];
    const end = start + lengths[word];
    const count = counts[word];
    let to = start;
    for (let at = start; at < end; at++) {
      const symbol = symbols[at];
      if (symbol !== left || at + 1 >= end || symbols[at + 1] !== right) {
        symbols[to++] = symbol;
        continue;
      }
      if (to > start) {
        pairs.change(symbols[to - 1], left, -count, word);
        pairs.change(symbols[to - 1], merged, count, word);
      }
      at++;
      if (at + 1 < end) {
        pairs.change(right, symbols[at + 1], -count, word);
        pairs.change(merged, symbols[at + 1], count, word);
      }
      symbols[to++] = merged;
    }
    lengths[word] = to - start;
  }
}

/** A pair as one number; ids stay below 2²⁶. Smaller keys are smaller pairs. */
const LEFT = 2 ** 26;

/** Counts of pairs, the words where each one was seen, and a heap of candidates. */
class PairCounts {
  /** Slots of (left, right, pair index + 1) by open addressing. */
  private slots = new Int32Array(3 << 14);
  private mask = (1 << 14) - 1;
  /** Per pair: its key, its count now, the head of the list of words since it was last queued. */
  private keys: number[] = [];
  private counts: number[] = [];
  private heads: number[] = [];
  private touched: number[] = [];
  /** The lists of words: (word, next node). */
  private nodes = new Int32Array(1 << 16);
  private nodeCount = 0;
  /** Per queued candidate: its pair, the count when it was queued, its words. */
  private queuedPairs: number[] = [];
  private queuedCounts: number[] = [];
  private queuedHeads: number[] = [];
  private heap: number[] = [];

  /** The count of a pair changes by `change`; a word that gained it is remembered. */
  change(left: number, right: number, change: number, word: number): void {
    const pair = this.indexOf(left, right);
    this.counts[pair] += change;
    if (change < 0) return;
    const head = this.heads[pair];
    if (head < 0) this.touched.push(pair);
    else if (this.nodes[2 * head] === word) return;
    if (2 * this.nodeCount === this.nodes.length) {
      const wider = new Int32Array(this.nodes.length * 2);
      wider.set(this.nodes);
      this.nodes = wider;
    }
    this.nodes[2 * this.nodeCount] = word;
    this.nodes[2 * this.nodeCount + 1] = head;
    this.heads[pair] = this.nodeCount++;
  }

  /** Queue every pair that words gained since the last call. */
  queueTouched(): void {
    for (const pair of this.touched) {
      if (this.counts[pair] > 0) {
        this.queuedPairs.push(pair);
        this.queuedCounts.push(this.counts[pair]);
        this.queuedHeads.push(this.heads[pair]);
        this.push(this.queuedPairs.length - 1);
      }
      this.heads[pair] = -1;
    }
    this.touched.length = 0;
  }

  /** Take the most frequent candidate off the queue; -1 when it is empty. */
  popLargest(): number {
    for (;;) {
      if (this.heap.length === 0) return -1;
      const entry = this.heap[0];
      const count = this.counts[this.queuedPairs[entry]];
      if (this.queuedCounts[entry] === count) {
        const last = this.heap.pop()!;
        if (this.heap.length > 0) this.sink(last);
        return entry;
      }
      this.queuedCounts[entry] = count;
      this.sink(entry);
    }
  }

  queuedCount(entry: number): number {
    return this.queuedCounts[entry];
  }

  pairOf(entry: number): { left: number; right: number } {
    const key = this.keys[this.queuedPairs[entry]];
    return { left: Math.floor(key / LEFT), right: key % LEFT };
  }

  firstNode(entry: number): number {
    return this.queuedHeads[entry];
  }

  nextNode(node: number): number {
    return this.nodes[2 * node + 1];
  }

  wordAt(node: number): number {
    return this.nodes[2 * node];
  }

  private indexOf(left: number, right: number): number {
    const { slots, mask } = this;
    const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      if (slots[at + 2] === 0) {
        const pair = this.keys.push(left * LEFT + right) - 1;
        this.counts.push(0);
        this.heads.push(-1);
        slots[at] = left;
        slots[at + 1] = right;
        slots[at + 2] = pair + 1;
        if (this.keys.length * 2 > mask) this.grow();
        return pair;
      }
      if (slots[at] === left && slots[at + 1] === right) return slots[at + 2] - 1;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    const slots = new Int32Array((this.mask + 1) * 3);
    for (let from = 0; from < old.length; from += 3) {
      if (old[from + 2] === 0) continue;
      const hash = Math.imul(old[from], 0x9e3779b1) ^ Math.imul(old[from + 1], 0x85ebca6b);
      let slot = (hash ^ (hash >>> 15)) & this.mask;
      while (slots[slot * 3 + 2] !== 0) slot = (slot + 1) & this.mask;
      slots.set(old.subarray(from, from + 3), slot * 3);
    }
    this.slots = slots;
  }

  /** Whether candidate `a` goes before `b`: more frequent, then the smaller pair. */
  private isBefore(a: number, b: number): boolean {
    const difference = this.queuedCounts[a] - this.queuedCounts[b];
    if (difference !== 0) return difference > 0;
    return this.keys[this.queuedPairs[a]] < this.keys[this.queuedPairs[b]];
  }

  private push(entry: number): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 3;
      if (!this.isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  /** Put `entry` in the place of the top and let it sink; eight children a node keep the heap shallow. */
  private sink(entry: number): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      const first = 8 * at + 1;
      if (first >= heap.length) break;
      let child = first;
      for (let other = first + 1; other < Math.min(first + 8, heap.length); other++) {
        if (this.isBefore(heap[other], heap[child])) child = other;
      }
      if (!this.isBefore(heap[child], entry)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }
}
