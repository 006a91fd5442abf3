/** Means that leave out what does not count: padding, prompts, the other kind of answer. */
import { tf } from "../engine/index.ts";

/** Mean over the places that the mask (1 and 0, of the same shape) marks, all rows together → scalar; 0 when there are none. */
export function maskedMean(values: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  const counts = tf.cast(mask, "float32");
  return tf.div(tf.sum(tf.mul(values, counts)), tf.maximum(tf.sum(counts), 1));
}
