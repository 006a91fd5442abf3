/** tfjs's reductions, extrema and softmax as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import { reshape, transpose } from "../../graph/layout.ts";
import * as g from "../../graph/reduce.ts";
import { normalizeAxes } from "../../graph/shape.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import type { Attrs, Recorder } from "../register.ts";

const axesOf = (x: Value, axis: number | number[] | undefined): number[] =>
  normalizeAxes(axis, x.shape.length);

const asInt = (x: Value): Value => (x.dtype === "bool" ? e.cast(x, "int32") : x);

const reduction =
  (op: g.ReduceOp, prepare: (x: Value) => Value = asInt): Recorder =>
  ({ x }, { axis, reductionIndices, keepDims }: Attrs) =>
    g.reduce(op, prepare(x), axesOf(x, axis ?? reductionIndices), keepDims);

/** All and Any: the smallest or largest of 0 and 1. */
const quantifier =
  (op: g.ReduceOp): Recorder =>
  ({ x }, { axis, keepDims }) =>
    e.cast(g.reduce(op, e.cast(x, "int32"), axesOf(x, axis), keepDims), "bool");

/** Move `axis` last, apply, and move it back. */
function alongLast(x: Value, axis: number, apply: (moved: Value) => Value): Value {
  const along = axis < 0 ? axis + x.shape.length : axis;
  const order = [...x.shape.keys()].filter((i) => i !== along).concat(along);
  const back = order.map((_, i) => order.indexOf(i));
  return transpose(apply(transpose(x, order)), back);
}

export const reduceRecorders: Record<string, Recorder> = {
  Sum: reduction("reduceSum"),
  Mean: reduction("reduceMean", (x) => e.cast(x, "float32")),
  Max: reduction("reduceMax", (x) => x),
  Min: reduction("reduceMin", (x) => x),
  Prod: reduction("reduceProd"),
  All: quantifier("reduceMin"),
  Any: quantifier("reduceMax"),
  ArgMax: ({ x }, { axis }) => g.argExtremum("argMax", asInt(x), axesOf(x, axis)[0]),
  ArgMin: ({ x }, { axis }) => g.argExtremum("argMin", asInt(x), axesOf(x, axis)[0]),
  Cumsum: ({ x }, { axis, exclusive, reverse }) =>
    g.cumulativeSum(asInt(x), axesOf(x, axis)[0], exclusive === true, reverse === true),
  TopK: ({ x }, { k, sorted }) => (sizeOf(x.shape) === 0 || k === 0 ? undefined : g.topK(x, k, sorted)),
  Softmax: ({ logits }, { dim }) => alongLast(logits, dim, g.softmax),
  LogSoftmax: ({ logits }, { axis }) => alongLast(logits, axis, g.logSoftmax),
  Diag: ({ x }) => {
    const size = sizeOf(x.shape);
    const numbers = e.literal([...Array(size).keys()], [size], "int32");
    const onDiagonal = e.compare("equal", reshape(numbers, [size, 1]), numbers);
    const square = e.select(onDiagonal, reshape(x, [1, size]), e.fill([], 0, x.dtype));
    return reshape(square, [...x.shape, ...x.shape]);
  },
};
