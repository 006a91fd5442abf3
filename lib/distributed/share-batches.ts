/** Data by rank: of the batches that one process would see, each of several gets every size-th one. */
import type { BatchLoader } from "../batches/index.ts";

/** The loader of `rank`: with all ranks together the same batches, in the same order, as from `loader` alone. */
export function shareBatches(
  loader: BatchLoader,
  { rank, size }: { rank: number; size: number },
): BatchLoader {
  const skip = (count: number): void => {
    for (let i = 0; i < count; i++) loader.next();
  };
  return {
    batchSize: loader.batchSize,
    contextLength: loader.contextLength,
    ...(loader.prepare && { prepare: (batches: number) => loader.prepare!(batches * size) }),
    next() {
      skip(rank);
      const batch = loader.next();
      skip(size - 1 - rank);
      return batch;
    },
    state: () => loader.state(),
    restore: (state) => loader.restore(state),
  };
}
