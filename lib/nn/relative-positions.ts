/**
 * T5's relative positions (Raffel et al., arXiv 1910.10683, 2.1): a learned number for each head and each range of
 * distances, added to the attention scores. Small distances have a range of their own, larger ones share
 * logarithmic ranges.
 *
 * `H` heads, `T` queries, `S` keys.
 */
import { tf } from "../engine/index.ts";
import { INITIAL_DEVIATION } from "./linear.ts";
import { normal, type TensorsOf } from "./parameter.ts";

/** Ranges of distances, and the distance from which on all are one range. */
export const RELATIVE_BUCKETS = 32;
const FURTHEST = 128;

export function relativePositionParameters(heads: number) {
  return { weight: { ...normal([RELATIVE_BUCKETS, heads], INITIAL_DEVIATION), table: true } };
}

type RelativePositionTensors = TensorsOf<ReturnType<typeof relativePositionParameters>>;

/**
 * What is added to the scores: `[1, H, T, S]`.
 *
 * @param bidirectional whether keys may lie behind the query; ranges are then shared between both sides
 */
export function relativeBias(
  p: RelativePositionTensors,
  queries: number,
  keys: number,
  bidirectional: boolean,
): tf.Tensor {
  const buckets = Int32Array.from({ length: queries * keys }, (_, i) =>
    bucketOf((i % keys) - Math.floor(i / keys), bidirectional),
  );
  return shaped(tf.gather(p.weight, tf.tensor1d(buckets, "int32")), [1, queries, keys]);
}

/**
 * The same for one query per row at a place known when the program runs, for the places of a cache and, last, for the
 * query itself: position int32 `[B]` → `[B, H, 1, S + 1]`.
 */
export function relativeBiasAt(p: RelativePositionTensors, position: tf.Tensor, keys: number): tf.Tensor {
  const table = Int32Array.from({ length: keys }, (_, distance) => bucketOf(-distance, false));
  const back = tf.sub(position.reshape([-1, 1]), tf.range(0, keys, 1, "int32"));
  const behind = tf.maximum(back, tf.scalar(0, "int32"));
  const distance = tf.concat([behind.cast("int32"), tf.zeros([position.size, 1], "int32")], 1);
  const buckets = tf.gather(tf.tensor1d(table, "int32"), distance.flatten());
  return shaped(tf.gather(p.weight, buckets), [position.size, 1, keys + 1]);
}

/** `[B·T·S, H]` → `[B, H, T, S]`. */
function shaped(values: tf.Tensor, [batch, queries, keys]: [number, number, number]): tf.Tensor {
  return values.reshape([batch, queries, keys, values.shape[1]!]).transpose([0, 3, 1, 2]);
}

/** @param relative place of the key less that of the query */
export function bucketOf(relative: number, bidirectional: boolean): number {
  const buckets = bidirectional ? RELATIVE_BUCKETS / 2 : RELATIVE_BUCKETS;
  const offset = bidirectional && relative > 0 ? buckets : 0;
  const distance = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
  const exact = buckets / 2;
  if (distance < exact) return offset + distance;
  const ranges = Math.log(distance / exact) / Math.log(FURTHEST / exact);
  return offset + Math.min(exact + Math.trunc(ranges * (buckets - exact)), buckets - 1);
}
