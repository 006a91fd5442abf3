/**
 * A transformer block in the order of GPT-2: normalize, attend, add; normalize, feed forward, add.
 *
 * Both parts add to the residual stream, so that gradients reach the first block as directly as the last.
 */
import type { tf } from "../engine/index.ts";
import { layerNorm, layerNormParameters } from "./layer-norm.ts";
import { mlp, mlpParameters } from "./mlp.ts";
import type { TensorsOf } from "./parameter.ts";
import { causalSelfAttention, selfAttentionParameters } from "./self-attention.ts";

/** @param residualDeviation of the two matrices whose results are added to the residual stream */
export function transformerBlockParameters(width: number, residualDeviation: number) {
  return {
    ln_1: layerNormParameters(width),
    attn: selfAttentionParameters(width, residualDeviation),
    ln_2: layerNormParameters(width),
    mlp: mlpParameters(width, residualDeviation),
  };
}

/** `[batch, time, width]` → the same shape. */
export function transformerBlock(
  p: TensorsOf<ReturnType<typeof transformerBlockParameters>>,
  x: tf.Tensor,
  heads: number,
): tf.Tensor {
  const attended = x.add(causalSelfAttention(p.attn, layerNorm(p.ln_1, x), heads));
  return attended.add(mlp(p.mlp, layerNorm(p.ln_2, attended)));
}
