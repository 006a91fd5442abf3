/** Simple preference optimization (Meng et al., arXiv 2405.14734): no reference, and no advantage from length. */
import { tf } from "../../engine/index.ts";
import { negLogSigmoid, perToken, type PairLoss } from "./pair.ts";

/** −ln σ(β·(ln π(chosen)/|chosen| − ln π(rejected)/|rejected|) − γ). The paper's β is 2 to 2.5, γ/β 0.5. */
export const simpoLoss: PairLoss = (pairs, { beta, gamma }) => {
  const better = perToken(pairs.chosen, pairs.chosenTokens);
  const worse = perToken(pairs.rejected, pairs.rejectedTokens);
  return negLogSigmoid(tf.sub(tf.mul(tf.sub(better, worse), beta), gamma));
};
