/** Anchored preference optimization (D'Oosterlinck et al., arXiv 2408.06266, equations 7 and 8). */
import { tf } from "../../engine/index.ts";
import { logRatios, scaledMargin, type PairLoss } from "./pair.ts";

/** 1 − σ(r⁺) + σ(r⁻), r = β·ln π/π_ref: chosen answers become likelier. For answers better than the model's own. */
export const apoZeroLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  return tf.add(tf.sub(1, tf.sigmoid(tf.mul(chosen, beta))), tf.sigmoid(tf.mul(rejected, beta)));
};

/** σ(r⁺) + 1 − σ(r⁺ − r⁻): both become less likely, the rejected more so. For answers worse than the model's own. */
export const apoDownLoss: PairLoss = (pairs, { beta }) => {
  const { chosen } = logRatios(pairs);
  return tf.add(tf.sigmoid(tf.mul(chosen, beta)), tf.sub(1, tf.sigmoid(scaledMargin(pairs, beta))));
};
