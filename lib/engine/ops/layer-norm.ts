/**
 * Layer normalization over the last axis.
 *
 * Paper: Ba, Kiros & Hinton, "Layer Normalization", arXiv 1607.06450. `N` rows, `C` width.
 */
import { fail } from "../../core/errors.ts";
import { mul, sub } from "../graph/elementwise.ts";
import { layerNormalization } from "../graph/linear.ts";
import { reduce } from "../graph/reduce.ts";
import type { Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

interface Saved {
  x: Value;
  mean: Value;
  inverseDeviation: Value;
}

const normalized = ({ x, mean, inverseDeviation }: Saved): Value => mul(sub(x, mean), inverseDeviation);

/** Sum over every axis but the last. */
const sumRows = (x: Value): Value => reduce("reduceSum", x, [...x.shape.keys()].slice(0, -1));

const inputGradient = fused("LayerNormInputGradient", ({ dy, gain, ...saved }) => {
  const x = normalized(saved as unknown as Saved);
  const scaled = mul(dy, gain);
  const last = [dy.shape.length - 1];
  const mean = reduce("reduceMean", scaled, last, true);
  const slope = reduce("reduceMean", mul(scaled, x), last, true);
  return mul(saved.inverseDeviation, sub(sub(scaled, mean), mul(x, slope)));
});

const gainGradient = fused("LayerNormGainGradient", ({ dy, ...saved }) =>
  sumRows(mul(dy, normalized(saved as unknown as Saved))),
);

const biasGradient = fused("LayerNormBiasGradient", ({ dy }) => sumRows(dy));

const layerNormKernel = fused<tf.Tensor[]>(
  "LayerNorm",
  ({ x, gain, bias }, { epsilon }) => {
    const { result, mean, inverseDeviation } = layerNormalization(x, gain, bias, epsilon);
    return [result, mean, inverseDeviation];
  },
  {
    inputs: ["x", "gain"],
    outputs: [false, true, true],
    of: (dy, [x, gain, mean, inverseDeviation]) => ({
      x: () => inputGradient({ dy, gain, x, mean, inverseDeviation }),
      gain: () => gainGradient({ dy, x, mean, inverseDeviation }),
      bias: () => biasGradient({ dy }),
    }),
  },
);

/**
 * gain · (x − mean) / √(variance + epsilon) + bias, mean and variance over the last axis.
 *
 * @param x [..., C]
 * @param gain [C]
 * @param bias [C], or undefined for none
 * @param options.epsilon keeps the root away from zero; 1e-5 as in GPT-2
 * @throws GradbookError when gain or bias do not match the last axis of x
 */
export function layerNorm<T extends tf.Tensor>(
  x: T,
  gain: tf.Tensor,
  bias?: tf.Tensor,
  { epsilon = 1e-5 }: { epsilon?: number } = {},
): T {
  const width = x.shape.at(-1);
  for (const [name, parameter] of Object.entries({ gain, bias }))
    if (parameter && (parameter.rank !== 1 || parameter.size !== width))
      fail("layerNorm", { expected: `${name} of shape [${width}]`, got: `[${parameter.shape}]` });
  return layerNormKernel(bias ? { x, gain, bias } : { x, gain }, { epsilon })[0] as T;
}
