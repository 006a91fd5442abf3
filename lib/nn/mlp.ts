/** The feed-forward part of a transformer block: four times wider, GELU, and back. Each token on its own. */
import { gelu, type tf } from "../engine/index.ts";
import { linear, linearParameters } from "./linear.ts";
import type { TensorsOf } from "./parameter.ts";

/** @param residualDeviation of the matrix whose result is added to the residual stream */
export function mlpParameters(width: number, residualDeviation: number) {
  return {
    c_fc: linearParameters(width, 4 * width),
    c_proj: linearParameters(4 * width, width, residualDeviation),
  };
}

/** y = gelu(x·W₁ + b₁)·W₂ + b₂, `[batch, time, width]` → the same shape. */
export function mlp(p: TensorsOf<ReturnType<typeof mlpParameters>>, x: tf.Tensor): tf.Tensor {
  return linear(p.c_proj, gelu(linear(p.c_fc, x)));
}
