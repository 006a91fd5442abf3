/** `gradbook finetune ppo`: a model learns from its own answers and a reward, as InstructGPT did. */
import { feedbackTrainConfig, ppoConfig, ppoTrainDefaults, rolloutConfig, trainPPO } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { defineCommand } from "../../command.ts";
import { configOptions, readAllOptions } from "../../config-options.ts";
import { ONLINE_DETAILS, onlineOptions, runFinetune } from "./online.ts";
import { differing } from "./shared.ts";

const CONFIGS = [ppoConfig, rolloutConfig, feedbackTrainConfig] as const;

export const ppoCommand = defineCommand({
  usage: "finetune ppo MODEL PROMPTS.jsonl --reward REWARD [options]",
  summary:
    "Lets a GPT answer prompts and learn from a reward by PPO, close to the model it was. Ctrl+C finishes the step and saves.",
  details: `${ONLINE_DETAILS}\n${differing(ppoTrainDefaults)}\n\nExample:\n  gradbook finetune ppo runs/assistant prompts.jsonl --reward runs/judge --format chatml --max-tokens 40 --kl-target 6`,
  options: { ...onlineOptions, ...configOptions(CONFIGS) },
  run: (words, values) =>
    runFinetune("ppo", words, values, (model, data, options) =>
      trainPPO(model, data, readAllOptions(CONFIGS, values), options),
    ),
});
