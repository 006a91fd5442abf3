/**
 * AdamW over a flat buffer, for use inside a compiled training step.
 *
 * Paper: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", arXiv 1711.05101. All parameters of a
 * group lie in one [n] variable (`splitFlat` cuts the views out of it), so that one pass updates them all.
 */
import { fail } from "../../core/errors.ts";
import { adamwStep } from "../graph/adamw.ts";
import { binary, div, scalar, scale, sub, unary } from "../graph/elementwise.ts";
import { tf } from "../tf.ts";
import { fused } from "./fused.ts";

/** A learning rate of zero would divide by zero; with this one nothing moves in float32 either. */
const SMALLEST_STEP = 1e-30;

const adamwKernel = fused<tf.Tensor[]>("Adamw", (inputs, { beta1, beta2, epsilon, weightDecay }) => {
  const { parameters, gradient, firstMoment, secondMoment, learningRate, step, gradientScale } = inputs;
  const firstCorrection = sub(scalar(1), binary("pow", scalar(beta1), step));
  const secondCorrection = sub(scalar(1), binary("pow", scalar(beta2), step));
  return adamwStep(
    {
      parameters,
      gradient,
      firstMoment,
      secondMoment,
      gradientScale: gradientScale ?? scalar(1),
      stepSize: binary("max", div(learningRate, firstCorrection), scalar(SMALLEST_STEP)),
      deviationScale: unary("reciprocal", unary("sqrt", secondCorrection)),
      keep: sub(scalar(1), scale(learningRate, weightDecay)),
    },
    { beta1, beta2, epsilon },
  );
});

export interface AdamwUpdate {
  /** [n] variables, assigned by the update. */
  parameters: tf.Variable;
  firstMoment: tf.Variable;
  secondMoment: tf.Variable;
  /** [n] */
  gradient: tf.Tensor;
  /** Scalar tensor, so that a new rate does not mean a new program. */
  learningRate: tf.Tensor;
  /** Scalar float32 tensor: 1 at the first update. */
  step: tf.Tensor;
  /** Scalar factor on the gradient, from `globalNorm`; none by default. */
  gradientScale?: tf.Tensor;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Share of the parameters taken away per unit of learning rate; 0 turns AdamW into Adam. */
  weightDecay?: number;
}

/**
 * One AdamW update, in place: m ← β1·m + (1−β1)·g, v ← β2·v + (1−β2)·g²,
 * θ ← θ·(1 − η·λ) − η · (m/(1−β1ᵗ)) / (√(v/(1−β2ᵗ)) + ε).
 *
 * Defaults are PyTorch's: β1 0.9, β2 0.999, ε 1e-8, λ 0.01.
 * @throws GradbookError when the buffers are not flat or differ in length
 */
export function adamwUpdate(update: AdamwUpdate): void {
  const { parameters, gradient, firstMoment, secondMoment, learningRate, step, gradientScale } = update;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = update;
  for (const [name, tensor] of Object.entries({ parameters, gradient, firstMoment, secondMoment }))
    if (tensor.rank !== 1 || tensor.size !== parameters.size)
      fail("adamwUpdate", { expected: `${name} of shape [${parameters.size}]`, got: `[${tensor.shape}]` });
  tf.tidy(() => {
    const inputs = { parameters, gradient, firstMoment, secondMoment, learningRate, step };
    const [next, first, second] = adamwKernel(gradientScale ? { ...inputs, gradientScale } : inputs, {
      beta1,
      beta2,
      epsilon,
      weightDecay,
    });
    parameters.assign(next);
    firstMoment.assign(first);
    secondMoment.assign(second);
  });
}
