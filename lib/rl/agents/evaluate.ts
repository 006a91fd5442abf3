/** How good a policy is: the rewards of whole episodes. */
import type { Environment } from "../environment.ts";

/** @returns the sum of rewards of each episode, started from the seeds `seed`, `seed + 1`, … */
export function evaluatePolicy(
  environment: Environment,
  act: (observation: Float32Array) => number,
  { episodes = 100, seed = 10_000 } = {},
): number[] {
  return Array.from({ length: episodes }, (_, episode) => {
    let { observation } = environment.reset(seed + episode);
    for (let total = 0; ;) {
      const step = environment.step(act(observation));
      total += step.reward;
      if (step.terminated || step.truncated) return total;
      observation = step.observation;
    }
  });
}
