/**
 * RMS normalization over the last axis: layer normalization without mean and bias.
 *
 * Paper: Zhang & Sennrich, "Root Mean Square Layer Normalization", arXiv 1910.07467. `C` width.
 */
import { fail } from "../../core/errors.ts";
import { mul, shift, sub, unary } from "../graph/elementwise.ts";
import { reduce } from "../graph/reduce.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

const inputGradient = fused("RmsNormInputGradient", ({ dy, x, gain, inverse }) => {
  const normalized = mul(x, inverse);
  const scaled = mul(dy, gain);
  const slope = reduce("reduceMean", mul(scaled, normalized), [dy.shape.length - 1], true);
  return mul(inverse, sub(scaled, mul(normalized, slope)));
});

const gainGradient = fused("RmsNormGainGradient", ({ dy, x, inverse }) => {
  const rows = [...x.shape.keys()].slice(0, -1);
  return reduce("reduceSum", mul(dy, mul(x, inverse)), rows);
});

const rmsNormKernel = fused<tf.Tensor[]>(
  "RmsNorm",
  ({ x, gain }, { epsilon }) => {
    const square = reduce("reduceMean", mul(x, x), [x.shape.length - 1], true);
    const inverse = unary("reciprocal", unary("sqrt", shift(square, epsilon)));
    return [mul(mul(x, inverse), gain), inverse];
  },
  {
    inputs: ["x", "gain"],
    outputs: [false, true],
    of: (dy, [x, gain, inverse]) => ({
      x: () => inputGradient({ dy, x, gain, inverse }),
      gain: () => gainGradient({ dy, x, inverse }),
    }),
  },
);

/**
 * gain · x / √(mean(x²) + epsilon), mean over the last axis.
 *
 * @param x [..., C]
 * @param gain [C]
 * @throws GradbookError when gain does not match the last axis of x
 */
export function rmsNorm<T extends tf.Tensor>(
  x: T,
  gain: tf.Tensor,
  { epsilon = 1e-6 }: { epsilon?: number } = {},
): T {
  const width = x.shape.at(-1);
  if (gain.rank !== 1 || gain.size !== width)
    fail("rmsNorm", { expected: `gain of shape [${width}]`, got: `[${gain.shape}]` });
  return rmsNormKernel({ x, gain }, { epsilon })[0] as T;
}
