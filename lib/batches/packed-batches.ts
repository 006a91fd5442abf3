/**
 * Batches of packed rows (pack.ts): for training in an order that looks random, visits every row once per epoch and
 * can be resumed; for evaluation from the first row to the last.
 *
 * The order is that of epoch-order.ts. The whole set is in memory; corpora that are larger belong into shards.
 */
import { fail } from "../core/errors.ts";
import { epochOrder } from "./epoch-order.ts";
import type { PackedRows } from "./pack.ts";
import { IGNORED, type Batch, type BatchLoader } from "./random-windows.ts";

export interface PackedBatchesOptions {
  batchSize: number;
  seed?: number;
}

export interface PackedBatches extends BatchLoader {
  readonly batchesPerEpoch: number;
}

/** @throws GradbookError when the rows do not fill one batch */
export function packedBatches(
  packed: PackedRows,
  { batchSize, seed = 1 }: PackedBatchesOptions,
): PackedBatches {
  const order = epochOrder("packedBatches", packed.rows, { batchSize, seed });
  if (!(order.batchesPerEpoch >= 1))
    fail("packedBatches", {
      expected: `at least ${batchSize} rows for one batch`,
      got: packed.rows,
      hint: "use more text, shorter rows or a smaller batchSize",
    });
  return {
    batchSize,
    contextLength: packed.length,
    batchesPerEpoch: order.batchesPerEpoch,
    next: () => batchOf(packed, order.next()),
    state: order.state,
    restore: order.restore,
  };
}

/** All rows in order; the last batch is filled up with rows of padding, whose targets count for nothing. */
export function packedSequence(packed: PackedRows, batchSize: number): Batch[] {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    fail("packedSequence", { expected: "a batchSize of at least 1", got: batchSize });
  return Array.from({ length: Math.ceil(packed.rows / batchSize) }, (_, batch) =>
    batchOf(
      packed,
      Array.from({ length: batchSize }, (_, row) => batch * batchSize + row),
    ),
  );
}

function batchOf(packed: PackedRows, rows: readonly number[]): Batch {
  const { length } = packed;
  const take = (values: Int32Array, free: number): Int32Array => {
    const out = new Int32Array(rows.length * length).fill(free);
    rows.forEach((row, i) => out.set(values.subarray(row * length, (row + 1) * length), i * length));
    return out;
  };
  return {
    inputs: take(packed.ids, 0),
    targets: take(packed.targets, IGNORED),
    segments: take(packed.segments, 0),
    positions: take(packed.positions, 0),
    batchSize: rows.length,
    contextLength: length,
  };
}
