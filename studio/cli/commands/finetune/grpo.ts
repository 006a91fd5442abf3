/** `gradbook finetune grpo`: a model learns from groups of its own answers. */
import { feedbackTrainConfig, groupConfig, groupTrainDefaults, rolloutConfig, trainGroup } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { defineCommand } from "../../command.ts";
import { configOptions, readAllOptions } from "../../config-options.ts";
import { ONLINE_DETAILS, onlineOptions, runFinetune } from "./online.ts";
import { differing } from "./shared.ts";

const CONFIGS = [groupConfig, rolloutConfig, feedbackTrainConfig] as const;

export const grpoCommand = defineCommand({
  usage: "finetune grpo MODEL PROMPTS.jsonl --reward REWARD [options]",
  summary:
    "Lets a GPT answer prompts in groups and learn from the better answers: GRPO, Dr. GRPO, DAPO, GSPO, RLOO. Ctrl+C finishes the step and saves.",
  details: `${ONLINE_DETAILS}\n${differing(groupTrainDefaults)}\n\nExample:\n  gradbook finetune grpo runs/adds sums.jsonl --reward arithmetic --end "\\n" --max-tokens 4 --loss-type dr_grpo`,
  options: { ...onlineOptions, ...configOptions(CONFIGS) },
  run: (words, values) =>
    runFinetune("grpo", words, values, (model, data, options) =>
      trainGroup(model, data, readAllOptions(CONFIGS, values), options),
    ),
});
