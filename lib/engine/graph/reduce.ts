/** Reductions along axes, running sums, arg-extrema, and the softmax family. */
import { fill, uniformValue } from "./elementwise.ts";
import { reshape } from "./layout.ts";
import { reducedShape } from "./shape.ts";
import { node, node1, sizeOf, type Dtype, type Value } from "./value.ts";

export type ReduceOp =
  "reduceSum" | "reduceMean" | "reduceMax" | "reduceMin" | "reduceProd" | "reduceSumSquare";

const EMPTY: Record<ReduceOp, number> = {
  reduceSum: 0,
  reduceMean: NaN,
  reduceMax: -Infinity,
  reduceMin: Infinity,
  reduceProd: 1,
  reduceSumSquare: 0,
};

/** Reduce along `axes` (normalized). Nothing to reduce gives the operation's neutral element. */
export function reduce(op: ReduceOp, x: Value, axes: readonly number[], keepDims = false): Value {
  const shape = reducedShape(x.shape, axes, keepDims);
  if (sizeOf(x.shape) === 0) return fill(shape, EMPTY[op], x.dtype);
  const trivial = axes.every((axis) => x.shape[axis] === 1);
  if (trivial && op !== "reduceSumSquare") return reshape(x, shape);
  const uniform = uniformValue(x);
  if (uniform !== undefined && op === "reduceMean") return fill(shape, uniform, x.dtype);
  const count = sizeOf(x.shape) / sizeOf(shape);
  if (uniform !== undefined && op === "reduceSum" && count <= 2 ** 24)
    return fill(shape, uniform * count, x.dtype);
  return node1(op, [x], shape, x.dtype, { axes, keepDims });
}

/** Position of the largest or smallest element along one axis: int32, the first of equals. */
export function argExtremum(op: "argMax" | "argMin", x: Value, axis: number): Value {
  return node1(op, [x], reducedShape(x.shape, [axis], false), "int32", { axis });
}

/** Running sum along an axis. */
export function cumulativeSum(x: Value, axis: number, exclusive: boolean, backwards: boolean): Value {
  return node1("cumsum", [x], x.shape, x.dtype, { axis, exclusive, reverse: backwards });
}

/** The k largest along the last axis, in falling order, and where they were (int32). */
export function topK(x: Value, k: number): [Value, Value] {
  const shape = [...x.shape.slice(0, -1), k];
  const outputs: { shape: number[]; dtype: Dtype }[] = [
    { shape, dtype: x.dtype },
    { shape, dtype: "int32" },
  ];
  const [values, indices] = node("topK", [x], { k }, outputs);
  return [values, indices];
}

/** Softmax along the last axis. */
export const softmax = (x: Value): Value => node1("softmax", [x], x.shape, "float32");
/** log softmax along the last axis. */
export const logSoftmax = (x: Value): Value => node1("logSoftmax", [x], x.shape, "float32");
