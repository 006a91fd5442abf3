/** Self-play preference optimization (Wu et al., arXiv 2405.00675, equation 4.7), with verdicts of 1 and 0. */
import { tf } from "../../engine/index.ts";
import { logRatios, type PairLoss } from "./pair.ts";

/** (ln π/π_ref (chosen) − 1/(2β))² + (ln π/π_ref (rejected) + 1/(2β))² */
export const sppoLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  return tf.add(tf.square(tf.sub(chosen, 0.5 / beta)), tf.square(tf.add(rejected, 0.5 / beta)));
};
