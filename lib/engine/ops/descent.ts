/**
 * SGD with momentum and Lion over a flat buffer, for use inside a compiled training step, as
 * `adamwUpdate`.
 *
 * Papers: Sutskever et al. (ICML 2013); Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv
 * 2302.06675. Weight decay is decoupled in both (arXiv 1711.05101).
 */
import { fail } from "../../core/errors.ts";
import { lionStep, sgdStep, type DescentValues } from "../graph/descent.ts";
import { scalar, scale, sub } from "../graph/elementwise.ts";
import type { Attrs, Inputs } from "../record/register.ts";
import { tf } from "../tf.ts";
import { fused, type Kernel } from "./fused.ts";

function valuesOf(inputs: Inputs, { weightDecay }: Attrs): DescentValues {
  const { parameters, gradient, momentum, learningRate, gradientScale = scalar(1) } = inputs;
  const keep = sub(scalar(1), scale(learningRate, weightDecay));
  return { parameters, gradient, momentum, gradientScale, learningRate, keep };
}

const sgdKernel = fused<tf.Tensor[]>("Sgd", (inputs, { momentum, nesterov, ...attrs }) =>
  sgdStep(valuesOf(inputs, attrs), { momentum, nesterov }),
);

const lionKernel = fused<tf.Tensor[]>("Lion", (inputs, { beta1, beta2, ...attrs }) =>
  lionStep(valuesOf(inputs, attrs), { beta1, beta2 }),
);

export interface DescentUpdate {
  /** [n] variables, assigned by the update. */
  parameters: tf.Variable;
  momentumBuffer: tf.Variable;
  /** [n] */
  gradient: tf.Tensor;
  /** Scalar tensor, so that a new rate does not mean a new program. */
  learningRate: tf.Tensor;
  /** Scalar factor on the gradient, from `globalNorm`; none by default. */
  gradientScale?: tf.Tensor;
  /** Share of the parameters taken away per unit of learning rate; 0 by default. */
  weightDecay?: number;
}

function run(where: string, kernel: Kernel<tf.Tensor[]>, update: DescentUpdate, settings: object): void {
  const { parameters, momentumBuffer, gradient, learningRate, gradientScale, weightDecay = 0 } = update;
  for (const [name, tensor] of Object.entries({ parameters, gradient, momentumBuffer }))
    if (tensor.rank !== 1 || tensor.size !== parameters.size)
      fail(where, { expected: `${name} of shape [${parameters.size}]`, got: `[${tensor.shape}]` });
  tf.tidy(() => {
    const inputs = { parameters, gradient, momentum: momentumBuffer, learningRate };
    const [next, moved] = kernel(gradientScale ? { ...inputs, gradientScale } : inputs, {
      ...settings,
      weightDecay,
    });
    parameters.assign(next);
    momentumBuffer.assign(moved);
  });
}

/**
 * One update of SGD, in place: m ← μ·m + g, θ ← θ·(1 − η·λ) − η·m; with `nesterov` θ moves by g + μ·m instead.
 *
 * @param update.momentum μ, 0 by default
 * @throws GradbookError when the buffers are not flat or differ in length
 */
export function sgdUpdate(update: DescentUpdate & { momentum?: number; nesterov?: boolean }): void {
  const { momentum = 0, nesterov = false } = update;
  run("sgdUpdate", sgdKernel, update, { momentum, nesterov });
}

/**
 * One update of Lion, in place: θ ← θ·(1 − η·λ) − η·sign(β1·m + (1−β1)·g), m ← β2·m + (1−β2)·g.
 *
 * Defaults are the paper's: β1 0.9, β2 0.99.
 * @throws GradbookError when the buffers are not flat or differ in length
 */
export function lionUpdate(update: DescentUpdate & { beta1?: number; beta2?: number }): void {
  const { beta1 = 0.9, beta2 = 0.99 } = update;
  run("lionUpdate", lionKernel, update, { beta1, beta2 });
}
