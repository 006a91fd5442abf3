/**
 * What the losses of preference learning start from: log-probabilities of two answers to a prompt, of which people
 * preferred one, under the model that learns (π) and under the one it started from (π_ref).
 *
 * `B` pairs. Every loss of this folder maps them to `[B]` losses; preference-loss.ts takes the mean and adds what is
 * plotted.
 */
import { tf } from "../../engine/index.ts";

export interface PairLogProbs {
  /** ln π(chosen answer | prompt), summed over its tokens, `[B]`. */
  chosen: tf.Tensor;
  rejected: tf.Tensor;
  /** The same under π_ref, `[B]`; losses without a reference do not look at them. */
  refChosen: tf.Tensor;
  refRejected: tf.Tensor;
  /** Tokens of each answer, `[B]`, float32. */
  chosenTokens: tf.Tensor;
  rejectedTokens: tf.Tensor;
}

export interface PairSettings {
  /** How much the model is held to the reference; τ in IPO's paper. */
  beta: number;
  /** Share of pairs that are thought to be labelled the wrong way round. */
  labelSmoothing: number;
  /** SimPO: the margin that is asked for. */
  gamma: number;
  /** ORPO, CPO: weight of learning to write the chosen answer, or of the preference beside it. */
  nllWeight: number;
  /** DiscoPOP: how sharply it changes from one part to the other. */
  tau: number;
}

/** `[B]` losses of pairs. */
export type PairLoss = (pairs: PairLogProbs, settings: PairSettings) => tf.Tensor;

/** −ln σ(x), for x of any size. */
export const negLogSigmoid = (x: tf.Tensor): tf.Tensor => tf.softplus(tf.neg(x));

/** ln π/π_ref of the chosen and of the rejected answers; times β these are DPO's rewards. */
export function logRatios(pairs: PairLogProbs): { chosen: tf.Tensor; rejected: tf.Tensor } {
  return {
    chosen: tf.sub(pairs.chosen, pairs.refChosen),
    rejected: tf.sub(pairs.rejected, pairs.refRejected),
  };
}

/** β·(ln π/π_ref (chosen) − ln π/π_ref (rejected)): by how much the implied reward prefers the chosen answer. */
export function scaledMargin(pairs: PairLogProbs, beta: number): tf.Tensor {
  const { chosen, rejected } = logRatios(pairs);
  return tf.mul(tf.sub(chosen, rejected), beta);
}

/** Divided by the number of an answer's tokens. */
export const perToken = (sums: tf.Tensor, tokens: tf.Tensor): tf.Tensor =>
  tf.div(sums, tf.maximum(tokens, 1));
