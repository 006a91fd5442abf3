/** `gradbook finetune reward`: a model learns from pairs of answers to say how good one is. */
import { pairBatchConfig, rewardConfig, rewardModel, rewardTrainDefaults, trainReward } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { trainConfig } from "../../../../lib/train/index.ts";
import { defineCommand } from "../../command.ts";
import { configOptions, readConfigOptions } from "../../config-options.ts";
import { PAIRS_DETAILS, judgedOptions, readPairs, runOnJudged } from "./judged.ts";
import { differing } from "./shared.ts";

export const rewardCommand = defineCommand({
  usage: "finetune reward MODEL PAIRS.jsonl [options]",
  summary:
    "Makes a reward model of a GPT: one number for a whole answer, higher for the chosen ones. Ctrl+C finishes the step and saves.",
  details: `${PAIRS_DETAILS}\n${differing(rewardTrainDefaults)}\n\nExample:\n  gradbook finetune reward checkpoints/cafe runs/10-reward-model/learned.jsonl --out runs/judge`,
  options: { ...judgedOptions("pairs"), ...configOptions([rewardConfig, pairBatchConfig, trainConfig]) },
  run: (words, values) =>
    runOnJudged(words, values, {
      name: "reward",
      what: "pairs",
      read: readPairs,
      prepare: (base) => rewardModel(base, { seed: readConfigOptions(pairBatchConfig, values).seed }),
      train: (model, data, options) =>
        trainReward(
          model,
          data,
          {
            ...readConfigOptions(rewardConfig, values),
            ...readConfigOptions(pairBatchConfig, values),
            ...readConfigOptions(trainConfig, values),
          },
          options,
        ),
    }),
});
