/** The hinge of SLiC (Zhao et al., arXiv 2305.10425) on DPO's margin (Liu et al., arXiv 2309.06657). */
import { tf } from "../../engine/index.ts";
import { scaledMargin, type PairLoss } from "./pair.ts";

/** max(0, 1 − Δ): pairs that are told apart clearly enough teach nothing more. */
export const hingeLoss: PairLoss = (pairs, { beta }) => tf.relu(tf.sub(1, scaledMargin(pairs, beta)));
