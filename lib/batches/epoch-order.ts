/**
 * The order in which a loader visits things: it looks random, takes each once per epoch, and can be resumed at any
 * batch. Number k of epoch e is a keyed permutation of k, so no order is stored.
 *
 * The permutation is a Feistel network over the next even number of bits, walked until it lands below the number
 * of things (cycle walking, Black and Rogaway 2002). Each epoch leaves out what fills no whole batch, others each time.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { LoaderState } from "./random-windows.ts";

export interface EpochOrder {
  /** Below 1 when there are too few things for one batch. */
  readonly batchesPerEpoch: number;
  /** Batches given so far. */
  readonly position: number;
  /** Places of the next batch, each in [0, count). */
  next(): number[];
  state(): LoaderState;
  /** @throws GradbookError when the state is that of an order with another seed */
  restore(state: LoaderState): void;
}

/**
 * @param where the loader, in errors
 * @param count things there are
 * @param position batch to start with
 */
export function epochOrder(
  where: string,
  count: number,
  { batchSize, seed, position = 0 }: { batchSize: number; seed: number; position?: number },
): EpochOrder {
  const batchesPerEpoch = Math.floor(count / batchSize);
  // The order is made of the seed alone, so its state is that of a generator which has drawn nothing.
  const seedState = random(seed).state();
  return {
    batchesPerEpoch,
    get position() {
      return position;
    },
    next() {
      const epoch = Math.floor(position / batchesPerEpoch);
      const first = (position % batchesPerEpoch) * batchSize;
      position++;
      return Array.from({ length: batchSize }, (_, i) => permuted(first + i, count, seed + epoch));
    },
    state: () => ({ random: seedState, batches: position }),
    restore(state) {
      if (JSON.stringify(state.random) !== JSON.stringify(seedState))
        fail(`${where}.restore`, {
          expected: "the state of a loader with the same seed",
          got: "one with another seed",
          hint: "make the loader with the seed of the run that is to go on",
        });
      position = state.batches;
    },
  };
}

/** The place of `index` in the order of `count` things that `key` names: a bijection on [0, count). */
export function permuted(index: number, count: number, key: number): number {
  let half = 1;
  while (4 ** half < count) half++;
  const mask = 2 ** half - 1;
  let value = index;
  do {
    let left = Math.floor(value / 2 ** half);
    let right = value & mask;
    for (let round = 0; round < 6; round++) {
      const mixed = Math.imul(
        Math.imul(right ^ Math.imul(key + round * 0x9e37, 0x85ebca6b), 0xc2b2ae35) ^ (right >>> 3),
        0x27d4eb2f,
      );
      [left, right] = [right, left ^ ((mixed >>> 15) & mask)];
    }
    value = left * 2 ** half + right;
  } while (value >= count);
  return value;
}
