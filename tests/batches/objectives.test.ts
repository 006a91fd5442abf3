import { describe, expect, it } from "vitest";
import {
  copyingTask,
  corruptBatches,
  IGNORED,
  maskBatches,
  maskedTokens,
  prefixBatches,
  prefixes,
  randomWindows,
  sequentialWindows,
  spanCorruption,
  type Batch,
  type BatchLoader,
} from "../../lib/batches/index.ts";

const TEXT = Uint32Array.from({ length: 5000 }, (_, i) => i % 90);
const windows = { batchSize: 8, contextLength: 64 };
const source = (seed = 1): BatchLoader => randomWindows(TEXT, { ...windows, seed });
const rows = (array: Int32Array, length: number): number[][] =>
  Array.from({ length: array.length / length }, (_, row) => [
    ...array.subarray(row * length, (row + 1) * length),
  ]);
const masking = { maskId: 99, vocabSize: 90 + 10, seed: 3 };

describe("masked tokens", () => {
  it("are 15 % of all, of which 80 % are the mask, 10 % another token, 10 % themselves", () => {
    const loader = maskedTokens(source(), masking);
    const plain = source();
    const counts = { all: 0, targets: 0, mask: 0, other: 0, same: 0 };
    for (let i = 0; i < 100; i++) {
      const [masked, original] = [loader.next(), plain.next()];
      masked.targets.forEach((target, place) => {
        counts.all++;
        const [shown, true_] = [masked.inputs[place], original.inputs[place]];
        if (target === IGNORED) return expect(shown).toBe(true_);
        expect(target).toBe(true_);
        counts.targets++;
        counts[shown === 99 ? "mask" : shown === true_ ? "same" : "other"]++;
      });
    }
    expect(counts.targets / counts.all).toBeCloseTo(0.15, 2);
    expect(counts.mask / counts.targets).toBeCloseTo(0.8, 1);
    expect(counts.other / counts.targets).toBeCloseTo(0.1, 1);
    expect(counts.same / counts.targets).toBeCloseTo(0.1, 1);
  });

  it("are never special tokens", () => {
    const special = [0, 1, 2];
    const { targets } = maskedTokens(source(), { ...masking, special, rate: 0.9 }).next();
    expect(targets.filter((id) => special.includes(id))).toHaveLength(0);
    expect(targets.filter((id) => id !== IGNORED).length).toBeGreaterThan(100);
  });

  it("are the same each time in batches for evaluation", () => {
    const batches = sequentialWindows(TEXT, { ...windows, maxBatches: 2 });
    expect(maskBatches(batches, masking)).toEqual(maskBatches(batches, masking));
    expect(batches[0].inputs).not.toContain(99);
  });

  it("can be kept apart with their places, so many a row at most", () => {
    const every = { ...masking, rate: 0.3 };
    const [all, apart] = [maskedTokens(source(), every).next(), maskedTokens(source(), { ...every, places: 40 }).next()]; // prettier-ignore
    expect(apart.inputs).toEqual(all.inputs);
    expect(apart.targetLength).toBe(40);
    const wanted = rows(all.targets, 64).map((row) => row.flatMap((target, place) => (target === IGNORED ? [] : [[place, target]]))); // prettier-ignore
    const found = rows(apart.targets, 40).map((row, r) => row.flatMap((target, i) => (target === IGNORED ? [] : [[apart.places![r * 40 + i], target]]))); // prettier-ignore
    expect(found).toEqual(wanted);
    const few = maskedTokens(source(), { ...every, places: 3 }).next();
    expect(few.targets).toHaveLength(24);
    expect(few.inputs.filter((id) => id === 99).length).toBeLessThanOrEqual(24);
    expect(() => maskedTokens(source(), { ...every, places: 0 })).toThrow("expected places of at least 1, got 0"); // prettier-ignore
  });

  it("need a mask inside the vocabulary and a rate that is a share", () => {
    expect(() => maskedTokens(source(), { ...masking, maskId: 100 })).toThrow(
      "expected a maskId below vocabSize 100",
    );
    expect(() => maskedTokens(source(), { ...masking, rate: 1 })).toThrow(
      "expected a rate between 0 and 1, got 1",
    );
  });
});

describe("span corruption", () => {
  const options = { vocabSize: 110, endId: 95, seed: 5 };
  /** Input and target woven together again: each sentinel of the input replaced by its stretch. */
  const restore = (input: number[], target: number[]): number[] =>
    input.flatMap((id) => {
      if (id < 96) return [id];
      const start = target.indexOf(id) + 1;
      const length = target.slice(start).findIndex((other) => other >= 95);
      return target.slice(start, start + length);
    });

  it("cuts out stretches that put back give the window", () => {
    const batch = spanCorruption(source(), options).next();
    const originals = rows(source().next().inputs, 64);
    // 15 % of 64 is 10 tokens in 3 stretches.
    expect(batch).toMatchObject({ contextLength: 64 - 10 + 3, targetLength: 10 + 3 + 1 });
    const inputs = rows(batch.inputs, batch.contextLength);
    const targets = rows(batch.targets, batch.targetLength!);
    inputs.forEach((input, row) => {
      expect(input.filter((id) => id >= 96)).toEqual([109, 108, 107]);
      expect(targets[row].at(-1)).toBe(95);
      expect(restore(input, targets[row])).toEqual(originals[row]);
    });
  });

  it("says the length of its rows before the first batch, without taking one away", () => {
    const loader = spanCorruption(source(), options);
    expect(loader.contextLength).toBe(57);
    expect(loader.next()).toEqual(corruptBatches([source().next()], options)[0]);
  });

  it("needs room for its sentinels", () => {
    expect(() => spanCorruption(source(), { ...options, vocabSize: 97 })).toThrow(
      "endId below the 3 sentinels at the vocabulary's end",
    );
  });
});

describe("prefixes", () => {
  it("of one row: no loss before the cut", () => {
    const { inputs, targets } = prefixes(source(), { form: "decoder", seed: 1 }).next();
    const plain = source().next();
    expect(inputs).toEqual(plain.inputs);
    rows(targets, 64).forEach((row, i) => {
      const learned = row.filter((id) => id !== IGNORED);
      expect(learned.length).toBeGreaterThan(0);
      expect(learned).toEqual(rows(plain.targets, 64)[i].slice(-learned.length));
    });
  });

  it("for encoder and decoder: what comes before, and what comes after", () => {
    const [batch] = prefixBatches([source().next()], { form: "encoder-decoder", seed: 1, padId: 98 });
    const originals = rows(source().next().inputs, 64);
    rows(batch.inputs, 64).forEach((input, row) => {
      const before = input.filter((id) => id !== 98);
      const after = rows(batch.targets, 64)[row].filter((id) => id !== IGNORED);
      expect([...before, ...after]).toEqual(originals[row]);
      expect(Math.min(before.length, after.length)).toBeGreaterThan(0);
    });
    expect(() => prefixes(source(), { form: "encoder-decoder", seed: 1 })).toThrow("expected a padId");
  });
});

it("loaders over loaders go on from where they were", () => {
  const make = (): BatchLoader => maskedTokens(prefixes(source(), { form: "decoder", seed: 2 }), masking);
  const [first, second] = [make(), make()];
  for (let i = 0; i < 3; i++) first.next();
  second.restore(JSON.parse(JSON.stringify(first.state())));
  const both = [first, second].map((loader): Batch[] => [loader.next(), loader.next()]);
  expect(both[1]).toEqual(both[0]);
});

describe("the copying task", () => {
  it("shows symbols, a mark, and asks for the symbols again", () => {
    const { inputs, targets, contextLength } = copyingTask({
      symbols: 5,
      length: 3,
      batchSize: 4,
      seed: 1,
    }).next();
    expect(contextLength).toBe(6);
    for (let row = 0; row < 4; row++) {
      const [shown, asked] = [inputs, targets].map((ids) => [...ids.subarray(6 * row, 6 * row + 6)]);
      expect(shown.slice(3)).toEqual([5, shown[0], shown[1]]);
      expect(asked).toEqual([IGNORED, IGNORED, IGNORED, ...shown.slice(0, 3)]);
    }
  });

  it("goes on from where it was", () => {
    const make = (): BatchLoader => copyingTask({ symbols: 9, length: 4, batchSize: 2, seed: 1 });
    const [first, second] = [make(), make()];
    first.next();
    second.restore(first.state());
    expect(second.next()).toEqual(first.next());
    expect(() => copyingTask({ symbols: 0, length: 1, batchSize: 1, seed: 1 })).toThrow(
      "symbols to be a whole number",
    );
  });
});
