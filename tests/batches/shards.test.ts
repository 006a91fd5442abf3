import { existsSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packDocuments } from "../../lib/batches/pack.ts";
import { permuted } from "../../lib/batches/epoch-order.ts";
import { shardWindows } from "../../lib/batches/shard-windows.ts";
import { openShards, shardWriter } from "../../lib/batches/token-shards.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-shards-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const count = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

describe("token shards", () => {
  it("give back what was written, across shard borders, in the smaller type that fits", () => {
    for (const [vocabSize, type] of [
      [65_536, Uint16Array],
      [65_537, Uint32Array],
    ] as const) {
      const path = join(folder, `set-${vocabSize}`);
      const writer = shardWriter(path, {
        vocabSize,
        shardTokens: 1000,
        separator: 7,
        about: { tokenizer: "test" },
      });
      writer.add(count(1500));
      writer.add(count(999));
      writer.finish();
      const shards = openShards(path);
      expect(shards).toMatchObject({ length: 2501, documents: 2, vocabSize, about: { tokenizer: "test" } });
      expect(shards.read(0, 1)).toBeInstanceOf(type);
      expect([...shards.read(998, 1003)]).toEqual([998, 999, 1000, 1001, 1002]);
      expect([...shards.read(1499, 1503)]).toEqual([1499, 7, 0, 1]);
      expect([...shards.read(2500, 2501)]).toEqual([7]);
      expect(() => shards.read(0, 2502)).toThrow(/≤ 2501/);
      shards.close();
    }
  });

  it("are not taken for whole before the end, or when one was cut", () => {
    const path = join(folder, "half");
    const writer = shardWriter(path, { vocabSize: 100 });
    writer.add([1, 2, 3]);
    expect(() => openShards(path)).toThrow(/no shards.json/);
    writer.finish();
    truncateSync(join(path, "shard-00000.bin"), 4);
    expect(() => openShards(path)).toThrow(/expected 6 bytes/);
    expect(() => shardWriter(path, { vocabSize: 100 })).toThrow(/without finished shards/);
  });

  it("refuse ids outside the vocabulary, and can be discarded", () => {
    const path = join(folder, "bad");
    const writer = shardWriter(path, { vocabSize: 10 });
    expect(() => writer.add([10])).toThrow(/ids below 10/);
    writer.discard();
    expect(existsSync(path)).toBe(false);
  });
});

describe("windows of shards", () => {
  const shards = {
    length: 101,
    read: (start: number, end: number) => Uint16Array.from({ length: end - start }, (_, i) => start + i),
  };

  it("visit every window once per epoch, in another order each time", () => {
    const loader = shardWindows(shards, { batchSize: 5, contextLength: 10, seed: 3 });
    expect(loader.batchesPerEpoch).toBe(2);
    const epoch = () =>
      [loader.next(), loader.next()].flatMap(({ inputs }) => [...inputs].filter((_, i) => i % 10 === 0));
    const [first, second] = [epoch(), epoch()];
    expect([...first].sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect([...second].sort((a, b) => a - b)).toEqual([...first].sort((a, b) => a - b));
    expect(second).not.toEqual(first);
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
  });

  it("go on where they were", () => {
    const loader = shardWindows(shards, { batchSize: 3, contextLength: 10 });
    for (let i = 0; i < 4; i++) loader.next();
    const resumed = shardWindows(shards, { batchSize: 3, contextLength: 10, position: loader.position });
    const next = resumed.next();
    expect(next).toEqual(loader.next());
    expect(next.targets).toEqual(next.inputs.map((id) => id + 1));
    expect(() => shardWindows(shards, { batchSize: 11, contextLength: 10 })).toThrow(/for one batch/);
  });

  it("are permuted by a bijection", () => {
    for (const size of [1, 2, 3, 17, 1000])
      expect(new Set(Array.from({ length: size }, (_, i) => permuted(i, size, 9))).size).toBe(size);
  });
});

describe("packing", () => {
  it("lays documents into rows, with their borders", () => {
    const packed = packDocuments([[1, 2, 3], [4, 5, 6, 7], [8]], 4, 0);
    expect(packed).toMatchObject({ rows: 2, fill: 1 });
    expect([...packed.ids]).toEqual([4, 5, 6, 7, 1, 2, 3, 8]);
    expect([...packed.segments]).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
    expect([...packed.positions]).toEqual([0, 1, 2, 3, 0, 1, 2, 0]);
  });

  it("cuts what is too long, pads what is left, loses nothing", () => {
    const packed = packDocuments([count(10), [], [50]], 4, 99);
    expect([...packed.ids].filter((id) => id !== 99).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50,
    ]);
    expect(packed.rows).toBe(3);
    expect(packed.fill).toBeCloseTo(11 / 12);
    expect(packed.segments[[...packed.ids].indexOf(99)]).toBe(0);
  });
});
