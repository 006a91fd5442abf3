/**
 * Contrastive preference optimization (Xu et al., arXiv 2401.08417): DPO against a reference that finds everything equally
 * likely, and beside it learning to write the chosen answer.
 */
import { tf } from "../../engine/index.ts";
import { smoothed } from "./dpo.ts";
import { type PairLogProbs, type PairLoss } from "./pair.ts";

/** −ln σ(β·(ln π(chosen) − ln π(rejected))) + α·NLL, with ε as in conservative DPO. */
export const cpoLoss: PairLoss = (pairs, { beta, labelSmoothing, nllWeight }) => {
  const preference = smoothed(tf.mul(tf.sub(pairs.chosen, pairs.rejected), beta), labelSmoothing);
  return nllWeight === 0 ? preference : tf.add(preference, tf.mul(chosenNll(pairs), nllWeight));
};

/** Mean nats per token of all chosen answers together, a scalar: what supervised fine-tuning makes small. */
export function chosenNll({ chosen, chosenTokens }: PairLogProbs): tf.Tensor {
  return tf.neg(tf.div(tf.sum(chosen), tf.maximum(tf.sum(chosenTokens), 1)));
}

/** The chosen answers alone, for comparison. */
export const sftLoss: PairLoss = (pairs) => tf.add(chosenNll(pairs), tf.zerosLike(pairs.chosen));
