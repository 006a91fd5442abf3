/**
 * A linear layer: y = x·W + b. The weight is stored `[in, out]`, as GPT-2's checkpoints store it.
 *
 * With an adapter (LoRA, Hu et al., arXiv 2106.09685) y = x·W + b + (x·A)·B, where A `[in, r]` and B `[r, out]` are
 * thin; A comes scaled by α/r. With a magnitude m (DoRA, Liu et al., arXiv 2402.09353) y = m ∘ (x·V)/‖V‖ + b for V = W + A·B, ‖V‖ the
 * length of each column.
 */
import { linear as linearOp, quantizedLinear, stopGradient, tf } from "../engine/index.ts";
import { normal, zeros, type ParameterSpec, type TensorsOf } from "./parameter.ts";
import { plainTensor, quantizedOf } from "./quantized-variable.ts";

/** The standard deviation that GPT-2 starts its matrices with. */
export const INITIAL_DEVIATION = 0.02;

export interface LinearParameters {
  readonly weight: ParameterSpec;
  readonly bias: ParameterSpec | undefined;
  readonly lora_A?: ParameterSpec;
  readonly lora_B?: ParameterSpec;
  /** `[out]`. */
  readonly lora_magnitude?: ParameterSpec;
  readonly [name: string]: ParameterSpec | undefined;
}

export type LinearTensors = TensorsOf<LinearParameters>;

/**
 * @param inputs, outputs channels
 * @param deviation of the starting weights; the bias starts at zero
 */
export function linearParameters(
  inputs: number,
  outputs: number,
  deviation = INITIAL_DEVIATION,
  { bias = true } = {},
): LinearParameters {
  return { weight: normal([inputs, outputs], deviation), bias: bias ? zeros([outputs]) : undefined };
}

/** @param x `[…, in]` @returns `[…, out]` */
export function linear(p: LinearTensors, x: tf.Tensor): tf.Tensor {
  const { lora_A: a, lora_B: b, lora_magnitude: magnitude } = p;
  if (!a || !b) return product(p.weight, x, p.bias);
  const delta = linearOp(linearOp(x, a), b);
  if (!magnitude) return tf.add(product(p.weight, x, p.bias), delta);
  const direction = tf.add(product(p.weight, x), delta);
  // As in the paper's section 4.3 the norms do not learn: the gradients are nearly the same for much less memory.
  const norms = stopGradient(columnNorms(tf.add(plainTensor(p.weight), tf.matMul(a, b))));
  const y = tf.mul(direction, tf.div(magnitude, norms));
  return p.bias ? tf.add(y, p.bias) : y;
}

function product(weight: tf.Tensor, x: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const matrix = quantizedOf(weight);
  if (!matrix) return linearOp(x, weight, bias);
  const y = quantizedLinear(x, matrix);
  return bias ? tf.add(y, bias) : y;
}

/** The length of each column of a matrix `[in, out]`: `[out]`. */
const columnNorms = (weight: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(weight), 0));
