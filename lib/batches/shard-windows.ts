/**
 * Batches from token shards in the order of epoch-order.ts: every window once per epoch, resumable at any step.
 *
 * Shapes as in random-windows.ts: inputs and targets are [batch, time], targets one place ahead.
 */
import { fail } from "../core/errors.ts";
import { epochOrder } from "./epoch-order.ts";
import type { Batch, BatchLoader } from "./random-windows.ts";
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
  { batchSize, contextLength, seed = 1, position }: ShardWindowOptions,
): ShardWindows {
  const windows = Math.floor((shards.length - 1) / contextLength);
  const order = epochOrder("shardWindows", windows, { batchSize, seed, position });
  if (order.batchesPerEpoch < 1)
    fail("shardWindows", {
      expected: `at least ${batchSize * contextLength + 1} tokens for one batch`,
      got: shards.length,
    });
  return {
    contextLength,
    batchSize,
    batchesPerEpoch: order.batchesPerEpoch,
    get position() {
      return order.position;
    },
    next() {
      const inputs = new Int32Array(batchSize * contextLength);
      const targets = new Int32Array(batchSize * contextLength);
      order.next().forEach((window, row) => {
        const first = window * contextLength;
        const ids = shards.read(first, first + contextLength + 1);
        inputs.set(ids.subarray(0, -1), row * contextLength);
        targets.set(ids.subarray(1), row * contextLength);
      });
      return { inputs, targets, batchSize, contextLength } satisfies Batch;
    },
    state: order.state,
    restore: order.restore,
  };
}
