/**
 * tfjs's kernels on sparse tensors whose result's shape is in one of their inputs: that input is read while
 * recording (inside `compile` it must be a constant), the numbers are recorded.
 */
import { evaluate } from "../../evaluate.ts";
import * as e from "../../graph/elementwise.ts";
import { gather, segmentSum } from "../../graph/indexing.ts";
import { concat, reshape } from "../../graph/layout.ts";
import { reduce } from "../../graph/reduce.ts";
import { numbersOf, sizeOf, type Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import { backend } from "../backend.ts";
import type { Recorder } from "../register.ts";

const messages = tf.backend_util;
const throwing = (message: string): never => {
  throw new Error(message);
};

/** The numbers of a value; undefined while tracing when they depend on the function's arguments. */
function known(value: Value): number[] | undefined {
  try {
    evaluate([value]);
  } catch (cause) {
    if (backend.trace) return undefined;
    throw cause;
  }
  return Array.from(numbersOf(value));
}

/** How many segments the ids name. @throws as tfjs does for ids that are negative or not sorted */
function segmentCount(ids: readonly number[]): number {
  if (ids.length === 0) return 0;
  const count = ids[ids.length - 1] + 1;
  if (count <= 0) throwing(messages.getSparseSegmentReductionNegativeSegmentIdsErrorMessage());
  for (let i = 1; i < ids.length; i++) {
    const [before, id] = [ids[i - 1], ids[i]];
    if (id < before) throwing(messages.getSparseSegmentReductionNonIncreasingSegmentIdsErrorMessage());
    if (id > before && (before < 0 || before >= count))
      throwing(messages.getSparseSegmentReductionSegmentIdOutOfRangeErrorMessage(before, count));
  }
  return count;
}

function checkRows(indices: Value, rows: number): void {
  (indices.data ? numbersOf(indices) : []).forEach((row, i) => {
    if (row < 0 || row >= rows) throwing(messages.getSparseSegmentReductionIndicesOutOfRangeErrorMessage(i, row, rows)); // prettier-ignore
  });
}

/** Rows of `data`, chosen by `indices`, summed (or averaged) by segment. */
const segments =
  (mean: boolean): Recorder =>
  ({ data, indices, segmentIds }) => {
    const fits = data.shape.length > 0 && [indices, segmentIds].every(({ shape }) => shape.length === 1);
    const ids = fits && indices.shape[0] === segmentIds.shape[0] ? known(segmentIds) : undefined;
    // The CPU kernel says what does not fit; it also rounds the means of integers.
    if (!ids || (mean && data.dtype !== "float32")) return undefined;
    const count = segmentCount(ids);
    checkRows(indices, data.shape[0]);
    if (count === 0) return e.fill([0, ...data.shape.slice(1)], 0, data.dtype);
    const order = e.cast(segmentIds, "int32");
    const sums = segmentSum(gather(data, e.cast(indices, "int32"), 0), order, count);
    if (!mean) return sums;
    const members = new Array<number>(count).fill(0);
    for (const id of ids) members[id]++;
    const divisors = members.map((size) => Math.max(1, size));
    return e.div(sums, e.literal(divisors, [count, ...data.shape.slice(1).map(() => 1)]));
  };

/** `target` with its −1 replaced by what is left of `size` elements. @throws as tfjs does when it does not fit */
function resolveShape(target: readonly number[], input: readonly number[]): number[] {
  const size = sizeOf(input);
  const open = target.indexOf(-1);
  target.forEach((extent, i) => {
    if (extent === -1 && i !== open)
      throwing(messages.getSparseReshapeMultipleNegativeOneOutputDimErrorMessage(open, i));
    if (extent < -1) throwing(messages.getSparseReshapeNegativeOutputDimErrorMessage(i, extent));
  });
  const shape = target.map((extent) => (extent === -1 ? 1 : extent));
  if (open >= 0) {
    const rest = sizeOf(shape);
    if (rest <= 0) throwing(messages.getSparseReshapeEmptyTensorZeroOutputDimErrorMessage());
    if (size % rest !== 0)
      throwing(messages.getSparseReshapeInputOutputMultipleErrorMessage([...input], shape));
    shape[open] = size / rest;
  }
  if (sizeOf(shape) !== size)
    throwing(messages.getSparseReshapeInputOutputMismatchErrorMessage([...input], shape));
  return shape;
}

/** Elements that lie between neighbours along each axis, at least one. */
const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => Math.max(1, sizeOf(shape.slice(axis + 1))));

/** Coordinates [n, rank] in a tensor of `inputShape`, as coordinates in one of `newShape`; and that shape. */
const sparseReshape: Recorder = ({ inputIndices, inputShape, newShape }) => {
  const vectors = inputShape.shape.length === 1 && newShape.shape.length === 1;
  const [from, target] = [inputShape, newShape].map((shape) => (vectors ? known(shape) : undefined));
  if (!from || !target || inputIndices.shape.length !== 2) return undefined;
  const to = resolveShape(target, from);
  const row = (values: number[]): Value => e.literal(values, [1, values.length], "int32");
  const indices = e.cast(inputIndices, "int32");
  const place = reduce("reduceSum", e.mul(indices, row(stridesOf(from))), [1], true);
  const steps = e.binary("div", place, row(stridesOf(to)));
  const coordinates = e.binary("mod", steps, row(to.map((extent) => Math.max(1, extent))));
  return [e.cast(coordinates, inputIndices.dtype), e.literal(to, [to.length], newShape.dtype)];
};

/** The shape that two shapes broadcast to; where both are known they are checked. */
const broadcastArgs: Recorder = ({ s0, s1 }) => {
  if (s0.data && s1.data)
    messages.assertAndGetBroadcastShape(Array.from(numbersOf(s0)), Array.from(numbersOf(s1)));
  const rank = Math.max(s0.shape[0], s1.shape[0]);
  const [a, b] = [s0, s1].map((shape) => {
    const missing = rank - shape.shape[0];
    const whole = e.cast(shape, "int32");
    return missing === 0 ? whole : concat([e.fill([missing], 1, "int32"), whole], 0);
  });
  return reshape(e.select(e.compare("equal", a, e.scalar(1, "int32")), b, a), [rank]);
};

export const sparseRecorders: Record<string, Recorder> = {
  SparseSegmentSum: segments(false),
  SparseSegmentMean: segments(true),
  SparseReshape: sparseReshape,
  BroadcastArgs: broadcastArgs,
};
