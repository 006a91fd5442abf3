/**
 * Binary classifier optimization (Jung et al., arXiv 2404.04656), for pairs: is an answer a good one or a bad one?
 *
 * Left out, as in TRL's pair form: the moving reward shift δ of the unpaired method.
 */
import { tf } from "../../engine/index.ts";
import { logRatios, negLogSigmoid, type PairLoss } from "./pair.ts";

/** −ln σ(r⁺) − ln σ(−r⁻), r = β·ln π/π_ref */
export const bcoLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  return tf.add(negLogSigmoid(tf.mul(chosen, beta)), negLogSigmoid(tf.mul(rejected, -beta)));
};
