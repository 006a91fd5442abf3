/**
 * PPO's loss over the tokens of completions, policy and value both clipped (Schulman et al., arXiv 1707.06347; Ouyang
 * et al., arXiv 2203.02155).
 *
 *   ρ = exp(logp − logp_old),   L_π = mean max(−A·ρ, −A·clip(ρ, 1 − ε, 1 + ε))
 *   L_V = ½ mean max((V − R)², (clip(V, V_old − ε_V, V_old + ε_V) − R)²),   L = L_π + c_V·L_V
 *
 * Means are over the tokens of the mask, all rows together. `B` rows, `T` time; everything is `[B, T]`.
 */
import { tf } from "../../engine/index.ts";
import { maskedMean } from "../log-probs.ts";

export interface PpoTokens {
  /** Log-probability of each token under the present policy. */
  logps: tf.Tensor;
  /** The same when it was drawn. */
  oldLogps: tf.Tensor;
  /** V of the present value function. */
  values: tf.Tensor;
  /** V when it was drawn. */
  oldValues: tf.Tensor;
  advantages: tf.Tensor;
  returns: tf.Tensor;
  /** 1 at tokens of the completion. */
  mask: tf.Tensor;
}

export interface PpoClips {
  /** ε. */
  clip: number;
  /** ε_V. */
  valueClip: number;
  /** c_V. */
  valueWeight: number;
}

/** The sum that is made small, and what TRL's PPOTrainer logs (each is a mean over the updates of a step there). */
export interface PpoTokenLosses {
  loss: tf.Scalar;
  "loss/policy_avg": tf.Scalar;
  "loss/value_avg": tf.Scalar;
  /** ½ mean (logp − logp_old)². */
  "policy/approxkl_avg": tf.Scalar;
  /** Share of tokens at which the clipped term is the larger one. */
  "policy/clipfrac_avg": tf.Scalar;
  "val/clipfrac_avg": tf.Scalar;
  /** Mean ρ: 1 at the first update. */
  "val/ratio": tf.Scalar;
}

/** For use inside `compile`. */
export function ppoTokenLoss(tokens: PpoTokens, { clip, valueClip, valueWeight }: PpoClips): PpoTokenLosses {
  const { logps, oldLogps, values, oldValues, advantages, returns, mask } = tokens;
  const logRatio = tf.sub(logps, oldLogps);
  const ratio = tf.exp(logRatio);
  const plain = tf.neg(tf.mul(advantages, ratio));
  const clipped = tf.neg(tf.mul(advantages, tf.clipByValue(ratio, 1 - clip, 1 + clip)));
  const policy = maskedMean(tf.maximum(plain, clipped), mask);

  const move = tf.clipByValue(tf.sub(values, oldValues), -valueClip, valueClip);
  const free = tf.square(tf.sub(values, returns));
  const held = tf.square(tf.sub(tf.add(oldValues, move), returns));
  const value = tf.mul(maskedMean(tf.maximum(free, held), mask), 0.5) as tf.Scalar;

  return {
    loss: tf.add(policy, tf.mul(value, valueWeight)),
    "loss/policy_avg": policy,
    "loss/value_avg": value,
    "policy/approxkl_avg": tf.mul(maskedMean(tf.square(logRatio), mask), 0.5),
    "policy/clipfrac_avg": maskedMean(tf.greater(clipped, plain), mask),
    "val/clipfrac_avg": maskedMean(tf.greater(held, free), mask),
    "val/ratio": maskedMean(ratio, mask),
  };
}
