/** From the answers of a rollout to what PPO learns from: advantages and returns per token, and what TRL logs of them. */
import { klOf } from "../kl-estimators.ts";
import type { KlController } from "../kl-controller.ts";
import type { Rolled } from "../online/rollout-batches.ts";
import { rewardMetrics } from "../online/run-online.ts";
import type { RolledAnswer } from "../rollout/rollouts.ts";
import type { PpoSettings } from "./ppo-config.ts";
import { tokenAdvantages } from "./token-advantages.ts";

/**
 * Rows with four lists: log-probabilities and values as drawn, advantages, returns. The price of a nat is moved towards its
 * target afterwards.
 *
 * @param values of the value head at each token
 */
export function ppoRows(
  answers: readonly RolledAnswer[],
  values: readonly number[][],
  settings: Omit<PpoSettings, "klCoefficient">,
  price: KlController,
): Rolled {
  const { klEstimator, missingEndPenalty, gamma, lambda, whitenRewards } = settings;
  const klCoefficient = price.coefficient;
  const kl = answers.map(({ logps, refLogps }) =>
    logps.map((logp, t) => klOf(klEstimator, logp, refLogps![t])),
  );
  const scores = answers.map(({ reward, ended }) => reward - (ended ? 0 : missingEndPenalty));
  const time = Math.max(...answers.map(({ ids }) => ids.length));
  const grid = (lists: readonly (readonly number[])[]): Float64Array => {
    const all = new Float64Array(lists.length * time);
    lists.forEach((list, row) => all.set(list, row * time));
    return all;
  };
  const { advantages, returns } = tokenAdvantages(
    { kl: grid(kl), values: grid(values), mask: grid(values.map((list) => list.map(() => 1))), scores },
    { klCoefficient, gamma, lambda, whitenRewards },
  );
  const rows = answers.map(({ prompt, ids, logps }, row) => {
    const own = (all: Float32Array): number[] =>
      Array.from(all.subarray(row * time, row * time + ids.length));
    return { prompt, answer: ids, perToken: [logps, values[row], own(advantages), own(returns)], whole: [] };
  });

  const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
  const distance = mean(kl.map(sum));
  price.update(distance, answers.length);
  return {
    rows,
    metrics: {
      ...rewardMetrics(answers),
      "objective/kl": distance,
      "objective/kl_coef": klCoefficient,
      "objective/entropy": mean(answers.map(({ logps }) => -sum(logps))),
      "objective/non_score_reward": -klCoefficient * distance,
      "objective/rlhf_reward": mean(scores) - klCoefficient * distance,
      "objective/scores": mean(scores),
      "val/num_eos_tokens": answers.filter(({ ended }) => ended).length,
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
