/**
 * REINFORCE's loss with a baseline (Williams, 1992).
 *
 *   L = −Σ w·A·log π(a|s) + ½Σ w·(V(s) − G)²,   A = G − V brought to mean 0 and deviation 1
 *
 * `B` steps, `A` actions; w is 1 over the number of steps, 0 at padding.
 */
import { stopGradient, tf } from "../../engine/index.ts";

export interface ReinforceBatch {
  /** `[B, A]`. */
  logits: tf.Tensor;
  /** What was expected, `[B]`. */
  values: tf.Tensor;
  /** 1 at the action taken, `[B, A]`. */
  actions: tf.Tensor;
  /** What came, `[B]`. */
  returns: tf.Tensor;
  /** `[B]`, sum 1. */
  weights: tf.Tensor;
}

/** @param baseline compare with what was expected */
export function reinforceLoss(batch: ReinforceBatch, baseline: boolean): tf.Scalar {
  const { logits, values, actions, returns, weights } = batch;
  const logp = tf.sum(tf.mul(tf.logSoftmax(logits), actions), -1);
  // The tape must not pull the value towards what makes the policy's loss small: it gets numbers, not the tensor.
  const gain = baseline ? tf.sub(returns, stopGradient(values)) : returns;
  const mean = tf.sum(tf.mul(weights, gain));
  const spread = tf.sqrt(tf.sum(tf.mul(weights, tf.square(tf.sub(gain, mean)))));
  const advantages = tf.div(tf.sub(gain, mean), tf.add(spread, 1e-8));
  const policyLoss = tf.neg(tf.sum(tf.mul(weights, tf.mul(stopGradient(advantages), logp))));
  const valueLoss = tf.sum(tf.mul(weights, tf.square(tf.sub(returns, values))));
  return tf.add(policyLoss, tf.mul(valueLoss, 0.5)).asScalar();
}
