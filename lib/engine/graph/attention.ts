/**
 * Attention as one operation, for devices that have it: the probabilities are never kept, the gradient computes them again.
 *
 * Paper: Dao et al., "FlashAttention", arXiv 2205.14135. `B` batch, `T` queries, `S` keys, `H` heads, `D` channels.
 */
import type { Attributes, Value } from "./value.ts";
import { node } from "./value.ts";

export interface FlashSettings {
  /** A query sees keys up to its own position; there are as many of both. */
  causal: boolean;
  /** Factor on the scores. */
  scale: number;
}

const attributesOf = ({ causal, scale }: FlashSettings): Attributes => ({ causal, scale });

/** What the gradient needs of the way forward. */
export interface FlashResult {
  /** [B, T, H, D]. */
  result: Value;
  /** log Σ exp of each query's scores, [B, H, T]. */
  logSums: Value;
}

/**
 * softmax(q·kᵀ·scale)·v.
 *
 * @param q [B, T, H, D]
 * @param k, v [B, S, H, D]
 */
export function flashAttention(q: Value, k: Value, v: Value, settings: FlashSettings): FlashResult {
  const [batch, queries, heads] = q.shape;
  const shapes = [q.shape, [batch, heads, queries]];
  const types = shapes.map((shape) => ({ shape, dtype: "float32" as const }));
  const [result, logSums] = node("flashAttention", [q, k, v], attributesOf(settings), types);
  return { result, logSums };
}

/** Gradients of q, k and v from the gradient of the result, `dy` [B, T, H, D]. */
export function flashAttentionGradient(
  dy: Value,
  { q, k, v, result, logSums }: Record<"q" | "k" | "v", Value> & FlashResult,
  settings: FlashSettings,
): Value[] {
  const types = [q, k, v].map(({ shape }) => ({ shape, dtype: "float32" as const }));
  return node("flashAttentionGradient", [q, k, v, logSums, dy, result], attributesOf(settings), types);
}
