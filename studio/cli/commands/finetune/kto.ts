/** `gradbook finetune kto`: a model learns from answers that are good or bad by themselves. */
import { encodeJudgements, feedbackTrainConfig, ktoConfig, pairBatchConfig, preferenceTrainDefaults, readJudgements, trainKto } from "../../../../lib/rlhf/index.ts"; // prettier-ignore
import { defineCommand } from "../../command.ts";
import { configOptions, readAllOptions } from "../../config-options.ts";
import { adaptedBy, adapterOptions } from "./adapter.ts";
import { EVERY_SETTING, judgedOptions, runOnJudged } from "./judged.ts";
import { differing } from "./shared.ts";

const DETAILS =
  'ANSWERS.jsonl has a judged answer on each line, {"prompt": …, "completion": …, "label": true or false}, as texts or messages. Of a pair ' +
  "{prompt, chosen, rejected} the chosen answer is good and the rejected one bad. Answers that are empty or too long are left out and named.\n\n" +
  EVERY_SETTING;

const CONFIGS = [ktoConfig, pairBatchConfig, feedbackTrainConfig] as const;

export const ktoCommand = defineCommand({
  usage: "finetune kto MODEL ANSWERS.jsonl [options]",
  summary:
    "Teaches a GPT from answers with a thumb up or down (KTO); they need not be pairs. Ctrl+C finishes the step and saves.",
  details: `${DETAILS}\n${differing(preferenceTrainDefaults)}\n\nExample:\n  gradbook finetune kto checkpoints/cafe thumbs.jsonl --beta 0.2`,
  options: {
    ...judgedOptions("answers"),
    ...adapterOptions,
    ...configOptions(CONFIGS),
  },
  run: (words, values) =>
    runOnJudged(words, values, {
      name: "kto",
      what: "answers",
      read: async (path, options) => {
        const { judgements, refused } = encodeJudgements(await readJudgements(path), options);
        return { examples: judgements, refused };
      },
      prepare: adaptedBy(values),
      train: (model, data, options) => trainKto(model, data, readAllOptions(CONFIGS, values), options),
    }),
});
