/** `gradbook finetune dpo`: a model learns from pairs of answers, by DPO or one of its relatives. */
import { feedbackTrainConfig, pairBatchConfig, preferenceConfig, preferenceTrainDefaults, trainPreferences } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { defineCommand } from "../../command.ts";
import { configOptions, readAllOptions } from "../../config-options.ts";
import { adaptedBy, adapterOptions } from "./adapter.ts";
import { EVERY_SETTING, judgedOptions, readPairs, runOnJudged } from "./judged.ts";
import { differing } from "./shared.ts";

const DETAILS =
  'PAIRS.jsonl has two answers to a prompt on each line, {"prompt": …, "chosen": …, "rejected": …}, as texts or messages; OpenAI\'s ' +
  "records fit, too. Pairs that teach nothing (equal or empty answers, too long ones) are left out and named.\n" +
  `Answers that were judged one by one: gradbook finetune kto.\n\n${EVERY_SETTING}`;

const CONFIGS = [preferenceConfig, pairBatchConfig, feedbackTrainConfig] as const;

export const dpoCommand = defineCommand({
  usage: "finetune dpo MODEL PAIRS.jsonl [options]",
  summary:
    "Teaches a GPT to prefer the chosen answers: DPO and eighteen relatives, by --loss. Ctrl+C finishes the step and saves.",
  details: `${DETAILS}\n${differing(preferenceTrainDefaults)}\n\nExample:\n  gradbook finetune dpo checkpoints/cafe runs/10-reward-model/learned.jsonl --loss ipo --beta 0.5`,
  options: {
    ...judgedOptions("pairs"),
    ...adapterOptions,
    ...configOptions(CONFIGS),
  },
  run: (words, values) =>
    runOnJudged(words, values, {
      name: "dpo",
      what: "pairs",
      read: readPairs,
      prepare: adaptedBy(values),
      train: (model, data, options) =>
        trainPreferences(model, data, readAllOptions(CONFIGS, values), options),
    }),
});
