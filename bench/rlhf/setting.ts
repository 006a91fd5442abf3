/** One setting for all sides: GPT-2's parts at a size for two cores, answers of equal length, rewards that cost nothing. */
export const SETTING = {
  vocabulary: 512,
  layers: 4,
  heads: 4,
  width: 128,
  context: 64,
  /** Tokens of a prompt, and of an answer. */
  prompt: 8,
  answer: 32,
  /** Answers of a rollout; with GRPO groups of eight to a prompt. */
  answers: 64,
  group: 8,
  /** PPO: how often the answers are learned from, and in how many parts. */
  epochs: 4,
  minibatches: 4,
  klCoefficient: 0.04,
  learningRate: 1e-4,
} as const;

export const METHODS = ["grpo", "ppo"] as const;
export type Method = (typeof METHODS)[number];
