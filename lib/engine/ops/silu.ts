/**
 * SiLU (swish), x·σ(x), and the squared ReLU: the activations of LLaMA and of Primer.
 *
 * Papers: Elfwing et al., arXiv 1702.03118; So et al., "Primer", arXiv 2109.08668.
 */
import { mul, scale, shift, sub, unary } from "../graph/elementwise.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

// d/dx x·σ = σ·(1 + x − x·σ), and x·σ is y.
const siluGradient = fused("SiluGradient", ({ x, y, dy }) =>
  mul(dy, mul(unary("sigmoid", x), shift(sub(x, y), 1))),
);

const siluKernel = fused("Silu", ({ x }) => mul(x, unary("sigmoid", x)), {
  inputs: ["x"],
  outputs: [true],
  of: (dy, [x, y]) => ({ x: () => siluGradient({ x, y, dy }) }),
});

/** x · σ(x), any shape. */
export function silu<T extends tf.Tensor>(x: T): T {
  return siluKernel({ x }) as T;
}

const squaredReluGradient = fused("SquaredReluGradient", ({ x, dy }) => mul(dy, scale(unary("relu", x), 2)));

const squaredReluKernel = fused(
  "SquaredRelu",
  ({ x }) => {
    const positive = unary("relu", x);
    return mul(positive, positive);
  },
  { inputs: ["x"], of: (dy, [x]) => ({ x: () => squaredReluGradient({ x, dy }) }) },
);

/** max(x, 0)², any shape. */
export function squaredRelu<T extends tf.Tensor>(x: T): T {
  return squaredReluKernel({ x }) as T;
}
