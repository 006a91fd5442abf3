/**
 * Estimates of KL(π ‖ π_ref) from tokens that π drew (Schulman, "Approximating KL divergence", 2020).
 *
 *   r = log π_ref(a) − log π(a):   k1 = −r,   k2 = r²/2,   k3 = eʳ − 1 − r
 *
 * k1 is unbiased and may be negative for a token; k2 is biased a little and varies less; k3 is unbiased, varies little and
 * is never negative. `B` rows, `T` time.
 */
import { tf } from "../engine/index.ts";

export const KL_ESTIMATORS = ["k1", "k2", "k3"] as const;
export type KlEstimator = (typeof KL_ESTIMATORS)[number];

/** Nats for each token: `[B, T]`, `[B, T]` → `[B, T]`; for use inside `compile`, with a gradient. */
export function klEstimate(kind: KlEstimator, logps: tf.Tensor, refLogps: tf.Tensor): tf.Tensor {
  const r = tf.sub(refLogps, logps);
  if (kind === "k1") return tf.neg(r);
  if (kind === "k2") return tf.mul(tf.square(r), 0.5);
  return tf.sub(tf.sub(tf.exp(r), 1), r);
}

/** The same for one token, in numbers. */
export function klOf(kind: KlEstimator, logp: number, refLogp: number): number {
  const r = refLogp - logp;
  if (kind === "k1") return -r;
  return kind === "k2" ? (r * r) / 2 : Math.expm1(r) - r;
}
