/**
 * Odds ratio preference optimization (Hong et al., arXiv 2403.07691): supervised fine-tuning on the chosen answer, with a
 * small push on the odds of the chosen against the rejected. No reference model.
 */
import { tf } from "../../engine/index.ts";
import { chosenNll } from "./cpo.ts";
import { negLogSigmoid, perToken, type PairLogProbs, type PairLoss } from "./pair.ts";

/** p = e^(mean log-probability) must stay below 1 for its odds to be finite; float32 resolves no finer. */
const HIGHEST_LOG = -1e-6;

/** NLL(chosen) − β·ln σ(ln odds(chosen) − ln odds(rejected)). β is λ in the paper, 0.1. */
export const orpoLoss: PairLoss = (pairs, { beta }) =>
  tf.add(chosenNll(pairs), tf.mul(negLogSigmoid(logOddsRatio(pairs)), beta));

/** ln (odds(chosen) / odds(rejected)), odds = p/(1 − p), p the geometric mean of the probabilities of the tokens; `[B]`. */
export function logOddsRatio(pairs: PairLogProbs): tf.Tensor {
  const better = logOdds(perToken(pairs.chosen, pairs.chosenTokens));
  return tf.sub(better, logOdds(perToken(pairs.rejected, pairs.rejectedTokens)));
}

function logOdds(logs: tf.Tensor): tf.Tensor {
  const below = tf.minimum(logs, HIGHEST_LOG);
  return tf.sub(below, tf.log1p(tf.neg(tf.exp(below))));
}
