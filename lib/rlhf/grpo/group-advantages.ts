/**
 * How much better a completion is than the others of its prompt: no value function is needed.
 *
 *   grpo        A = (r − mean)/(std + 1e-4), std unbiased   (Shao et al., arXiv 2402.03300)
 *   dr_grpo     A = r − mean                                (Liu et al., arXiv 2503.20783: no bias towards easy prompts)
 *   rloo        A = r − mean of the others                  (Ahmadian et al., arXiv 2402.14740)
 */
import { fail } from "../../core/errors.ts";

export const SCALINGS = ["group", "none", "leave-one-out"] as const;
export type Scaling = (typeof SCALINGS)[number];

/** Keeps groups of equal rewards from being divided by nothing; TRL's number. */
const EPSILON = 1e-4;

export interface GroupAdvantages {
  advantages: Float32Array;
  /** Mean of the groups' deviations. */
  deviation: number;
  /** Share of groups whose rewards are all equal: nothing is learned from them. */
  zeroDeviation: number;
}

/**
 * @param rewards the completions of each prompt stand together
 * @param size completions of each prompt, at least 2
 * @throws GradbookError when the rewards are no whole number of groups
 */
export function groupAdvantages(rewards: ArrayLike<number>, size: number, scaling: Scaling): GroupAdvantages {
  const groups = rewards.length / size;
  if (size < 2 || !Number.isInteger(groups) || groups === 0)
    fail("groupAdvantages", {
      expected: "whole groups of at least 2 completions",
      got: `${rewards.length} rewards, groups of ${size}`,
    });
  const advantages = new Float32Array(rewards.length);
  let [deviations, equal] = [0, 0];
  for (let group = 0; group < groups; group++) {
    const own = Array.from({ length: size }, (_, i) => rewards[group * size + i]);
    const mean = own.reduce((sum, r) => sum + r, 0) / size;
    const deviation = Math.sqrt(own.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (size - 1));
    deviations += deviation / groups;
    if (own.every((r) => r === own[0])) equal++;
    own.forEach((r, i) => {
      const scale = scaling === "group" ? 1 / (deviation + EPSILON) : scaling === "none" ? 1 : size / (size - 1); // prettier-ignore
      advantages[group * size + i] = (r - mean) * scale;
    });
  }
  return { advantages, deviation: deviations, zeroDeviation: equal / groups };
}
