import { expect, test } from "vitest";
import { random } from "../../lib/core/random.ts";
import { mergePairs } from "../../lib/tokenizers/byte-pair-merge.ts";
import { PairTable } from "../../lib/tokenizers/pair-table.ts";

/** The definition, word for word: find the lowest pair, leftmost first, join it, begin again. */
function mergeNaively(pairs: PairTable, ids: number[]): number[] {
  for (;;) {
    let best = -1;
    let rank = Infinity;
    for (let i = 0; i + 1 < ids.length; i++) {
      const slot = pairs.find(ids[i], ids[i + 1]);
      if (slot >= 0 && pairs.rankAt(slot) < rank) [best, rank] = [i, pairs.rankAt(slot)];
    }
    if (best < 0) return ids;
    ids.splice(best, 2, pairs.mergedAt(pairs.find(ids[best], ids[best + 1])));
  }
}

test("short and long words merge as the definition says", () => {
  const source = random(3);
  const pairs = new PairTable();
  for (let merged = 4; merged < 60; merged++) {
    pairs.add(source.integer(merged), source.integer(merged), source.integer(40), merged);
  }
  for (const length of [0, 1, 2, 5, 30, 48, 49, 50, 300]) {
    for (let round = 0; round < 40; round++) {
      const ids = Array.from({ length }, () => source.integer(4));
      const merged = Int32Array.from(ids);
      const starts = Int32Array.from(ids.keys());
      const count = mergePairs(pairs, merged, starts, length);
      expect([...merged.subarray(0, count)]).toEqual(mergeNaively(pairs, ids));
      expect([...starts.subarray(0, count)]).toEqual([...starts.subarray(0, count)].sort((a, b) => a - b));
    }
  }
});

test("a pair that is added again keeps its rank", () => {
  const pairs = new PairTable();
  pairs.add(1, 2, 5, 9);
  pairs.add(1, 2, 3, 8);
  expect(pairs.size).toBe(1);
  expect(pairs.entries()).toEqual([{ left: 1, right: 2, rank: 5, merged: 9 }]);
});
