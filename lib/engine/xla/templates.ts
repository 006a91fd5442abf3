/**
 * Small programs that together use every operation with its corner cases: what a plugin is tried with when it is
 * installed, and what the tests compare with ONNX Runtime's results.
 */
import { adamwStep } from "../graph/adamw.ts";
import { convolve, convolveInputGradient, convolveKernelGradient, pool } from "../graph/convolution.ts";
import { lionStep, sgdStep } from "../graph/descent.ts";
import * as e from "../graph/elementwise.ts";
import * as index from "../graph/indexing.ts";
import * as layout from "../graph/layout.ts";
import { einsum, layerNormalization, matmul } from "../graph/linear.ts";
import { plan } from "../graph/plan.ts";
import type { Lowering } from "../graph/program.ts";
import { normal, randomBits } from "../graph/random.ts";
import * as r from "../graph/reduce.ts";
import { isResident, leaf, type Data, type Value } from "../graph/value.ts";
import { onnxProgram } from "../onnx/program.ts";

/** Floats differ by this much, relative to the larger of 1 and the number; integers and bools not at all. */
export const TOLERANCE = 1e-5;

/** Numbers between −1 and 1 that differ from place to place. */
const floats = (...shape: number[]): Value => {
  const size = shape.reduce((a, b) => a * b, 1);
  return leaf(Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 7 * i)), shape, "float32"); // prettier-ignore
};
const ints = (numbers: number[], shape = [numbers.length]): Value => leaf(Int32Array.from(numbers), shape, "int32"); // prettier-ignore
const positive = (): Value => e.shift(e.unary("abs", floats(2, 3)), 1.1);
const flat = (): Value => floats(12);
const number = (x: number): Value => leaf(Float32Array.of(x), [], "float32");

const UNARY: e.UnaryOp[] = ["neg", "abs", "sign", "exp", "erf", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "sigmoid", "softplus", "relu", "floor", "ceil", "round"]; // prettier-ignore
const BINARY: e.BinaryOp[] = ["add", "sub", "mul", "div", "max", "min", "mod"];

/** The values of each template, by what it is about. */
export const TEMPLATES: Record<string, () => Value[]> = {
  "unary functions": () => UNARY.map((op) => e.unary(op, floats(2, 3))),
  "functions of positive numbers": () =>
    (["log", "sqrt", "reciprocal", "acosh"] as const).map((op) => e.unary(op, positive())),
  "binary functions, broadcasting": () => BINARY.map((op) => e.binary(op, floats(2, 3), floats(3))),
  "integers": () => (["add", "mul", "mod", "bitAnd"] as const).map((op) => e.binary(op, ints([7, -7, 5]), ints([3, 3, -3]))), // prettier-ignore
  "powers, comparisons, choices": () => {
    const more = e.compare("greater", floats(2, 3), number(0.1));
    return [e.binary("pow", positive(), floats(3)), e.select(more, floats(2, 3), number(5)), e.cast(more, "int32"), e.cast(e.scale(floats(4), 9), "int32")]; // prettier-ignore
  },
  layout: () => {
    const x = floats(2, 3, 4);
    return [layout.transpose(x, [2, 0, 1]), layout.tile(x, [1, 2, 3]), layout.pad(x, [1, 0, 0], [0, 2, 1], 7), layout.reverse(x, [1, 2]), layout.slice(x, [0, 2, 0], [2, 2, 2], [1, -1, 2]), layout.concat([x, x], 1), ...layout.split(x, [1, 3], 2)]; // prettier-ignore
  },
  "matrix products": () => [
    matmul(floats(3, 4), floats(4, 5), { alpha: 0.5, bias: floats(5) }),
    matmul(floats(2, 3, 4), floats(4, 5)),
    matmul(floats(2, 1, 4, 3), floats(3, 5, 4), { transposeA: true, transposeB: true }),
    matmul(ints([1, 2, 3, 4], [2, 2]), ints([5, 6, 7, 8], [2, 2])),
  ],
  "layer normalization": () => Object.values(layerNormalization(floats(2, 3, 8), floats(8), floats(8), 1e-5)),
  "reductions": () =>
    (["reduceSum", "reduceMean", "reduceMax", "reduceMin", "reduceProd", "reduceSumSquare"] as const).flatMap((op) => [r.reduce(op, floats(2, 3, 4), [1]), r.reduce(op, floats(2, 3, 4), [0, 2], true)]), // prettier-ignore
  "places of extrema, the first of equals": () =>
    (["argMax", "argMin"] as const).flatMap((op) => [r.argExtremum(op, floats(3, 4), 0), r.argExtremum(op, ints([5, 1, 5, 1], [1, 4]), 1)]), // prettier-ignore
  "values behind a barrier": () => layout.barrier([floats(2, 3), floats(4)]),
  "running sums": () =>
    [false, true].flatMap((exclusive) => [false, true].map((back) => r.cumulativeSum(floats(3, 4), 1, exclusive, back))), // prettier-ignore
  "convolution and the largest of a window": () => {
    const window = { strides: [2, 1], dilations: [1, 2], before: [1, 0], after: [0, 1] };
    return [convolve(floats(2, 4, 6, 7), floats(6, 2, 3, 2), window, 2), pool("maxPool", floats(2, 4, 6, 7), [3, 2], window)]; // prettier-ignore
  },
  "gradients of a convolution, strides that leave some over, groups": () =>
    [1, 2].flatMap((groups) => {
      const window = { strides: [2, 3], dilations: [1, 2], before: [1, 0], after: [0, 1] };
      const [x, kernel] = [floats(2, 4, 6, 9), floats(6, 4 / groups, 3, 2)];
      const dy = convolve(x, kernel, window, groups);
      return [convolveInputGradient(dy, kernel, [6, 9], window, groups), convolveKernelGradient(x, dy, [3, 2], window, groups)]; // prettier-ignore
    }),
  "a convolution along one axis and along three": () => [
    convolveInputGradient(floats(1, 2, 3), floats(2, 1, 2), [7], { strides: [3], dilations: [1], before: [1], after: [1] }), // prettier-ignore
    convolve(floats(1, 1, 3, 3, 3), floats(2, 1, 2, 2, 2), { strides: [1, 1, 1], dilations: [1, 1, 1], before: [0, 0, 0], after: [0, 0, 0] }), // prettier-ignore
  ],
  "averages of windows, and where the largest element is": () => {
    const window = { strides: [2, 2], dilations: [1, 1], before: [1, 0], after: [0, 1] };
    const equals = leaf(new Float32Array(2 * 36).fill(3), [1, 2, 6, 6], "float32");
    return [floats(2, 3, 6, 6), equals].flatMap((x) => (["averagePool", "maxPool", "maxPoolIndices"] as const).map((op) => pool(op, x, [3, 2], window))); // prettier-ignore
  },
  "sums of products by letters": () => [
    einsum("ij,jk,kl->il", [floats(2, 3), floats(3, 4), floats(4, 5)]),
    einsum("bhqd,bhkd->bhqk", [floats(2, 3, 4, 5), floats(2, 3, 6, 5)]),
    einsum("ij,kj->ki", [floats(2, 3), floats(4, 3)]),
    einsum("ij->j", [floats(2, 3)]),
    einsum("abc->cab", [floats(2, 3, 4)]),
    einsum("ai,bj->", [floats(2, 3), floats(4, 5)]),
  ],
  "the largest k, the first of equals first": () => [
    ...r.topK(floats(3, 7), 4),
    ...r.topK(ints([1, 9, 9, 2, 9, 0], [2, 3]), 2),
  ],
  softmax: () => [r.softmax(floats(3, 5)), r.logSoftmax(floats(3, 5))],
  "gather and scatter": () => [
    index.gather(floats(4, 3), ints([3, 0, 1, 1], [2, 2]), 0),
    index.gather(floats(2, 4, 3), ints([2, 0]), 1),
    index.gatherNd(floats(2, 4, 3), ints([1, 3, 0, 2], [2, 2])),
    index.segmentSum(floats(3, 2), ints([1, 3, 1]), 4),
    index.scatterNd(floats(4, 2), ints([2, 0], [2, 1]), floats(2, 2), "replace"),
    index.pick(floats(2, 3), ints([2, 0])),
    index.addAtColumn(floats(2, 3), ints([2, 0]), floats(2, 1)),
  ],
  "random numbers, the same bits": () => [randomBits(ints([42], []), [3, 5]), normal(ints([42], []), [64])],
  "optimizer steps": () => [
    ...adamwStep({ parameters: flat(), gradient: floats(12), firstMoment: floats(12), secondMoment: e.unary("abs", flat()), gradientScale: number(0.5), stepSize: number(0.1), deviationScale: number(2), keep: number(0.99) }, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }), // prettier-ignore
    ...[true, false].flatMap((nesterov) => sgdStep({ parameters: flat(), gradient: floats(12), momentum: floats(12), gradientScale: number(0.5), learningRate: number(0.1), keep: number(0.99) }, { momentum: 0.9, nesterov })), // prettier-ignore
    ...lionStep({ parameters: flat(), gradient: floats(12), momentum: floats(12), gradientScale: number(0.5), learningRate: number(0.1), keep: number(0.99) }, { beta1: 0.9, beta2: 0.99 }), // prettier-ignore
  ],
};

/** The first element of a template's results that is not ONNX Runtime's, with its operation; undefined when all agree. */
export function firstDifference(
  make: () => Value[],
  lower: Lowering,
): { op: string; got: number; expected: number } | undefined {
  const planned = plan(make());
  const inputs = planned.inputs.map(({ data }) => data!);
  const [got, expected] = [lower, onnxProgram].map((lowering) => {
    const program = lowering(planned);
    const results = program.run(inputs).map((data): Data => (isResident(data) ? data.readSync() : data));
    program.dispose();
    return results;
  });
  for (const [i, { producer, dtype }] of planned.outputs.entries())
    for (const [at, number] of expected[i].entries()) {
      const allowed = dtype === "float32" ? TOLERANCE * Math.max(1, Math.abs(number)) : 0;
      const same = Math.abs(got[i][at] - number) <= allowed;
      if (!same) return { op: producer!.op, got: got[i][at], expected: number };
    }
  return undefined;
}
