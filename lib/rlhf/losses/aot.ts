/**
 * Alignment via optimal transport (Melnyk et al., arXiv 2406.05882): not each pair, but the whole distribution of the
 * chosen answers is to lie above that of the rejected. Both are sorted, and like is compared with like.
 */
import { tf } from "../../engine/index.ts";
import { smoothed } from "./dpo.ts";
import { logRatios, type PairLoss } from "./pair.ts";

/** Paired: sorted ln π(chosen)/π(rejected) against sorted ln π_ref(chosen)/π_ref(rejected). */
export const aotLoss: PairLoss = (pairs, { beta, labelSmoothing }) => {
  const policy = sorted(tf.sub(pairs.chosen, pairs.rejected));
  const reference = sorted(tf.sub(pairs.refChosen, pairs.refRejected));
  return smoothed(tf.mul(tf.sub(policy, reference), beta), labelSmoothing);
};

/** Unpaired: sorted ln π/π_ref of the chosen against that of the rejected, whatever pairs they came from. */
export const aotUnpairedLoss: PairLoss = (pairs, { beta, labelSmoothing }) => {
  const { chosen, rejected } = logRatios(pairs);
  return smoothed(tf.mul(tf.sub(sorted(chosen), sorted(rejected)), beta), labelSmoothing);
};

/** From the largest to the smallest; each value learns from its new place. */
const sorted = tf.customGrad((given, save) => {
  const x = given as tf.Tensor;
  const { values, indices } = tf.topk(x, x.size);
  (save as tf.GradSaveFunc)([indices]);
  return {
    value: values,
    // The order that puts the places back where they were.
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.gather(dy, tf.topk(tf.neg(tf.cast(saved[0], "float32")), x.size).indices),
  };
}) as (x: tf.Tensor) => tf.Tensor;
