/**
 * Batches from token shards in an order that looks random, visits every window once per epoch, and can be resumed
 * at any step: window number k of epoch e is a keyed permutation of k, so no order is stored.
 *
 * The permutation is a Feistel network over the next even number of bits, walked until it lands below the number
 * of windows (cycle walking, Black and Rogaway 2002). Shapes as in random-windows.ts: inputs and targets are
 * [batch, time], targets one place ahead.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { Batch, BatchLoader, LoaderState } from "./random-windows.ts";
import type { TokenShards } from "./token-shards.ts";

export interface ShardWindowOptions {
  batchSize: number;
  contextLength: number;
  seed?: number;
  /** Batch to start with; the state of an earlier loader. Default 0. */
  position?: number;
}

export interface ShardWindows extends BatchLoader {
  /** Batches in one epoch. */
  readonly batchesPerEpoch: number;
  /** Batches given so far. Give it to a new loader as `position` to go on here. */
  readonly position: number;
}

/** @throws GradbookError when the shards hold less than one batch */
export function shardWindows(
  shards: Pick<TokenShards, "length" | "read">,
  { batchSize, contextLength, seed = 1, position: start = 0 }: ShardWindowOptions,
): ShardWindows {
  const windows = Math.floor((shards.length - 1) / contextLength);
  const batchesPerEpoch = Math.floor(windows / batchSize);
  if (batchesPerEpoch < 1)
    fail("shardWindows", {
      expected: `at least ${batchSize * contextLength + 1} tokens for one batch`,
      got: shards.length,
    });
  let position = start;
  // The order is made of the seed alone, so its state is that of a generator which has drawn nothing.
  const seedState = random(seed).state();
  return {
    contextLength,
    batchSize,
    batchesPerEpoch,
    get position() {
      return position;
    },
    next() {
      const inputs = new Int32Array(batchSize * contextLength);
      const targets = new Int32Array(batchSize * contextLength);
      const epoch = Math.floor(position / batchesPerEpoch);
      for (let row = 0; row < batchSize; row++) {
        const place = (position % batchesPerEpoch) * batchSize + row;
        const first = permuted(place, windows, seed + epoch) * contextLength;
        const ids = shards.read(first, first + contextLength + 1);
        inputs.set(ids.subarray(0, -1), row * contextLength);
        targets.set(ids.subarray(1), row * contextLength);
      }
      position++;
      return { inputs, targets, batchSize, contextLength } satisfies Batch;
    },
    state: () => ({ random: seedState, batches: position }),
    restore(state) {
      checkSeed("shardWindows.restore", state, seedState);
      position = state.batches;
    },
  };
}

/** @throws GradbookError when a state is that of a loader with another seed, whose order is another one */
export function checkSeed(where: string, state: LoaderState, seedState: LoaderState["random"]): void {
  if (JSON.stringify(state.random) !== JSON.stringify(seedState))
    fail(where, {
      expected: "the state of a loader with the same seed",
      got: "one with another seed",
      hint: "make the loader with the seed of the run that is to go on",
    });
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
