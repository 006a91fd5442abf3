/** `gradbook finetune METHOD`: the ways to teach a trained model something new, one file each. */
import type { Command, Entry } from "../../command.ts";

export const finetuneCommands: Record<string, Entry> = {
  sft: {
    summary: "teach a model to answer, from conversations",
    load: async () => (await import("./sft.ts")).sftCommand as Command,
  },
  classify: {
    summary: "teach a model to judge texts, from labelled ones",
    load: async () => (await import("./classify.ts")).classifyCommand as Command,
  },
  reward: {
    summary: "learn from pairs or rankings of answers to say how good one is",
    load: async () => (await import("./reward.ts")).rewardCommand as Command,
  },
  dpo: {
    summary: "learn from pairs of answers directly, by DPO and its relatives",
    load: async () => (await import("./dpo.ts")).dpoCommand as Command,
  },
  kto: {
    summary: "learn from answers with a thumb up or down, by KTO",
    load: async () => (await import("./kto.ts")).ktoCommand as Command,
  },
  ppo: {
    summary: "learn from its own answers and a reward, by PPO",
    load: async () => (await import("./ppo.ts")).ppoCommand as Command,
  },
  grpo: {
    summary: "learn from groups of its own answers, by GRPO and its relatives",
    load: async () => (await import("./grpo.ts")).grpoCommand as Command,
  },
};
