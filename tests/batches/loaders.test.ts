/** Loaders on top of shards and rows: mixtures, packed rows, reading ahead. */
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { mixBatches } from "../../lib/batches/mix-batches.ts";
import { packDocuments } from "../../lib/batches/pack.ts";
import { packedBatches, packedSequence } from "../../lib/batches/packed-batches.ts";
import { prefetch, type PrefetchedLoader } from "../../lib/batches/prefetch.ts";
import { randomWindows, type BatchLoader } from "../../lib/batches/random-windows.ts";
import { prefetchShards, shardLoader } from "../../lib/batches/shard-loader.ts";
import { shardWriter } from "../../lib/batches/token-shards.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-loaders-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ids start, start + 1, … as a set of shards. */
function shards(name: string, start: number, count: number): string {
  const path = join(folder, name);
  const writer = shardWriter(path, { vocabSize: 5000, shardTokens: 300 });
  writer.add(Uint32Array.from({ length: count }, (_, i) => start + i));
  writer.finish();
  return path;
}
const windows = { batchSize: 4, contextLength: 8 };
const take = (loader: BatchLoader, count: number) => Array.from({ length: count }, () => loader.next());

describe("a mixture of loaders", () => {
  const low = shards("low", 0, 1000);
  const high = shards("high", 2000, 200);
  const mixture = (seed = 1) =>
    shardLoader({ sources: [{ folder: low, weight: 3 }, { folder: high }], ...windows, seed });

  it("draws rows by weight, the same ones every time", () => {
    const rows = take(mixture(), 200).flatMap(({ inputs }) => [...inputs].filter((_, i) => i % 8 === 0));
    const share = rows.filter((id) => id < 2000).length / rows.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    expect(take(mixture(), 5)).toEqual(take(mixture(), 5));
    expect(take(mixture(2), 5)).not.toEqual(take(mixture(), 5));
  });

  it("goes on where it was, also in the middle of a source's batch", () => {
    const ids = Int32Array.from({ length: 500 }, (_, i) => i);
    const made = () =>
      mixBatches(
        [
          { loader: randomWindows(ids, { ...windows, seed: 1 }), weight: 1 },
          { loader: shardLoader({ sources: [{ folder: low }], ...windows }), weight: 2 },
        ],
        { batchSize: 3 },
      );
    const loader = made();
    for (let done = 0; done < 7; done++) {
      const resumed = made();
      resumed.restore(structuredClone(loader.state()));
      expect(take(resumed, 4)).toEqual(take(resumedFrom(loader, made), 4));
      loader.next();
    }
    expect(() => mixture().restore(shardLoader({ sources: [{ folder: low }], ...windows }).state())).toThrow(
      /a mixture of 2 loaders/,
    );
  });

  it("keeps document borders of the sources that have them", () => {
    const packed = packedBatches(
      packDocuments(
        [
          [1, 2, 3],
          [4, 5, 6, 7, 8],
        ],
        8,
        0,
      ),
      { batchSize: 1 },
    );
    const plain = randomWindows(
      Int32Array.from({ length: 50 }, () => 7),
      { ...windows, seed: 1 },
    );
    const mixed = mixBatches([
      { loader: plain, weight: 1 },
      { loader: packed, weight: 1 },
    ]);
    const { inputs, segments, positions } = mixed.next();
    for (let row = 0; row < 4; row++) {
      const plainRow = inputs[8 * row] === 7 && inputs[8 * row + 1] === 7;
      expect([...segments!.subarray(8 * row, 8 * row + 8)]).toEqual(
        plainRow ? Array(8).fill(1) : [1, 1, 1, 1, 1, 2, 2, 2],
      );
      expect(positions![8 * row + 5]).toBe(plainRow ? 5 : 0);
    }
  });

  it("refuses weights, lengths and vocabularies that do not fit", () => {
    const loader = shardLoader({ sources: [{ folder: low }], ...windows });
    expect(() => mixBatches([{ loader, weight: 0 }])).toThrow(/weights above 0/);
    expect(() => mixBatches([])).toThrow(/weights above 0/);
    const longer = shardLoader({ sources: [{ folder: low }], batchSize: 4, contextLength: 9 });
    expect(() =>
      mixBatches([
        { loader, weight: 1 },
        { loader: longer, weight: 1 },
      ]),
    ).toThrow(/one contextLength/);
    const other = join(folder, "other");
    const writer = shardWriter(other, { vocabSize: 10 });
    writer.add([1, 2, 3]);
    writer.finish();
    expect(() => shardLoader({ sources: [{ folder: low }, { folder: other }], ...windows })).toThrow(
      /one vocabulary/,
    );
  });
});

/** A second loader at the place of the first, so that looking ahead does not move it. */
function resumedFrom(loader: BatchLoader, made: () => BatchLoader): BatchLoader {
  const state = loader.state();
  const batches = take(loader, 4);
  loader.restore(state);
  return { ...made(), next: () => batches.shift()! };
}

describe("packed rows as batches", () => {
  const packed = packDocuments(
    Array.from({ length: 10 }, (_, i) => [10 * i + 1, 10 * i + 2, 10 * i + 3]),
    4,
    0,
  );

  it("have the next id of the same document as target, and none at its end", () => {
    const { inputs, targets, segments } = packDocumentsBatch([[1, 2, 3], [4]], 4);
    expect([...inputs]).toEqual([1, 2, 3, 4]);
    expect([...targets]).toEqual([2, 3, -100, -100]);
    expect([...segments!]).toEqual([1, 1, 1, 2]);
  });

  it("come once per epoch in another order, and go on where they were", () => {
    const loader = packedBatches(packed, { batchSize: 5, seed: 2 });
    const epoch = () => take(loader, 2).flatMap(({ inputs }) => [...inputs].filter((_, i) => i % 4 === 0));
    const [first, second] = [epoch(), epoch()];
    expect([...first].sort((a, b) => a - b)).toEqual([1, 11, 21, 31, 41, 51, 61, 71, 81, 91]);
    expect(second).not.toEqual(first);
    const resumed = packedBatches(packed, { batchSize: 5, seed: 2 });
    resumed.restore(loader.state());
    expect(take(resumed, 3)).toEqual(take(loader, 3));
    expect(() => packedBatches(packed, { batchSize: 5 }).restore(loader.state())).toThrow(/the same seed/);
    expect(() => packedBatches(packed, { batchSize: 11 })).toThrow(/at least 11 rows/);
  });

  it("in order cover everything; what fills up the last batch counts for nothing", () => {
    const batches = packedSequence(packed, 4);
    expect(batches).toHaveLength(3);
    const learned = batches.flatMap(({ targets }) => [...targets].filter((id) => id !== -100));
    expect(learned).toHaveLength(20);
    expect([...batches[2].targets.subarray(8)]).toEqual(Array(8).fill(-100));
  });
});

function packDocumentsBatch(documents: number[][], length: number) {
  return packedSequence(packDocuments(documents, length, 0), 1)[0];
}

describe("reading ahead", () => {
  const settings = {
    sources: [{ folder: shards("a", 0, 700) }, { folder: shards("b", 900, 300) }],
    ...windows,
  };
  const open: PrefetchedLoader[] = [];
  const ahead = async (options = {}) => {
    const loader = await prefetchShards(settings, options);
    open.push(loader);
    return loader;
  };
  afterEach(() => Promise.all(open.splice(0).map((loader) => loader.close())));

  it("gives the same batches in the same order, with the same states", async () => {
    const plain = shardLoader(settings);
    const loader = await ahead({ ahead: 3 });
    expect(loader).toMatchObject(windows);
    expect(loader.state()).toEqual(plain.state());
    for (let i = 0; i < 20; i++) {
      expect(loader.next()).toEqual(plain.next());
      expect(loader.state()).toEqual(plain.state());
    }
  });

  it("goes on from a state, and back to one", async () => {
    const plain = shardLoader(settings);
    take(plain, 5);
    const state = plain.state();
    const expected = take(plain, 3);
    const loader = await ahead();
    take(loader, 9);
    loader.restore(state);
    expect(loader.state()).toEqual(state);
    expect(take(loader, 3)).toEqual(expected);
    loader.restore(state);
    expect(take(loader, 3)).toEqual(expected);
  });

  it("passes on an error at the batch where it happened, and keeps saying so", async () => {
    const path = shards("cut", 0, 900);
    const loader = await prefetchShards(
      { sources: [{ folder: path }], batchSize: 1, contextLength: 100 },
      { ahead: 1 },
    );
    open.push(loader);
    loader.next();
    truncateSync(join(path, "shard-00000.bin"), 0);
    truncateSync(join(path, "shard-00001.bin"), 0);
    truncateSync(join(path, "shard-00002.bin"), 0);
    expect(() => take(loader, 4)).toThrow(/TokenShards.read: expected a shard that nobody shortens/);
    expect(() => loader.next()).toThrow(/nobody shortens/);
  });

  it("says at once that a loader cannot be made", async () => {
    const missing = { sources: [{ folder: join(folder, "missing") }], ...windows };
    await expect(prefetchShards(missing)).rejects.toThrow("openShards: expected a finished set of shards");
    const module = pathToFileURL(join(folder, "no-such-module.ts")).href;
    await expect(prefetch({ module, factory: "x", settings: {} })).rejects.toThrow(/no-such-module/);
    await expect(
      prefetch({
        module: import.meta.resolve("../../lib/batches/shard-loader.ts"),
        factory: "x",
        settings: {},
      }),
    ).rejects.toThrow(/expected a function x/);
    await expect(prefetchShards(settings, { ahead: 0 })).rejects.toThrow(/ahead: a whole number/);
  });

  it("ends when it is closed, however full it is", async () => {
    const loader = await ahead({ ahead: 2 });
    loader.next();
    await loader.close();
    expect(() => loader.next()).toThrow(/one that was closed/);
  });
});
