/**
 * Kahneman–Tversky optimization (Ethayarajh et al., arXiv 2402.01306, equations 7 and 8): learning from single answers with
 * a thumb up or down. People feel gains and losses against a reference point z, and losses more than gains.
 *
 *   L = λ_y − v,   v = λ_D·σ(r − z) for a good answer, λ_U·σ(z − r) for a bad one,   r = β·ln π/π_ref,   z = β·KL(π ‖ π_ref)
 *
 * The KL is estimated from answers that belong to other prompts of the batch, and does not learn.
 * `B` answers, `K` answers for the estimate.
 */
import { stopGradient, tf } from "../../engine/index.ts";
import { maskedMean } from "../../nn/masked-mean.ts";

export interface KtoBatch {
  /** ln π(answer | prompt) and the same under the reference, `[B]`. */
  logps: tf.Tensor;
  refLogps: tf.Tensor;
  /** 1 for a good answer, 0 for a bad one, `[B]`. */
  labels: tf.Tensor;
  /** ln π and ln π_ref of answers to other prompts, `[K]`. */
  klLogps: tf.Tensor;
  klRefLogps: tf.Tensor;
}

export interface KtoSettings {
  beta: number;
  /** λ_D and λ_U: with n good and m bad answers, λ_D·n should be about λ_U·m. */
  desirableWeight: number;
  undesirableWeight: number;
}

/** What is plotted, beside the loss. */
export type KtoMetrics = Record<
  "kl" | "rewards/chosen" | "rewards/rejected" | "rewards/margins" | "logps/chosen" | "logps/rejected",
  tf.Scalar
>;

/** The mean loss, and TRL's numbers; a mean over no answer is 0. */
export function ktoLoss(batch: KtoBatch, settings: KtoSettings): { loss: tf.Scalar; metrics: KtoMetrics } {
  const { beta, desirableWeight, undesirableWeight } = settings;
  const good = tf.cast(batch.labels, "float32");
  const bad = tf.sub(1, good);
  const ratios = tf.sub(batch.logps, batch.refLogps);
  const kl = tf.relu(stopGradient(tf.mean(tf.sub(batch.klLogps, batch.klRefLogps))));
  const gain = tf.sigmoid(tf.mul(tf.sub(ratios, kl), beta));
  const loss = tf.sigmoid(tf.mul(tf.sub(kl, ratios), beta));
  const losses = tf.add(
    tf.mul(tf.mul(good, desirableWeight), tf.sub(1, gain)),
    tf.mul(tf.mul(bad, undesirableWeight), tf.sub(1, loss)),
  );
  const [chosen, rejected] = [good, bad].map((which) => maskedMean(tf.mul(ratios, beta), which));
  return {
    loss: tf.mean(losses),
    metrics: {
      kl: kl as tf.Scalar,
      "rewards/chosen": chosen,
      "rewards/rejected": rejected,
      "rewards/margins": tf.sub(chosen, rejected),
      "logps/chosen": maskedMean(batch.logps, good),
      "logps/rejected": maskedMean(batch.logps, bad),
    },
  };
}
