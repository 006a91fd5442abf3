/** tfjs's gather and scatter kernels as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import * as g from "../../graph/indexing.ts";
import { broadcastTo, reshape, slice } from "../../graph/layout.ts";
import { reduce } from "../../graph/reduce.ts";
import { numbersOf, sizeOf, type Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Recorder } from "../register.ts";

const asInt = (indices: Value): Value => e.cast(indices, "int32");

/** Indices that are known already are checked at once; others when the program runs. */
function checkBounds(indices: Value, extent: number): void {
  for (const index of indices.data ? numbersOf(indices) : [])
    tf.util.assert(
      index >= 0 && index < extent,
      () => `GatherV2: the index value ${index} is not in [0, ${extent - 1}]`,
    );
}

/** tfjs's scatter shapes: `indices` [updates, depth], `updates` [updates, ...slice]. */
function scatterOperands(indices: Value, updates: Value, shape: readonly number[]): [Value, Value] {
  const depth = indices.shape.length > 1 ? indices.shape[indices.shape.length - 1] : 1;
  const count = sizeOf(indices.shape) / Math.max(1, depth);
  return [reshape(asInt(indices), [count, depth]), reshape(updates, [count, ...shape.slice(depth)])];
}

function scatter(base: Value, indices: Value, updates: Value, mode: "replace" | "add"): Value | undefined {
  if (sizeOf(indices.shape) === 0) return undefined;
  return g.scatterNd(base, ...scatterOperands(indices, updates, base.shape), mode);
}

/** Rows with a negative id belong to no segment. */
function unsortedSegmentSum(x: Value, ids: Value, segments: number): Value {
  if (ids.data && !numbersOf(ids).some((id) => id < 0)) return g.segmentSum(x, ids, segments);
  const outside = e.compare("less", ids, e.scalar(0, "int32"));
  const rows = reshape(outside, [ids.shape[0], ...x.shape.slice(1).map(() => 1)]);
  const zero = e.scalar(0, "int32");
  return g.segmentSum(e.select(rows, e.fill([], 0, x.dtype), x), e.select(outside, zero, ids), segments);
}

/** How many of the `sorted` values lie below (`left`) or not above each value: [rows, n], [rows, m] → [rows, m]. */
export function searchSorted(sorted: Value, values: Value, side: "left" | "right"): Value {
  const [rows, length] = sorted.shape;
  const below = e.compare(
    side === "left" ? "less" : "lessEqual",
    reshape(sorted, [rows, 1, length]),
    reshape(values, [rows, values.shape[1], 1]),
  );
  return reduce("reduceSum", e.cast(below, "int32"), [2]);
}

/** Weighted counts of x [n] in bins 0 … size − 1; larger values count nowhere. */
function bincount(x: Value, weights: Value, size: number): Value {
  const one = sizeOf(weights.shape) > 0 ? weights : e.fill(x.shape, 1, weights.dtype);
  const outside = e.compare("greaterEqual", x, e.scalar(size, "int32"));
  const kept = e.select(outside, e.fill([], 0, one.dtype), one);
  return g.segmentSum(kept, e.select(outside, e.scalar(0, "int32"), x), size);
}

const flat = (x: Value): Value => reshape(x, [sizeOf(x.shape)]);

/** Bins of a vector, or of each row of a matrix; `binary` only tells which bins are used. */
function denseBincount(x: Value, weights: Value, size: number, binary: boolean): Value {
  const [rows, columns] = x.shape.length === 1 ? [1, x.shape[0]] : x.shape;
  const firsts = e.literal(Array.from({ length: rows }, (_, row) => row * size), [rows, 1], "int32"); // prettier-ignore
  const ids = reshape(x, [rows, columns]);
  const outside = e.compare("greaterEqual", ids, e.scalar(size, "int32"));
  const binned = e.select(outside, e.scalar(rows * size, "int32"), e.add(ids, firsts));
  const counts = slice(bincount(flat(binned), flat(weights), rows * size + 1), [0], [rows * size]);
  const used = binary ? e.cast(e.cast(counts, "bool"), counts.dtype) : counts;
  return reshape(used, x.shape.length === 1 ? [size] : [rows, size]);
}

export const indexingRecorders: Record<string, Recorder> = {
  GatherV2: ({ x, indices }, { axis, batchDims }) => {
    const [along] = tf.util.parseAxisParam(axis, x.shape as number[]);
    if (batchDims) return undefined;
    checkBounds(indices, x.shape[along]);
    return g.gather(x, asInt(indices), along);
  },
  GatherNd: ({ params, indices }) => {
    const like = ({ shape, dtype }: Value): tf.Tensor =>
      ({ shape, dtype, rank: shape.length, size: sizeOf(shape) }) as unknown as tf.Tensor;
    tf.backend_util.prepareAndValidate(like(params), like(indices));
    return indices.shape.at(-1) === 0 || sizeOf(indices.shape) === 0
      ? undefined
      : g.gatherNd(params, asInt(indices));
  },
  ScatterNd: ({ indices, updates }, { shape }) =>
    scatter(e.fill(shape, 0, updates.dtype), indices, updates, "add"),
  TensorScatterUpdate: ({ tensor, indices, updates }) => scatter(tensor, indices, updates, "replace"),
  SparseToDense: ({ sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
    const count = sparseIndices.shape.length > 1 ? sparseIndices.shape[0] : sizeOf(sparseIndices.shape);
    const base = broadcastTo(defaultValue, outputShape);
    return scatter(base, sparseIndices, broadcastTo(sparseValues, [count]), "replace");
  },
  SearchSorted: ({ sortedSequence, values }, { side }) => searchSorted(sortedSequence, values, side),
  Bincount: ({ x, weights }, { size }) => bincount(flat(x), flat(weights), size),
  DenseBincount: ({ x, weights }, { size, binaryOutput }) => denseBincount(x, weights, size, binaryOutput),
  OneHot: ({ indices }, { depth, onValue, offValue, dtype }) =>
    g.oneHot(asInt(indices), depth, onValue, offValue, dtype ?? "float32"),
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) =>
    unsortedSegmentSum(x, asInt(segmentIds), numSegments),
};
