/**
 * Identity preference optimization (Azar et al., arXiv 2310.12036, equation 17): the margin is pulled to 1/(2β) instead
 * of to infinity, so that clear preferences are not overfitted.
 *
 * As in TRL, and as its authors say their results were made, log-ratios are divided by the length of the answer.
 */
import { tf } from "../../engine/index.ts";
import { logRatios, perToken, type PairLoss } from "./pair.ts";

/** (ln π/π_ref (chosen)/|chosen| − ln π/π_ref (rejected)/|rejected| − 1/(2β))² */
export const ipoLoss: PairLoss = (pairs, { beta }) => {
  const { chosen, rejected } = logRatios(pairs);
  const margin = tf.sub(perToken(chosen, pairs.chosenTokens), perToken(rejected, pairs.rejectedTokens));
  return tf.square(tf.sub(margin, 1 / (2 * beta)));
};
