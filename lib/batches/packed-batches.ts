/**
 * Batches of packed rows (pack.ts): for training in an order that looks random, visits every row once per epoch and
 * can be resumed; for evaluation from the first row to the last.
 *
 * The order is the keyed permutation of shard-windows.ts. Each epoch leaves out the rows that fill no whole batch,
 * other ones each time. The whole set is in memory; corpora that are larger belong into shards.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { PackedRows } from "./pack.ts";
import { IGNORED, type Batch, type BatchLoader } from "./random-windows.ts";
import { checkSeed, permuted } from "./shard-windows.ts";

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
  const batchesPerEpoch = Math.floor(packed.rows / batchSize);
  if (!(batchesPerEpoch >= 1))
    fail("packedBatches", {
      expected: `at least ${batchSize} rows for one batch`,
      got: packed.rows,
      hint: "use more text, shorter rows or a smaller batchSize",
    });
  const seedState = random(seed).state();
  let batches = 0;
  return {
    batchSize,
    contextLength: packed.length,
    batchesPerEpoch,
    next() {
      const [epoch, first] = [Math.floor(batches / batchesPerEpoch), (batches % batchesPerEpoch) * batchSize];
      const rows = Array.from({ length: batchSize }, (_, row) =>
        permuted(first + row, packed.rows, seed + epoch),
      );
      batches++;
      return batchOf(packed, rows);
    },
    state: () => ({ random: seedState, batches }),
    restore(state) {
      checkSeed("packedBatches.restore", state, seedState);
      batches = state.batches;
    },
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
