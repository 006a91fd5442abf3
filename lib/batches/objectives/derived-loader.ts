/**
 * A loader that changes the batches of another one with random numbers of its own, and can be taken up again
 * where it was left.
 */
import { random, type Random } from "../../core/random.ts";
import type { Batch, BatchLoader } from "../random-windows.ts";

/** @param change makes a new batch; it must not write into the one it is given */
export function derivedLoader(
  source: BatchLoader,
  seed: number,
  change: (batch: Batch, generator: Random) => Batch,
): BatchLoader {
  const generator = random(seed);
  // How long rows are after the change shows on a batch; drawn on the side, so that the source stays where it is.
  const start = source.state();
  const { contextLength } = change(source.next(), random(seed));
  source.restore(start);
  let batches = 0;
  return {
    batchSize: source.batchSize,
    contextLength,
    next() {
      batches++;
      return change(source.next(), generator);
    },
    state: () => ({ random: generator.state(), batches, source: source.state() }),
    restore(state) {
      generator.restore(state.random);
      batches = state.batches;
      source.restore(state.source!);
    },
  };
}
