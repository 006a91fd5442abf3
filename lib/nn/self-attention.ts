/**
 * Causal multi-head self-attention (Vaswani et al., arXiv 1706.03762): each token gathers from itself and the
 * tokens before it, by weights softmax(q·kᵀ/√D).
 *
 * `B` batch, `T` time, `H` heads, `D` channels per head, `C` = H·D the width.
 */
import { selfAttention, tf } from "../engine/index.ts";
import { linear, linearParameters } from "./linear.ts";
import type { TensorsOf } from "./parameter.ts";

/** @param residualDeviation of the matrix whose result is added to the residual stream */
export function selfAttentionParameters(width: number, residualDeviation: number) {
  return {
    // Queries, keys and values side by side: one matrix product makes all three.
    c_attn: linearParameters(width, 3 * width),
    c_proj: linearParameters(width, width, residualDeviation),
  };
}

type SelfAttentionTensors = TensorsOf<ReturnType<typeof selfAttentionParameters>>;

/** @param x `[B, T, C]` @returns `[B, T, C]` */
export function causalSelfAttention(p: SelfAttentionTensors, x: tf.Tensor, heads: number): tf.Tensor {
  return linear(p.c_proj, selfAttention(linear(p.c_attn, x), { heads, causal: true }));
}

/**
 * The weights themselves: how much of token s goes into token t. For looking at; rows sum to 1.
 *
 * @param x `[B, T, C]` @returns `[B, H, T, T]` (head, query t, key s)
 */
export function attentionWeights(p: SelfAttentionTensors, x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  const channels = width / heads;
  const [queries, keys] = tf
    .split(linear(p.c_attn, x), 3, -1)
    .map((part) => part.reshape([batch, time, heads, channels]).transpose([0, 2, 1, 3]));
  const scores = tf.matMul(queries, keys, false, true).div(Math.sqrt(channels));
  const future = tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0));
  return tf.softmax(scores.sub(future.mul(1e9)));
}
