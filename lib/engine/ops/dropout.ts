/**
 * Dropout: each element is zeroed with probability `rate`, the others grow so that the mean stays.
 *
 * Paper: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (JMLR 2014).
 * The mask, not the result, is kept for the gradient.
 */
import { fail } from "../../core/errors.ts";
import { cast, mul, scale } from "../graph/elementwise.ts";
import { bernoulli } from "../graph/random.ts";
import { operationSeed } from "../random.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

const dropoutGradient = fused("DropoutGradient", ({ dy, mask }) => mul(dy, mask));

const dropoutKernel = fused<tf.Tensor[]>(
  "Dropout",
  ({ x }, { rate }) => {
    const kept = bernoulli(operationSeed(), x.shape, 1 - rate);
    const mask = scale(cast(kept, "float32"), 1 / (1 - rate));
    return [mul(x, mask), mask];
  },
  { inputs: [], outputs: [false, true], of: (dy, [mask]) => ({ x: () => dropoutGradient({ dy, mask }) }) },
);

/**
 * x with a share of `rate` of its elements zeroed and the rest divided by 1 − rate. Another mask at each run of
 * a compiled function, repeatable through `setRandomState`.
 * @throws GradbookError unless 0 ≤ rate < 1
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number): T {
  if (!(rate >= 0 && rate < 1)) fail("dropout", { expected: "a rate in [0, 1)", got: rate });
  return (rate === 0 ? x : dropoutKernel({ x }, { rate })[0]) as T;
}
