/**
 * Layer normalization (Ba et al., arXiv 1607.06450): every token's channels get mean 0 and variance 1, then a
 * learned gain and bias: y = (x − mean) / √(variance + ε) · gain + bias.
 */
import { layerNorm as layerNormOp, type tf } from "../engine/index.ts";
import { ones, zeros, type TensorsOf } from "./parameter.ts";

/** `weight` is the gain: the name checkpoints use. */
export function layerNormParameters(width: number) {
  return { weight: ones([width]), bias: zeros([width]) };
}

/** @param x `[…, width]` @returns the same shape */
export function layerNorm(
  p: TensorsOf<ReturnType<typeof layerNormParameters>>,
  x: tf.Tensor,
  options?: { epsilon?: number },
): tf.Tensor {
  return layerNormOp(x, p.weight, p.bias, options);
}
