/**
 * The reward model's loss for a ranking of k answers (Plackett 1975, Luce 1959): people pick the best one, then the best
 * of the rest, and so on; each pick is a softmax over what is left.
 *
 *   L = −Σᵢ (rᵢ − ln Σ_{j ≥ i} e^{rⱼ})
 *
 * For two answers it is Bradley–Terry. `B` rankings, `K` answers each.
 */
import { fail } from "../../core/errors.ts";
import { tf } from "../../engine/index.ts";

/**
 * Mean over the rankings.
 *
 * @param rewards `[B, K]`, best answer first
 * @throws GradbookError with fewer than two answers
 */
export function plackettLuceLoss(rewards: tf.Tensor): tf.Scalar {
  const [, answers] = rewards.shape;
  if (rewards.rank !== 2 || !(answers! >= 2))
    fail("plackettLuceLoss", { expected: "rewards [rankings, answers ≥ 2]", got: `[${rewards.shape}]` });
  const picks = Array.from({ length: answers! - 1 }, (_, i) => {
    const left = tf.slice(rewards, [0, i], [-1, answers! - i]);
    return tf.sub(tf.logSumExp(left, 1), tf.squeeze(tf.slice(left, [0, 0], [-1, 1]), [1]));
  });
  return tf.mean(tf.addN(picks));
}
