/** `gradbook finetune reward`: a model learns from pairs of answers, or longer rankings, to say how good one is. */
import { feedbackTrainConfig, pairBatchConfig, rewardConfig, rewardModel, rewardTrainDefaults, trainReward } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { defineCommand } from "../../command.ts";
import { configOptions, readAllOptions, readConfigOptions } from "../../config-options.ts";
import { EVERY_SETTING, judgedOptions, readRanked, runOnJudged } from "./judged.ts";
import { differing } from "./shared.ts";

const DETAILS =
  "RANKINGS.jsonl has answers to a prompt on each line, as texts or messages, in one of these forms:\n" +
  '  {"prompt": …, "chosen": …, "rejected": …}   a pair; with "margin": N, the chosen one is to be better by N\n' +
  '  {"prompt": …, "answers": [best, …, worst]}  three or more; --loss plackett_luce takes them pick by pick\n' +
  "  what the ranking widget wrote, and OpenAI's pairs\n" +
  "Rankings that teach nothing (equal, equally good or empty answers, too long ones) are left out and named.\n\n" +
  EVERY_SETTING;

const CONFIGS = [rewardConfig, pairBatchConfig, feedbackTrainConfig] as const;

export const rewardCommand = defineCommand({
  usage: "finetune reward MODEL RANKINGS.jsonl [options]",
  summary:
    "Makes a reward model of a GPT: one number for a whole answer, higher for the chosen ones. Ctrl+C finishes the step and saves.",
  details: `${DETAILS}\n${differing(rewardTrainDefaults)}\n\nExample:\n  gradbook finetune reward checkpoints/cafe runs/10-reward-model/learned.jsonl --out runs/judge`,
  options: {
    ...judgedOptions("rankings"),
    ...configOptions(CONFIGS),
  },
  run: (words, values) =>
    runOnJudged(words, values, {
      name: "reward",
      what: "rankings",
      read: readRanked,
      prepare: (base) => ({
        model: rewardModel(base, { seed: readConfigOptions(pairBatchConfig, values).seed }),
      }),
      train: (model, data, options) => trainReward(model, data, readAllOptions(CONFIGS, values), options),
    }),
});
