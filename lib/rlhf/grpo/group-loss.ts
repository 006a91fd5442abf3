/**
 * The losses of the GRPO family: a clipped ratio times an advantage that a whole completion shares.
 *
 *   l = −min(ρ·A, clip(ρ, 1 − ε_low, 1 + ε_high)·A) + β·k3
 *
 *   grpo     ρ per token; mean over a completion's tokens, then over completions     (arXiv 2402.03300)
 *   bnpo     ρ per token; mean over all tokens of the batch                          (TRL's default of v0.17)
 *   dapo     as bnpo, with ε_high above ε_low ("clip-higher")                        (arXiv 2503.14476)
 *   dr_grpo  ρ per token; sum divided by B·L_max: no bias towards long completions   (arXiv 2503.20783)
 *   gspo     ρ = exp(mean of a completion's log-ratios); mean over completions       (arXiv 2507.18071)
 *   rloo     ρ = exp(their sum); mean over completions; the KL belongs to the reward (arXiv 2402.14740)
 *
 * Left out: DAPO's dynamic sampling and its penalty of long answers. `B` rows, `T` time; tensors are `[B, T]`.
 */
import { tf } from "../../engine/index.ts";
import { klEstimate } from "../kl-estimators.ts";
import { maskedMean, sequenceLogProbs } from "../log-probs.ts";

export const GROUP_LOSSES = ["grpo", "bnpo", "dapo", "dr_grpo", "gspo", "rloo"] as const;
export type GroupLoss = (typeof GROUP_LOSSES)[number];

export interface GroupTokens {
  logps: tf.Tensor;
  /** When the tokens were drawn. */
  oldLogps: tf.Tensor;
  /** Under the reference; needed when β is not 0. */
  refLogps?: tf.Tensor;
  /** `[B]`. */
  advantages: tf.Tensor;
  mask: tf.Tensor;
}

export interface GroupLossSettings {
  lossType: GroupLoss;
  /** ε_low. */
  clip: number;
  /** ε_high. */
  clipHigh: number;
  /** β: price of a nat of k3 for each token. */
  klCoefficient: number;
  /** L_max of dr_grpo: most tokens of a completion. */
  maxTokens: number;
}

/** The loss and what TRL's GRPOTrainer logs. */
export interface GroupLosses {
  loss: tf.Scalar;
  /** Mean k3 over tokens; 0 without a reference. */
  kl: tf.Scalar;
  /** Share of tokens (sequences) with A < 0 and ρ below the clip. */
  "clip_ratio/low_mean": tf.Scalar;
  /** Share with A > 0 and ρ above it. */
  "clip_ratio/high_mean": tf.Scalar;
  "clip_ratio/region_mean": tf.Scalar;
}

/** For use inside `compile`. */
export function groupLoss(tokens: GroupTokens, settings: GroupLossSettings): GroupLosses {
  const { logps, oldLogps, refLogps, mask } = tokens;
  const { lossType, clip, clipHigh, klCoefficient, maxTokens } = settings;
  const [batch] = logps.shape;
  const advantages = tokens.advantages.reshape([batch, 1]);
  const wholeCompletion = lossType === "gspo" || lossType === "rloo";
  const tokenRatios = tf.sub(logps, oldLogps);
  const reduction = lossType === "rloo" ? "sum" : "mean";
  const logRatio = wholeCompletion
    ? sequenceLogProbs(tokenRatios, mask, { reduction }).reshape([batch, 1])
    : tokenRatios;
  const ratio = tf.exp(logRatio);
  const clipped = tf.clipByValue(ratio, 1 - clip, 1 + clipHigh);
  const gain = tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages));
  // What a completion shares stands at each of its tokens, where the KL stands, too.
  const everywhere = tf.mul(tf.neg(gain), tf.onesLike(logps));
  const k3 = refLogps ? klEstimate("k3", logps, refLogps) : tf.zerosLike(logps);
  const withKl = klCoefficient !== 0 && lossType !== "rloo";
  const losses = withKl ? tf.add(everywhere, tf.mul(k3, klCoefficient)) : everywhere;

  const low = tf.logicalAnd(tf.less(ratio, 1 - clip), tf.less(advantages, 0));
  const high = tf.logicalAnd(tf.greater(ratio, 1 + clipHigh), tf.greater(advantages, 0));
  const share = (where: tf.Tensor): tf.Scalar =>
    maskedMean(tf.mul(tf.cast(where, "float32"), tf.onesLike(logps)), mask);
  return {
    loss: aggregate(losses, mask, lossType, maxTokens),
    kl: maskedMean(k3, mask),
    "clip_ratio/low_mean": share(low),
    "clip_ratio/high_mean": share(high),
    "clip_ratio/region_mean": share(tf.logicalOr(low, high)),
  };
}

function aggregate(losses: tf.Tensor, mask: tf.Tensor, lossType: GroupLoss, maxTokens: number): tf.Scalar {
  if (lossType === "bnpo" || lossType === "dapo") return maskedMean(losses, mask);
  if (lossType === "dr_grpo") return tf.div(tf.sum(tf.mul(losses, mask)), losses.shape[0] * maxTokens);
  return tf.mean(sequenceLogProbs(losses, mask, { reduction: "mean" }));
}
