/**
 * Attention of one text over another (Vaswani et al., arXiv 1706.03762, 3.2.3): queries from the text being
 * written, keys and values from the text that was read.
 *
 * `B` batch, `T` tokens written, `S` tokens read, `H` heads, `D` channels per head, `C` = H·D the width.
 */
import { tf } from "../engine/index.ts";
import { attend, mergeHeads, splitHeads, type AttentionCall, type AttentionSettings } from "./attention.ts";
import type { KeysAndValues } from "./cached-attention.ts";
import { linear, linearParameters } from "./linear.ts";
import type { TensorsOf } from "./parameter.ts";

/** @param residualDeviation of the matrix whose result is added to the residual stream */
export function crossAttentionParameters(
  width: number,
  { bias = true, residualDeviation }: { bias?: boolean; residualDeviation?: number } = {},
) {
  return {
    c_q: linearParameters(width, width, undefined, { bias }),
    // Keys and values side by side.
    c_kv: linearParameters(width, 2 * width, undefined, { bias }),
    c_proj: linearParameters(width, width, residualDeviation, { bias }),
  };
}

type CrossAttentionTensors = TensorsOf<ReturnType<typeof crossAttentionParameters>>;

/** Keys and values of what was read, `[B, H, S, D]`: source `[B, S, C]`. They serve every token written. */
export function sourceKeysAndValues(
  p: CrossAttentionTensors,
  source: tf.Tensor,
  heads: number,
): KeysAndValues {
  const [keys, values] = tf.split(linear(p.c_kv, source), 2, -1).map((part) => splitHeads(part, heads));
  return { keys, values };
}

/** x `[B, T, C]` → the same shape. */
export function crossAttention(
  p: CrossAttentionTensors,
  x: tf.Tensor,
  { keys, values }: KeysAndValues,
  { heads, scale }: Pick<AttentionSettings, "heads" | "scale">,
  call: AttentionCall = {},
): tf.Tensor {
  const settings = { heads, kvHeads: heads, causal: false, scale };
  const queries = splitHeads(linear(p.c_q, x), heads);
  return linear(p.c_proj, mergeHeads(attend(queries, keys, values, settings, call)));
}
