import { describe, expect, it } from "vitest";
import { IGNORED, pairBatches, pairSequence, type BatchLoader } from "../../lib/batches/index.ts";

const pairs = [1, 2, 3, 4, 5].map((n) => ({ source: new Array(n).fill(n), target: [10 + n] }));
const options = { batchSize: 2, padId: 0, endId: 9 };

describe("pairs", () => {
  it("are filled up to one length, and the end is part of what is written", () => {
    const [first, second] = pairSequence(pairs, options);
    expect(first).toMatchObject({ batchSize: 2, contextLength: 5, targetLength: 2 });
    expect([...first.inputs]).toEqual([1, 0, 0, 0, 0, 2, 2, 0, 0, 0]);
    expect([...first.targets]).toEqual([11, 9, 12, 9]);
    expect([...second.inputs.subarray(5)]).toEqual([4, 4, 4, 4, 0]);
    const [cut] = pairSequence(pairs.slice(3), { ...options, sourceLength: 3, targetLength: 1 });
    expect([...cut.inputs]).toEqual([4, 4, 4, 5, 5, 5]);
    expect([...cut.targets]).toEqual([14, 15]);
    expect([...pairSequence(pairs, { ...options, targetLength: 3 })[0].targets]).toEqual([
      11,
      9,
      IGNORED,
      12,
      9,
      IGNORED,
    ]);
  });

  it("come in another order each epoch, and the loader goes on where it was", () => {
    const make = (): BatchLoader => pairBatches(pairs, { ...options, seed: 3 });
    const [first, second] = [make(), make()];
    const epoch = (): number[] =>
      [first.next(), first.next()].flatMap(({ targets }) => [targets[0], targets[2]]);
    const [one, two] = [epoch(), epoch()];
    expect(new Set(one).size).toBe(4);
    expect(two).not.toEqual(one);
    second.restore(first.state());
    expect(second.next()).toEqual(first.next());
    expect(() => pairBatches(pairs.slice(0, 1), { ...options, seed: 1 })).toThrow(
      "expected at least 2 pairs",
    );
  });
});
