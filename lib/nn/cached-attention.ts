/**
 * Self-attention for one token at a time: keys and values of earlier tokens are kept instead of computed again.
 *
 * Rows of a batch may be at different places. `B` batch, `H` heads, `G` key heads, `T` places in the cache (the
 * context length), `D` channels per head, `C` = H·D the width.
 */
import { rotary, tf } from "../engine/index.ts";
import { alibiSlope, HIDDEN, projected, type AttentionSettings, type AttentionTensors } from "./attention.ts";
import { linear } from "./linear.ts";
import { rotateAt } from "./positions.ts";

/** Keys and values by position, `[B, G, T, D]`; places after a row's last token hold anything. */
export interface KeysAndValues {
  keys: tf.Tensor;
  values: tf.Tensor;
}

/** The keys and values of whole texts: x `[B, T, C]`. */
export function keysAndValues(p: AttentionTensors, x: tf.Tensor, settings: AttentionSettings): KeysAndValues {
  const { k, v } = projected(p, x, settings);
  const { rotaryBase: base } = settings;
  return { keys: base === undefined ? k : rotary(k, { base }), values: v };
}

/** `[B, G, S, D]` → `[B, G, T, D]`, zeros behind: keys or values of a text as they stand in the cache. */
export function padTime(x: tf.Tensor, places: number): tf.Tensor {
  const missing = places - x.shape[2]!;
  return missing === 0 ? x : tf.pad(x, [[0, 0], [0, 0], [0, missing], [0, 0]]); // prettier-ignore
}

/** The cache `[B, G, T, D]` with what one token of each row left, `[B, G, 1, D]`, at its place, int32 `[B]`. */
export function writtenAt(cache: tf.Tensor, own: tf.Tensor, position: tf.Tensor): tf.Tensor {
  const [batch, groups, places, channels] = cache.shape as number[];
  const count = batch * groups;
  const firsts = tf.range(0, count * places, places, "int32").reshape([batch, groups]);
  const at = tf.add(firsts, position.reshape([batch, 1])).reshape([count, 1]);
  const rows = cache.reshape([count * places, channels]);
  return tf.tensorScatterUpdate(rows, at, own.reshape([count, channels])).reshape(cache.shape);
}

/** The row of x `[B, S, C]` at each text's place `last`, int32 `[B]` → `[B, C]`. */
export function rowAt(x: tf.Tensor, last: tf.Tensor): tf.Tensor {
  const [batch, time, width] = x.shape as number[];
  return tf.gather(x.reshape([batch * time, width]), tf.add(last, tf.range(0, batch * time, time, "int32")));
}

/**
 * What one token of each row attends to, and its own key and value, `[B, G, 1, D]`, for the cache. The cache is only
 * read: a program that wrote into it would have to copy it for every token.
 *
 * @param x `[B, 1, C]`
 * @param position int32 `[B]`: how many tokens came before in each row
 * @param bias `[B, H, 1, T + 1]`, added to the scores of the cache's places and, last, of the token itself
 * @returns output `[B, 1, C]`
 */
export function cachedSelfAttention(
  p: AttentionTensors,
  x: tf.Tensor,
  settings: AttentionSettings,
  cache: KeysAndValues,
  position: tf.Tensor,
  bias?: tf.Tensor,
): { output: tf.Tensor; own: KeysAndValues } {
  const { heads, kvHeads, rotaryBase, scale } = settings;
  const [batch, , places, channels] = cache.keys.shape as number[];
  const { q, k, v } = projected(p, x, settings);
  const turn = (t: tf.Tensor): tf.Tensor =>
    rotaryBase === undefined ? t : rotateAt(t, position, rotaryBase, places);
  const own = { keys: turn(k), values: v };
  const ahead = tf.sub(tf.range(0, places, 1, "int32"), position.reshape([batch, 1]));
  // The query heads that share a key head stand together as rows of one product.
  const queries = turn(q)
    .mul(scale ?? 1 / Math.sqrt(channels))
    .reshape([batch, kvHeads, heads / kvHeads, channels]);
  const before = tf.matMul(queries, cache.keys, false, true).add(visibility(ahead, settings));
  const all = tf.concat([before, tf.matMul(queries, own.keys, false, true)], -1);
  const biased = bias ? all.add(bias.reshape([-1, kvHeads, heads / kvHeads, places + 1])) : all;
  const [weights, ownWeight] = tf.split(tf.softmax(biased), [places, 1], -1);
  const collected = tf.matMul(weights, cache.values).add(ownWeight.mul(own.values));
  return { output: linear(p.c_proj, collected.reshape(x.shape)), own };
}

/** What is added to the scores `[B, G, H/G, T]` of places that are `ahead` of the query, int32 `[B, T]`. */
function visibility(ahead: tf.Tensor, { heads, kvHeads, window, alibi }: AttentionSettings): tf.Tensor {
  const [batch, places] = ahead.shape as number[];
  // The token's own place in the cache is not filled yet.
  const future = tf.cast(tf.greaterEqual(ahead, 0), "float32");
  const far = window ? tf.cast(tf.lessEqual(ahead, -window), "float32") : undefined;
  const hidden = (far ? future.add(far) : future).mul(HIDDEN).reshape([batch, 1, 1, places]);
  if (!alibi) return hidden;
  const slopes = tf.tensor(
    Array.from({ length: heads }, (_, head) => alibiSlope(head, heads)),
    [1, kvHeads, heads / kvHeads, 1],
  );
  const distance = tf.cast(ahead, "float32").reshape([batch, 1, 1, places]);
  return hidden.add(tf.minimum(distance, 0).mul(slopes));
}
