/**
 * Direct preference optimization (Rafailov et al., arXiv 2305.18290): the reward model is the policy itself.
 *
 *   L = −ln σ(Δ),   Δ = β·(ln π/π_ref (chosen) − ln π/π_ref (rejected))
 *
 * and what changes when labels are wrong with probability ε: the conservative loss (Mitchell 2023, "A note on DPO with
 * noisy preferences"), which asks for no certainty beyond 1 − ε, and the robust one (Chowdhury et al., arXiv 2403.00409),
 * whose mean over wrong labels is the loss on right ones. TRL's `sigmoid` pays no attention to its label_smoothing;
 * here ε belongs to the losses that use it.
 */
import { tf } from "../../engine/index.ts";
import { logRatios, negLogSigmoid, perToken, scaledMargin, type PairLoss } from "./pair.ts";

/** −ln σ(Δ) */
export const dpoLoss: PairLoss = (pairs, { beta }) => negLogSigmoid(scaledMargin(pairs, beta));

/** −(1 − ε)·ln σ(Δ) − ε·ln σ(−Δ) */
export const conservativeDpoLoss: PairLoss = (pairs, { beta, labelSmoothing }) =>
  smoothed(scaledMargin(pairs, beta), labelSmoothing);

/** (−(1 − ε)·ln σ(Δ) + ε·ln σ(−Δ)) / (1 − 2ε) */
export const robustDpoLoss: PairLoss = (pairs, { beta, labelSmoothing }) => {
  const margin = scaledMargin(pairs, beta);
  const right = tf.mul(negLogSigmoid(margin), 1 - labelSmoothing);
  const turned = tf.mul(negLogSigmoid(tf.neg(margin)), labelSmoothing);
  return tf.div(tf.sub(right, turned), 1 - 2 * labelSmoothing);
};

/** −ln σ(Δ) with each log-ratio divided by its answer's length (TRL's `sigmoid_norm`). */
export const normalizedDpoLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  const [better, worse] = [perToken(chosen, pairs.chosenTokens), perToken(rejected, pairs.rejectedTokens)];
  return negLogSigmoid(tf.mul(tf.sub(better, worse), beta));
};

/** −(1 − ε)·ln σ(x) − ε·ln σ(−x) */
export function smoothed(x: tf.Tensor, epsilon: number): tf.Tensor {
  if (epsilon === 0) return negLogSigmoid(x);
  return tf.add(tf.mul(negLogSigmoid(x), 1 - epsilon), tf.mul(negLogSigmoid(tf.neg(x)), epsilon));
}
