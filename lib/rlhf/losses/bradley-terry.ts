/**
 * The reward model's loss for two answers (Bradley & Terry 1952; Ouyang et al., arXiv 2203.02155, equation 1):
 *
 *   L = −ln σ(r⁺ − r⁻ − m) + c·(r⁺ + r⁻)²
 *
 * with a margin m for pairs that people found clearly different (Llama 2, arXiv 2307.09288), and a pull of the sum towards
 * zero, because differences alone leave the level of rewards free (Eisenstein et al., arXiv 2312.09244). `B` pairs.
 */
import { tf } from "../../engine/index.ts";
import { negLogSigmoid } from "./pair.ts";

export interface RewardSettings {
  /** c; 0 for none, the paper's is 0.01. */
  centering: number;
}

/** TRL's numbers. */
export type RewardMetrics = Record<
  "accuracy" | "margin" | "mean_reward" | "min_reward" | "max_reward",
  tf.Scalar
>;

/**
 * @param chosen, rejected rewards, `[B]`
 * @param margins m of each pair, `[B]`; none by default
 */
export function bradleyTerryLoss(
  chosen: tf.Tensor,
  rejected: tf.Tensor,
  { centering }: RewardSettings,
  margins?: tf.Tensor,
): { loss: tf.Scalar; metrics: RewardMetrics } {
  const difference = tf.sub(chosen, rejected);
  const preference = tf.mean(negLogSigmoid(margins ? tf.sub(difference, margins) : difference));
  const all = tf.concat([chosen, rejected]);
  return {
    loss: centered(preference as tf.Scalar, chosen, rejected, centering),
    metrics: {
      accuracy: tf.mean(tf.cast(tf.greater(chosen, rejected), "float32")),
      margin: tf.mean(difference),
      mean_reward: tf.mean(all),
      min_reward: tf.min(all),
      max_reward: tf.max(all),
    },
  };
}

/** A loss with the pull c·(r⁺ + r⁻)² on the level of rewards. */
export function centered(
  loss: tf.Scalar,
  chosen: tf.Tensor,
  rejected: tf.Tensor,
  centering: number,
): tf.Scalar {
  if (centering === 0) return loss;
  return tf.add(loss, tf.mul(tf.mean(tf.square(tf.add(chosen, rejected))), centering));
}
