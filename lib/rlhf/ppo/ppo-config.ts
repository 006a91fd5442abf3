/** The settings of PPO on answers, named as in TRL's PPOConfig where it has them. */
import { boolean, choice, defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { KL_ESTIMATORS } from "../kl-estimators.ts";

export const ppoConfig = defineConfig("ppo", {
  answers: integer({
    default: 64,
    min: 1,
    max: 1_000_000,
    unit: "answers",
    description: "Answers of a rollout, each to a prompt of its own.",
  }),
  epochs: integer({
    default: 4,
    min: 1,
    max: 1000,
    description: "How often the answers of a rollout are learned from.",
  }),
  klCoefficient: number({
    default: 0.05,
    min: 0,
    max: 100,
    description: "Price of a nat of distance from the reference, taken off the reward (InstructGPT: 0.02).",
  }),
  klTarget: number({
    default: 0,
    min: 0,
    max: 10_000,
    unit: "nats",
    description:
      "Distance per answer that the price aims at by going up and down (arXiv 1909.08593: 6). 0: the price stays.",
  }),
  klHorizon: number({
    default: 10_000,
    min: 1,
    max: 1e9,
    unit: "answers",
    description: "How slowly the price follows its target.",
  }),
  klEstimator: choice(KL_ESTIMATORS, {
    default: "k1",
    description: "How the distance at a token is estimated: k1 as it is, k3 with less noise.",
  }),
  clip: number({
    default: 0.2,
    min: 0.001,
    max: 10,
    description: "How far the probability of a token may move from when it was drawn.",
  }),
  valueClip: number({
    default: 0.2,
    min: 0.001,
    max: 1000,
    description: "How far a value may move from when the answer was drawn.",
  }),
  valueWeight: number({
    default: 0.1,
    min: 0,
    max: 100,
    description: "How much the loss of the values counts beside that of the policy.",
  }),
  gamma: number({
    default: 1,
    min: 0,
    max: 1,
    description: "How much a reward counts one token earlier.",
  }),
  lambda: number({
    default: 0.95,
    min: 0,
    max: 1,
    description: "Trust in the rewards that came (1) or in the values (0) (arXiv 1506.02438).",
  }),
  whitenRewards: boolean({
    default: false,
    description: "Divide the rewards of a rollout by their deviation.",
  }),
  missingEndPenalty: number({
    default: 0,
    min: 0,
    max: 1000,
    description: "Taken off the reward of an answer that was cut off.",
  }),
});

export type PpoSettings = ConfigValues<typeof ppoConfig>;
