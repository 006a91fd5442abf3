/**
 * One AdamW step over a flat buffer, as a single operation, so that a lowering can run it in cache-sized
 * blocks: written out, it is thirteen passes over memory.
 *
 * Paper: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", arXiv 1711.05101.
 */
import { node, type Value } from "./value.ts";

export interface AdamwValues {
  /** [n] float32, as the gradient and the two moments. */
  parameters: Value;
  gradient: Value;
  firstMoment: Value;
  secondMoment: Value;
  /** Scalar factor on the gradient: 1, or what clipping asks for. */
  gradientScale: Value;
  /** Scalar: learning rate / (1 − beta1ᵗ). Must not be zero. */
  stepSize: Value;
  /** Scalar: 1 / √(1 − beta2ᵗ). */
  deviationScale: Value;
  /** Scalar factor on the parameters: 1 − learning rate · weight decay. */
  keep: Value;
}

export interface AdamwConstants {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** The parameters and both moments after the step. */
export function adamwStep(values: AdamwValues, constants: AdamwConstants): [Value, Value, Value] {
  const { parameters, gradient, firstMoment, secondMoment } = values;
  const scalars = [values.gradientScale, values.stepSize, values.deviationScale, values.keep];
  const type = { shape: parameters.shape, dtype: "float32" } as const;
  const inputs = [parameters, gradient, firstMoment, secondMoment, ...scalars];
  const [next, first, second] = node("adamw", inputs, { ...constants }, [type, type, type]);
  return [next, first, second];
}
