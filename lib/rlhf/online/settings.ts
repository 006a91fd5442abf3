/** The settings that all learning from answers of its own shares. */
import { defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";

export const rolloutConfig = defineConfig("rollout", {
  maxTokens: integer({
    default: 16,
    min: 1,
    max: 1_000_000,
    unit: "tokens",
    description: "Most tokens of an answer.",
  }),
  minibatches: integer({
    default: 1,
    min: 1,
    max: 10_000,
    description: "Parts that the answers of a rollout are cut into: a step of the weights learns from one.",
  }),
  rewardTimeout: number({
    default: 30,
    min: 0.01,
    max: 1e6,
    unit: "seconds",
    description: "How long a reward may take for an answer before the run is saved and ends.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 2 ** 31,
    description: "The same seed takes the prompts in the same order and draws the same answers.",
  }),
});

export type RolloutSettings = ConfigValues<typeof rolloutConfig>;
