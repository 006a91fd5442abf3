/** tfjs's reductions, extrema and softmax as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import { pad, reshape, reverse, slice, transpose } from "../../graph/layout.ts";
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

/** The largest or smallest; NaN when there is one among them, which ONNX Runtime's kernels overlook. */
const extremum =
  (op: "reduceMax" | "reduceMin"): Recorder =>
  ({ x }, { axis, reductionIndices, keepDims }: Attrs) => {
    const axes = axesOf(x, axis ?? reductionIndices);
    if (x.dtype === "bool") return e.cast(g.reduce(op, e.cast(x, "int32"), axes, keepDims), "bool");
    const found = g.reduce(op, x, axes, keepDims);
    if (x.dtype !== "float32" || axes.length === 0) return found;
    const isNaN = e.cast(e.classify("isNaN", x), "float32");
    return e.select(e.cast(g.reduce("reduceMax", isNaN, axes, keepDims), "bool"), e.scalar(NaN), found);
  };

/** NaN never wins. */
const ignoringNaN = (x: Value, instead: number): Value =>
  x.dtype === "float32" ? e.select(e.classify("isNaN", x), e.scalar(instead), x) : asInt(x);

/** A running product by doubling: after step i each element holds the product of the 2ⁱ elements up to it. */
function cumulativeProduct(x: Value, axis: number): Value {
  const along = axis < 0 ? axis + x.shape.length : axis;
  const onAxis = (count: number): number[] => x.shape.map((_, i) => (i === along ? count : 0));
  let product = x;
  for (let reach = 1; reach < x.shape[along]; reach *= 2) {
    const kept = x.shape.map((extent, i) => (i === along ? extent - reach : extent));
    product = e.mul(product, pad(slice(product, onAxis(0), kept), onAxis(reach), onAxis(0), 1));
  }
  return product;
}

function cumprod({ x }: { x: Value }, { axis, exclusive, reverse: backwards }: Attrs): Value {
  const along = axesOf(x, axis)[0];
  const turned = backwards ? reverse(x, [along]) : x;
  const onAxis = (count: number): number[] => x.shape.map((_, i) => (i === along ? count : 0));
  const shifted = exclusive ? slice(pad(turned, onAxis(1), onAxis(0), 1), onAxis(0), x.shape) : turned;
  const product = cumulativeProduct(shifted, along);
  return backwards ? reverse(product, [along]) : product;
}

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
  Max: extremum("reduceMax"),
  Min: extremum("reduceMin"),
  Prod: reduction("reduceProd"),
  All: quantifier("reduceMin"),
  Any: quantifier("reduceMax"),
  ArgMax: ({ x }, { axis }) => g.argExtremum("argMax", ignoringNaN(x, -Infinity), axesOf(x, axis)[0]),
  ArgMin: ({ x }, { axis }) => g.argExtremum("argMin", ignoringNaN(x, Infinity), axesOf(x, axis)[0]),
  Cumsum: ({ x }, { axis, exclusive, reverse }) =>
    g.cumulativeSum(asInt(x), axesOf(x, axis)[0], exclusive === true, reverse === true),
  Cumprod: ({ x }, attrs) => (x.dtype === "bool" ? undefined : cumprod({ x }, attrs)),
  TopK: ({ x }, { k }) => (sizeOf(x.shape) === 0 || k === 0 ? undefined : g.topK(x, k)),
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
