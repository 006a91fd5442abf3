/** A linear layer: y = x·W + b. The weight is stored `[in, out]`, as GPT-2's checkpoints store it. */
import { linear as linearOp, type tf } from "../engine/index.ts";
import { normal, zeros, type TensorsOf } from "./parameter.ts";

/** The standard deviation that GPT-2 starts its matrices with. */
export const INITIAL_DEVIATION = 0.02;

/**
 * @param inputs, outputs channels
 * @param deviation of the starting weights; the bias starts at zero
 */
export function linearParameters(inputs: number, outputs: number, deviation = INITIAL_DEVIATION) {
  return { weight: normal([inputs, outputs], deviation), bias: zeros([outputs]) };
}

/** @param x `[…, in]` @returns `[…, out]` */
export function linear(p: TensorsOf<ReturnType<typeof linearParameters>>, x: tf.Tensor): tf.Tensor {
  return linearOp(x, p.weight, p.bias);
}
