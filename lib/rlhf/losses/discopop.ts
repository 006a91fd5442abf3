/**
 * DiscoPOP (Lu et al., arXiv 2406.08414, equation 5): a loss that a language model found by trying.
 *
 * It is not convex. With the authors' τ of 0.05 it has a maximum near Δ = 0, where training starts: some pairs go down on
 * the wrong side, which makes it robust to wrong labels and useless on few pairs. A τ of 1 goes down everywhere.
 */
import { tf } from "../../engine/index.ts";
import { negLogSigmoid, scaledMargin, type PairLoss } from "./pair.ts";

/** (1 − σ(Δ/τ))·(−ln σ(Δ)) + σ(Δ/τ)·e^−Δ */
export const discopopLoss: PairLoss = (pairs, { beta, tau }) => {
  const margin = scaledMargin(pairs, beta);
  const share = tf.sigmoid(tf.div(margin, tau));
  const [logistic, exponential] = [negLogSigmoid(margin), tf.exp(tf.neg(margin))];
  return tf.add(tf.mul(logistic, tf.sub(1, share)), tf.mul(exponential, share));
};
