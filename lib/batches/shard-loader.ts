/**
 * A loader over one or several sets of token shards, from plain settings: what a configuration file, a checkpoint or
 * the thread that reads ahead (prefetch.ts) can carry.
 */
import { fail } from "../core/errors.ts";
import { mixBatches } from "./mix-batches.ts";
import { prefetch, type PrefetchOptions, type PrefetchedLoader } from "./prefetch.ts";
import type { BatchLoader } from "./random-windows.ts";
import { shardWindows } from "./shard-windows.ts";
import { openShards } from "./token-shards.ts";

export interface ShardLoaderSettings {
  /** Folders of token shards; `weight` is the share of the rows that come from each, 1 by default. */
  sources: { folder: string; weight?: number }[];
  batchSize: number;
  contextLength: number;
  seed?: number;
}

/**
 * Windows of shards; of several folders, mixed by weight.
 *
 * @throws GradbookError when a folder holds no finished shards, or they were made with different vocabularies
 */
export function shardLoader({
  sources,
  batchSize,
  contextLength,
  seed = 1,
}: ShardLoaderSettings): BatchLoader {
  if (sources.length === 0) fail("shardLoader", { expected: "at least one folder of shards", got: "none" });
  const sets = sources.map(({ folder }) => openShards(folder));
  const vocabularies = sets.map(({ vocabSize }) => vocabSize);
  if (vocabularies.some((size) => size !== vocabularies[0]))
    fail("shardLoader", { expected: "shards of one vocabulary", got: vocabularies });
  const loaders = sets.map((shards, i) =>
    shardWindows(shards, {
      // A mixture takes rows one at a time, so that small sets need not fill a batch.
      batchSize: sets.length === 1 ? batchSize : 1,
      contextLength,
      seed: seed + i,
    }),
  );
  if (loaders.length === 1) return loaders[0];
  return mixBatches(
    loaders.map((loader, i) => ({ loader, weight: sources[i].weight ?? 1 })),
    { batchSize, seed },
  );
}

/** The same batches, read ahead on a thread. */
export function prefetchShards(
  settings: ShardLoaderSettings,
  options: PrefetchOptions = {},
): Promise<PrefetchedLoader> {
  return prefetch({ module: import.meta.url, factory: "shardLoader", settings }, options);
}
