import { describe, expect, it } from "vitest";
import { randomWindows, sequentialWindows } from "../../lib/batches/index.ts";

const count = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

describe("random windows", () => {
  it("have targets one token after the inputs", () => {
    const { inputs, targets, batchSize, contextLength } = randomWindows(count(100), {
      batchSize: 3,
      contextLength: 8,
      seed: 1,
    }).next();
    expect([batchSize, contextLength, inputs.length]).toEqual([3, 8, 24]);
    for (let row = 0; row < 3; row++)
      for (let t = 0; t < 8; t++) {
        expect(inputs[row * 8 + t]).toBe(inputs[row * 8] + t);
        expect(targets[row * 8 + t]).toBe(inputs[row * 8 + t] + 1);
      }
  });

  it("reach the first and the last window", () => {
    const loader = randomWindows(count(6), { batchSize: 50, contextLength: 4, seed: 1 });
    const starts = new Set(loader.next().inputs.filter((_, i) => i % 4 === 0));
    expect([...starts].sort()).toEqual([0, 1]);
  });

  it("are the same for the same seed, and others for another", () => {
    const first = (seed: number): Int32Array =>
      randomWindows(count(1000), { batchSize: 4, contextLength: 8, seed }).next().inputs;
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it("go on from a saved state", () => {
    const options = { batchSize: 4, contextLength: 8, seed: 1 };
    const loader = randomWindows(count(1000), options);
    loader.next();
    const state = JSON.parse(JSON.stringify(loader.state()));
    const expected = [loader.next(), loader.next()];
    const resumed = randomWindows(count(1000), { ...options, seed: 9 });
    resumed.restore(state);
    expect([resumed.next(), resumed.next()]).toEqual(expected);
  });

  it("need a text longer than a window", () => {
    expect(() => randomWindows(count(8), { batchSize: 1, contextLength: 8, seed: 1 })).toThrow(
      "randomWindows: expected more than 8 tokens, for one window and its targets, got 8; use a longer text",
    );
  });

  it("need whole numbers", () => {
    expect(() => randomWindows(count(8), { batchSize: 1.5, contextLength: 2, seed: 1 })).toThrow(
      "expected batchSize to be a whole number ≥ 1, got 1.5",
    );
  });
});

describe("sequential windows", () => {
  it("cover each target once", () => {
    const batches = sequentialWindows(count(13), { batchSize: 2, contextLength: 3 });
    expect(batches.map(({ targets }) => [...targets])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ]);
  });

  it("take a sample from the whole text", () => {
    const batches = sequentialWindows(count(101), { batchSize: 1, contextLength: 10, maxBatches: 2 });
    expect(batches.map(({ inputs }) => inputs[0])).toEqual([0, 50]);
  });

  it("refuse a text that fills no batch", () => {
    expect(() => sequentialWindows(count(6), { batchSize: 2, contextLength: 3 })).toThrow(
      "sequentialWindows: expected at least 7 tokens, for one batch of 2 windows, got 6",
    );
    expect(() => sequentialWindows(new Uint32Array(), { batchSize: 2, contextLength: 3 })).toThrow("got 0");
  });
});
