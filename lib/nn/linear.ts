/**
 * A linear layer: y = x·W + b. The weight is stored `[in, out]`, as GPT-2's checkpoints store it.
 *
 * With an adapter (LoRA, Hu et al., arXiv 2106.09685) y = x·W + b + (x·A)·B, where A `[in, r]` and B `[r, out]` are
 * thin; A comes scaled by α/r.
 */
import { linear as linearOp, tf } from "../engine/index.ts";
import { normal, zeros, type ParameterSpec, type TensorsOf } from "./parameter.ts";

/** The standard deviation that GPT-2 starts its matrices with. */
export const INITIAL_DEVIATION = 0.02;

export interface LinearParameters {
  readonly weight: ParameterSpec;
  readonly bias: ParameterSpec | undefined;
  readonly lora_A?: ParameterSpec;
  readonly lora_B?: ParameterSpec;
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
  const y = linearOp(x, p.weight, p.bias);
  return p.lora_A && p.lora_B ? tf.add(y, linearOp(linearOp(x, p.lora_A), p.lora_B)) : y;
}
