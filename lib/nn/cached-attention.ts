/**
 * Self-attention for one token at a time: keys and values of earlier tokens are kept instead of computed again.
 *
 * `H` heads, `T` places in the cache (the context length), `D` channels per head, `C` = H·D the width.
 */
import { tf } from "../engine/index.ts";
import { linear } from "./linear.ts";
import type { TensorsOf } from "./parameter.ts";
import type { selfAttentionParameters } from "./self-attention.ts";

type SelfAttentionTensors = TensorsOf<ReturnType<typeof selfAttentionParameters>>;

/** Keys and values by position, `[1, H, T, D]`; places after the last token hold anything. */
export interface KeysAndValues {
  keys: tf.Tensor;
  values: tf.Tensor;
}

/** The keys and values of a whole text: x `[1, T, C]`. */
export function keysAndValues(p: SelfAttentionTensors, x: tf.Tensor, heads: number): KeysAndValues {
  const [, time, width] = x.shape;
  const [, keys, values] = tf
    .split(linear(p.c_attn, x), 3, -1)
    .map((part) => part.reshape([1, time, heads, width! / heads]).transpose([0, 2, 1, 3]));
  return { keys, values };
}

/**
 * What one token attends to, and the cache with its own key and value put in.
 *
 * @param x `[1, 1, C]`
 * @param position int32 `[1]`: how many tokens came before
 * @returns output `[1, 1, C]`
 */
export function cachedSelfAttention(
  p: SelfAttentionTensors,
  x: tf.Tensor,
  heads: number,
  cache: KeysAndValues,
  position: tf.Tensor,
): { output: tf.Tensor; cache: KeysAndValues } {
  const [, , places, channels] = cache.keys.shape;
  const [query, key, value] = tf
    .split(linear(p.c_attn, x), 3, -1)
    .map((part) => part.reshape([1, heads, 1, channels!]));
  const place = tf.range(0, places!, 1, "int32");
  const here = tf.cast(tf.equal(place, position), "float32").reshape([1, 1, places!, 1]);
  const put = (old: tf.Tensor, added: tf.Tensor): tf.Tensor => tf.add(old, tf.mul(here, tf.sub(added, old)));
  const keys = put(cache.keys, key);
  const values = put(cache.values, value);
  const scores = tf.matMul(query, keys, false, true).div(Math.sqrt(channels!));
  const future = tf.cast(tf.greater(place, position), "float32").mul(1e9);
  const collected = tf.matMul(tf.softmax(scores.sub(future)), values);
  return { output: linear(p.c_proj, collected.reshape(x.shape)), cache: { keys, values } };
}
