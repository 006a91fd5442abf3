/** A tensor as a constant: its value counts, what it was computed from does not learn from it. */
import { tf } from "../tf.ts";

/** x itself, with a gradient of zero. */
export const stopGradient = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
})) as <T extends tf.Tensor>(x: T) => T;
