/**
 * The loss of a deep Q-network (Mnih et al., Nature 2015; double: van Hasselt et al., arXiv 1509.06461).
 *
 *   target = r + γ·Q_target(s', argmax_a Q(s', a)),   L = mean Huber(Q(s, a) − target)
 *
 * `B` steps, `A` actions.
 */
import { tf } from "../../engine/index.ts";

export interface NextWorth {
  /** What the target network says of the next state, `[B, A]`. */
  judged: tf.Tensor;
  /** Who picks the next action, `[B, A]`: the learning network in double Q-learning, else `judged`. */
  chooser: tf.Tensor;
  /** `[B]`. */
  rewards: tf.Tensor;
  /** 0 where the task has ended, `[B]`. */
  goesOn: tf.Tensor;
}

/** What the actions taken should have been worth, `[B]`; call it outside of the gradient. */
export function dqnTargets({ judged, chooser, rewards, goesOn }: NextWorth, gamma: number): tf.Tensor {
  const best = tf.cast(tf.oneHot(tf.argMax(chooser, -1), judged.shape[1]!), "float32");
  const nextValue = tf.sum(tf.mul(judged, best), -1);
  return tf.add(rewards, tf.mul(tf.mul(goesOn, nextValue), gamma));
}

/**
 * Huber's loss with its bend at 1, averaged.
 * @param worth of all actions, `[B, A]`
 * @param actions 1 at the action taken, `[B, A]`
 */
export function dqnLoss(worth: tf.Tensor, actions: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const distance = tf.abs(tf.sub(tf.sum(tf.mul(worth, actions), -1), targets));
  const near = tf.minimum(distance, 1);
  return tf.mean(tf.add(tf.mul(tf.square(near), 0.5), tf.sub(distance, near))).asScalar();
}
