/** Noise contrastive alignment (Chen et al., arXiv 2402.05369), for pairs. */
import { tf } from "../../engine/index.ts";
import { logRatios, negLogSigmoid, type PairLoss } from "./pair.ts";

/**
 * −ln σ(r⁺) − ½·ln σ(−r⁺) − ½·ln σ(−r⁻) with r = β·ln π/π_ref: rewards are judged one by one, not by their difference, so
 * the chosen answer does not become less likely.
 */
export const ncaLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  const [better, worse] = [tf.mul(chosen, beta), tf.mul(rejected, beta)];
  const noise = tf.add(negLogSigmoid(tf.neg(better)), negLogSigmoid(tf.neg(worse)));
  return tf.add(negLogSigmoid(better), tf.mul(noise, 0.5));
};
