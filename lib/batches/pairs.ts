/**
 * Pairs of texts as batches for an encoder–decoder: what is read, and what is to be written, each filled up to one length.
 *
 * Each epoch goes through all pairs once in another order; the order follows from the seed and the epoch.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { IGNORED, type Batch, type BatchLoader } from "./random-windows.ts";

/** Token ids of a text to read and of the text to write. */
export interface TokenPair {
  source: ArrayLike<number>;
  target: ArrayLike<number>;
}

export interface PairOptions {
  batchSize: number;
  /** Id that fills up what is read. */
  padId: number;
  /** Id that ends what is written. */
  endId: number;
  /** Longest text that is read; longer ones are cut. By default the longest there is. */
  sourceLength?: number;
  /** Longest text that is written, its end included. */
  targetLength?: number;
}

/** Endless batches of pairs. @throws GradbookError when there are fewer pairs than a batch holds */
export function pairBatches(
  pairs: readonly TokenPair[],
  options: PairOptions & { seed: number },
): BatchLoader {
  const make = batchMaker("pairBatches", pairs, options);
  const { batchSize, seed } = options;
  const perEpoch = Math.floor(pairs.length / batchSize);
  const start = random(seed).state();
  let batches = 0;
  let [epoch, order] = [-1, [] as number[]];
  return {
    batchSize,
    contextLength: make.sourceLength,
    next() {
      const now = Math.floor(batches / perEpoch);
      if (now !== epoch) {
        epoch = now;
        order = random(seed + epoch).shuffle(pairs.map((_, i) => i));
      }
      const first = (batches++ % perEpoch) * batchSize;
      return make.batch(order.slice(first, first + batchSize));
    },
    state: () => ({ random: start, batches }),
    restore(state) {
      batches = state.batches;
      epoch = -1;
    },
  };
}

/** The same pairs every time, in order, for evaluation; those that fill no batch are left out. */
export function pairSequence(pairs: readonly TokenPair[], options: PairOptions): Batch[] {
  const make = batchMaker("pairSequence", pairs, options);
  const count = Math.floor(pairs.length / options.batchSize);
  return Array.from({ length: count }, (_, b) =>
    make.batch(Array.from({ length: options.batchSize }, (_, row) => b * options.batchSize + row)),
  );
}

function batchMaker(where: string, pairs: readonly TokenPair[], options: PairOptions) {
  const { batchSize, padId, endId } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || pairs.length < batchSize)
    fail(where, { expected: `at least ${batchSize} pairs, for one batch`, got: pairs.length });
  const longest = (of: (pair: TokenPair) => number): number =>
    pairs.reduce((most, pair) => Math.max(most, of(pair)), 1);
  const sourceLength = options.sourceLength ?? longest(({ source }) => source.length);
  const targetLength = options.targetLength ?? longest(({ target }) => target.length + 1);
  return {
    sourceLength,
    batch(places: readonly number[]): Batch {
      const inputs = new Int32Array(places.length * sourceLength).fill(padId);
      const targets = new Int32Array(places.length * targetLength).fill(IGNORED);
      places.forEach((place, row) => {
        const { source, target } = pairs[place];
        inputs.set(Array.from(source).slice(0, sourceLength), row * sourceLength);
        targets.set([...Array.from(target), endId].slice(0, targetLength), row * targetLength);
      });
      return { inputs, targets, batchSize: places.length, contextLength: sourceLength, targetLength };
    },
  };
}
