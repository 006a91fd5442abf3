/** Efficient exact optimization (Ji et al., arXiv 2402.00856, equation 16 for two answers). */
import { tf } from "../../engine/index.ts";
import { negLogSigmoid, scaledMargin, type PairLoss } from "./pair.ts";

/**
 * KL(q ‖ p) of what the model says, q = (σ(Δ), σ(−Δ)), from what people said, p = (1 − ε, ε):
 * σ(Δ)·(ln σ(Δ) − ln(1 − ε)) + σ(−Δ)·(ln σ(−Δ) − ln ε). Needs an ε above 0; the paper's is 0.001.
 */
export const exoLoss: PairLoss = (pairs, { beta, labelSmoothing }) => {
  const margin = scaledMargin(pairs, beta);
  const side = (x: tf.Tensor, label: number): tf.Tensor =>
    tf.mul(tf.sigmoid(x), tf.sub(tf.neg(negLogSigmoid(x)), Math.log(label)));
  return tf.add(side(margin, 1 - labelSmoothing), side(tf.neg(margin), labelSmoothing));
};
