/**
 * PPO's loss and what one plots of it (Schulman et al., arXiv 1707.06347, equation 9).
 *
 *   L = −E[min(ρA, clip(ρ, 1 − ε, 1 + ε)·A)] + c_v·½E[(V − R)²] − c_e·E[H],   ρ = π(a|s) / π_old(a|s)
 *
 * `B` steps, `A` actions.
 */
import { tf } from "../../engine/index.ts";

export interface PpoBatch {
  /** What the present policy says, `[B, A]`. */
  logits: tf.Tensor;
  /** What the present value function says, `[B]`. */
  values: tf.Tensor;
  /** 1 at the action taken, `[B, A]`. */
  actions: tf.Tensor;
  /** Log-probability of that action when it was taken, `[B]`. */
  logps: tf.Tensor;
  /** `[B]`; brought to mean 0 and deviation 1 here. */
  advantages: tf.Tensor;
  /** What the values should have been, `[B]`. */
  returns: tf.Tensor;
}

export interface PpoLosses {
  /** The sum that is made small. */
  loss: tf.Scalar;
  "policy/loss": tf.Scalar;
  "value/loss": tf.Scalar;
  /** Nats. */
  entropy: tf.Scalar;
  /** k3 of Schulman's note on approximating the KL: ρ − 1 − log ρ, never negative. */
  "policy/approxkl": tf.Scalar;
  /** Share of steps whose ratio is outside of 1 ± ε. */
  "policy/clipfrac": tf.Scalar;
}

export function ppoLoss(
  { logits, values, actions, logps, advantages: raw, returns }: PpoBatch,
  { clip, valueWeight, entropyWeight }: { clip: number; valueWeight: number; entropyWeight: number },
): PpoLosses {
  const all = tf.logSoftmax(logits);
  const logRatio = tf.sub(tf.sum(tf.mul(all, actions), -1), logps);
  const ratio = tf.exp(logRatio);
  const advantages = whiten(raw);
  const clipped = tf.clipByValue(ratio, 1 - clip, 1 + clip);
  const policyLoss = tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages))));
  const valueLoss = tf.mul(tf.mean(tf.square(tf.sub(values, returns))), 0.5);
  const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(all), all), -1)));
  const outside = tf.greater(tf.abs(tf.sub(ratio, 1)), clip);
  return {
    loss: tf
      .sub(tf.add(policyLoss, tf.mul(valueLoss, valueWeight)), tf.mul(entropy, entropyWeight))
      .asScalar(),
    "policy/loss": policyLoss.asScalar(),
    "value/loss": valueLoss.asScalar(),
    entropy: entropy.asScalar(),
    "policy/approxkl": tf.mean(tf.sub(tf.sub(ratio, 1), logRatio)),
    "policy/clipfrac": tf.mean(tf.cast(outside, "float32")),
  };
}

/** Mean 0, deviation 1. */
function whiten(x: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x);
  return tf.div(tf.sub(x, mean), tf.add(tf.sqrt(variance), 1e-8));
}
