/**
 * Batches mixed from several loaders by weight: each row comes from loader i with probability w_i / Σ w, drawn with
 * a seed, so the mixture is the same in every run and goes on where it was left.
 *
 * Rows, not batches, are drawn: every batch holds every source in about its share, which keeps gradients even.
 * Small sources come round again as their own loader does; nothing is balanced afterwards.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { Batch, BatchLoader, LoaderState } from "./random-windows.ts";

export interface BatchIngredient {
  loader: BatchLoader;
  /** Share of the rows; any unit. */
  weight: number;
}

export interface MixBatchesOptions {
  /** Rows per batch; those of the first loader by default. */
  batchSize?: number;
  seed?: number;
}

/** One loader that draws from an ingredient, and how far it is. */
interface Stream {
  loader: BatchLoader;
  /** State before `batch` was taken. */
  before: LoaderState;
  batch: Batch | undefined;
  row: number;
}

/**
 * A loader that mixes loaders. They belong to it afterwards: calling their `next` would skip rows.
 *
 * @throws GradbookError unless there are loaders of one context length with weights above 0
 * @example mixBatches([{ loader: books, weight: 3 }, { loader: code, weight: 1 }], { seed: 1 })
 */
export function mixBatches(
  ingredients: readonly BatchIngredient[],
  { batchSize = ingredients[0]?.loader.batchSize, seed = 1 }: MixBatchesOptions = {},
): BatchLoader {
  const weights = ingredients.map(({ weight }) => weight);
  if (weights.length === 0 || !weights.every((weight) => weight > 0 && Number.isFinite(weight)))
    fail("mixBatches", { expected: "loaders with weights above 0", got: weights });
  const { contextLength } = ingredients[0].loader;
  const lengths = ingredients.map(({ loader }) => loader.contextLength);
  if (lengths.some((length) => length !== contextLength))
    fail("mixBatches", { expected: "loaders of one contextLength", got: lengths });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const generator = random(seed);
  let batches = 0;
  const streams = ingredients.map(({ loader }): Stream => ({
    loader,
    before: loader.state(),
    batch: undefined,
    row: 0,
  }));

  function draw(): number {
    let left = generator.uniform() * total;
    for (let i = 0; i < weights.length; i++) if ((left -= weights[i]) < 0) return i;
    return weights.length - 1;
  }

  function advance(stream: Stream): Batch {
    stream.before = stream.loader.state();
    stream.row = 0;
    return (stream.batch = stream.loader.next());
  }

  return {
    batchSize,
    contextLength,
    next() {
      const made: Batch = {
        inputs: new Int32Array(batchSize * contextLength),
        targets: new Int32Array(batchSize * contextLength),
        batchSize,
        contextLength,
      };
      for (let row = 0; row < batchSize; row++) {
        const stream = streams[draw()];
        const from = stream.batch && stream.row < stream.batch.batchSize ? stream.batch : advance(stream);
        copyRow(from, stream.row++, made, row);
      }
      batches++;
      return made;
    },
    state: () => ({
      random: generator.state(),
      batches,
      sources: streams.map(({ before, row }) => ({ loader: before, rows: row })),
    }),
    restore(state) {
      if (state.sources?.length !== streams.length)
        fail("mixBatches.restore", {
          expected: `the state of a mixture of ${streams.length} loaders`,
          got: state.sources?.length ?? "one of a single loader",
        });
      generator.restore(state.random);
      batches = state.batches;
      for (const [i, { loader, rows }] of state.sources.entries()) {
        streams[i].loader.restore(loader);
        [streams[i].before, streams[i].batch, streams[i].row] = [loader, undefined, 0];
        if (rows > 0) advance(streams[i]);
        streams[i].row = rows;
      }
    },
  };
}

/** A row with its segments and positions; a source without them counts as one document per row. */
function copyRow(from: Batch, row: number, to: Batch, at: number): void {
  const { contextLength: length } = from;
  const part = (ids: Int32Array): Int32Array => ids.subarray(row * length, (row + 1) * length);
  to.inputs.set(part(from.inputs), at * length);
  to.targets.set(part(from.targets), at * length);
  if (!from.segments && !to.segments) return;
  to.segments ??= new Int32Array(to.inputs.length).fill(1);
  to.positions ??= Int32Array.from(to.inputs, (_, i) => i % length);
  if (from.segments) to.segments.set(part(from.segments), at * length);
  if (from.positions) to.positions.set(part(from.positions), at * length);
}
