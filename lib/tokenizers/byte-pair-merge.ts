/**
 * The merging step of byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909): while some two neighbours
 * are in the table, join the pair of lowest rank, leftmost first.
 *
 * Two ways that give the same result: short words rescan a small array after each merge, O(n·merges) with a
 * tiny constant; long ones keep the candidates in a heap, O(n log n), so that 'a' × 100,000 takes milliseconds.
 */
import type { PairTable } from "./pair-table.ts";

/** Words of more symbols than this go to the heap. */
const SHORT = 48;

const NONE = 0x7fffffff;
const ranks = new Int32Array(SHORT);
const merged = new Int32Array(SHORT);

/**
 * Merge `ids[0, count)` in place and answer how many ids are left. `starts[i]`, the position where symbol i
 * begins (in whatever unit the caller counts), moves along.
 */
export function mergePairs(pairs: PairTable, ids: Int32Array, starts: Int32Array, count: number): number {
  return count <= SHORT ? mergeShort(pairs, ids, starts, count) : mergeLong(pairs, ids, starts, count);
}

function mergeShort(pairs: PairTable, ids: Int32Array, starts: Int32Array, count: number): number {
  // ranks[i] is the rank of the pair (i, i + 1).
  for (let i = 0; i + 1 < count; i++) look(pairs, ids, i);
  for (;;) {
    let best = -1;
    let lowest = NONE;
    for (let i = 0; i + 1 < count; i++) {
      if (ranks[i] < lowest) {
        lowest = ranks[i];
        best = i;
      }
    }
    if (best < 0) return count;
    ids[best] = merged[best];
    count--;
    for (let i = best + 1; i < count; i++) {
      ids[i] = ids[i + 1];
      starts[i] = starts[i + 1];
      ranks[i] = ranks[i + 1];
      merged[i] = merged[i + 1];
    }
    if (best > 0) look(pairs, ids, best - 1);
    if (best + 1 < count) look(pairs, ids, best);
  }
}

function look(pairs: PairTable, ids: Int32Array, i: number): void {
  const slot = pairs.find(ids[i], ids[i + 1]);
  ranks[i] = slot < 0 ? NONE : pairs.rankAt(slot);
  merged[i] = slot < 0 ? 0 : pairs.mergedAt(slot);
}

function mergeLong(pairs: PairTable, ids: Int32Array, starts: Int32Array, count: number): number {
  // The symbols form a linked list; a merge keeps its left symbol and drops its right one (id -1).
  const previous = new Int32Array(count);
  const next = new Int32Array(count);
  const heap = new CandidateHeap(count);
  const offer = (left: number, right: number) => {
    const slot = pairs.find(ids[left], ids[right]);
    if (slot >= 0) heap.push(pairs.rankAt(slot) * 2 ** 32 + left);
  };
  for (let i = 0; i < count; i++) {
    previous[i] = i - 1;
    next[i] = i + 1 < count ? i + 1 : -1;
    if (i + 1 < count) offer(i, i + 1);
  }
  while (heap.size > 0) {
    const key = heap.pop();
    const rank = Math.floor(key / 2 ** 32);
    const left = key - rank * 2 ** 32;
    const right = next[left];
    if (ids[left] < 0 || right < 0) continue;
    // A candidate is stale when its symbols have changed since; then the pair that stands there has another rank.
    const slot = pairs.find(ids[left], ids[right]);
    if (slot < 0 || pairs.rankAt(slot) !== rank) continue;
    ids[left] = pairs.mergedAt(slot);
    ids[right] = -1;
    next[left] = next[right];
    if (next[left] >= 0) {
      previous[next[left]] = left;
      offer(left, next[left]);
    }
    if (previous[left] >= 0) offer(previous[left], left);
  }
  let left = 0;
  for (let i = 0; i < count; i++) {
    if (ids[i] < 0) continue;
    ids[left] = ids[i];
    starts[left++] = starts[i];
  }
  return left;
}

/** A binary heap of numbers, smallest first. The keys are rank · 2³² + position: exact in a double. */
class CandidateHeap {
  size = 0;
  private keys: Float64Array;

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity + 1);
  }

  push(key: number): void {
    if (this.size === this.keys.length) {
      const wider = new Float64Array(this.size * 2);
      wider.set(this.keys);
      this.keys = wider;
    }
    const { keys } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      at = parent;
    }
    keys[at] = key;
  }

  pop(): number {
    const { keys } = this;
    const top = keys[0];
    const last = keys[--this.size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= last) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = last;
    return top;
  }
}
