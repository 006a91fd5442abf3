/**
 * NEFTune (Jain et al., arXiv 2310.05914): while fine-tuning, uniform noise on the token embeddings keeps a model from
 * learning the few examples by heart: x + ε, ε uniform in ±α/√(T·C).
 *
 * T is the length of the row, as in Hugging Face's trainers: padding and packed neighbours count.
 */
import { randomUniform, tf } from "../engine/index.ts";

/** @param x `[B, T, C]` @param alpha 5 to 15 in the paper; 0: none */
export function withEmbeddingNoise(x: tf.Tensor, alpha: number): tf.Tensor {
  if (alpha === 0) return x;
  const [, time, width] = x.shape as number[];
  const most = alpha / Math.sqrt(time * width);
  return tf.add(x, randomUniform(x.shape, -most, most));
}
