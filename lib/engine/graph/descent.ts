/**
 * One step of SGD with momentum, or of Lion, over a flat buffer, as a single operation, so that a lowering can
 * choose how to run it: Lion pays in cache-sized blocks.
 *
 * Papers: Sutskever et al. (ICML 2013) for Nesterov's momentum; Chen et al., arXiv 2302.06675, for Lion.
 */
import { node, type Attributes, type Value } from "./value.ts";

export interface DescentValues {
  /** [n] float32, as the gradient and the momentum. */
  parameters: Value;
  gradient: Value;
  momentum: Value;
  /** Scalar factor on the gradient: 1, or what clipping asks for. */
  gradientScale: Value;
  learningRate: Value;
  /** Scalar factor on the parameters: 1 − learning rate · weight decay. */
  keep: Value;
}

/** The parameters and the momentum after the step. */
function step(op: string, values: DescentValues, attributes: Attributes): [Value, Value] {
  const { parameters, gradient, momentum, gradientScale, learningRate, keep } = values;
  const type = { shape: parameters.shape, dtype: "float32" } as const;
  const inputs = [parameters, gradient, momentum, gradientScale, learningRate, keep];
  const [next, moved] = node(op, inputs, attributes, [type, type]);
  return [next, moved];
}

export const sgdStep = (
  values: DescentValues,
  constants: { momentum: number; nesterov: boolean },
): [Value, Value] => step("sgd", values, { ...constants });

export const lionStep = (
  values: DescentValues,
  constants: { beta1: number; beta2: number },
): [Value, Value] => step("lion", values, { ...constants });
