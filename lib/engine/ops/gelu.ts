/**
 * GELU, the activation of GPT-2 (in its tanh form) and BERT (in its exact form).
 *
 * Paper: Hendrycks & Gimpel, "Gaussian Error Linear Units", arXiv 1606.08415. With
 * u = √(2/π)·(x + 0.044715·x³), ½·x·(1 + tanh u) equals x·σ(2u); the sigmoid form needs fewer passes.
 */
import { add, mul, scale, shift, sub, unary } from "../graph/elementwise.ts";
import type { Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = LINEAR * 0.044715;

/** σ(2u) and x², which value and gradient share. */
function gate(x: Value): { square: Value; sigmoid: Value } {
  const square = mul(x, x);
  return { square, sigmoid: unary("sigmoid", mul(x, shift(scale(square, CUBIC), LINEAR))) };
}

const geluGradient = fused("GeluGradient", ({ x, y, dy }) => {
  const { square, sigmoid } = gate(x);
  // d/dx x·σ(w) = σ + (x − x·σ)·σ·w′ with w′ = LINEAR + 3·CUBIC·x², and x·σ is y.
  const inner = mul(sub(x, y), shift(scale(square, 3 * CUBIC), LINEAR));
  return mul(dy, mul(sigmoid, shift(inner, 1)));
});

const geluKernel = fused("Gelu", ({ x }) => mul(x, gate(x).sigmoid), {
  inputs: ["x"],
  outputs: [true],
  of: (dy, [x, y]) => ({ x: () => geluGradient({ x, y, dy }) }),
});

const exactGradient = fused("GeluErfGradient", ({ x, dy }) => {
  const density = scale(unary("exp", scale(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(dy, add(probability(x), mul(x, density)));
});

const exactKernel = fused("GeluErf", ({ x }) => mul(x, probability(x)), {
  inputs: ["x"],
  of: (dy, [x]) => ({ x: () => exactGradient({ x, dy }) }),
});

/** Φ(x) = ½·(1 + erf(x/√2)). */
function probability(x: Value): Value {
  return scale(shift(unary("erf", scale(x, Math.SQRT1_2)), 1), 0.5);
}

/**
 * x · Φ(x).
 *
 * @param x any shape, float32
 * @param options.approximate "tanh" (GPT-2, the default) or "none" for the exact Φ (BERT)
 * @returns the same shape
 * @example gelu(tf.tensor1d([-1, 0, 1])) // [-0.1588, 0, 0.8412]
 */
export function gelu<T extends tf.Tensor>(
  x: T,
  { approximate = "tanh" }: { approximate?: "tanh" | "none" } = {},
): T {
  return (approximate === "tanh" ? geluKernel({ x }) : exactKernel({ x })) as T;
}
