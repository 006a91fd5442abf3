/**
 * Dropout: each element is zeroed with probability `rate`, the others grow so that the mean stays.
 *
 * Paper: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (JMLR 2014).
 * The mask, not the result, is kept for the gradient.
 */
import { fail } from "../../core/errors.ts";
import { cast, mul, scale } from "../graph/elementwise.ts";
import { bernoulli } from "../graph/random.ts";
import type { Shape, Value } from "../graph/value.ts";
import { operationSeed } from "../random.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

/** 1 / (1 − rate) where an element stays, 0 where it is dropped; another one at each call and run. */
export function dropoutMask(shape: Shape, rate: number): Value {
  const kept = bernoulli(operationSeed(), shape, 1 - rate);
  return scale(cast(kept, "float32"), 1 / (1 - rate));
}

/** @throws GradbookError unless 0 ≤ rate < 1 */
export function checkDropoutRate(where: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) fail(where, { expected: "a dropout rate in [0, 1)", got: rate });
}

const dropoutGradient = fused("DropoutGradient", ({ dy, mask }) => mul(dy, mask));

const dropoutKernel = fused<tf.Tensor[]>(
  "Dropout",
  ({ x }, { rate }) => {
    const mask = dropoutMask(x.shape, rate);
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
  checkDropoutRate("dropout", rate);
  return (rate === 0 ? x : dropoutKernel({ x }, { rate })[0]) as T;
}
