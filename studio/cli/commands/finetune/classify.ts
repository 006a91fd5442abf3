/** `gradbook finetune classify`: a model learns to judge texts, from labelled ones in a file. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint } from "../../../../lib/checkpoint/index.ts";
import { fail } from "../../../../lib/core/errors.ts";
import { classify, classifyConfig, loraConfig, readLabelledTexts } from "../../../../lib/finetune/index.ts";
import { Bert, GPT, SequenceModel } from "../../../../lib/models/index.ts";
import { loadTokenizer } from "../../../../lib/tokenizers/index.ts";
import { runId, trainConfig } from "../../../../lib/train/index.ts";
import { defineCommand } from "../../command.ts";
import { configOptions, readConfigOptions } from "../../config-options.ts";
import { interruptible } from "../../interruptible.ts";
import { loraOptions } from "./adapter.ts";
import { everyTenth, modelAndFile, runOptions, validationOption } from "./shared.ts";

/** Of the training, what is not the recipe's own. */
const OWN = [...Object.keys(classifyConfig.fields), "steps"];

export const classifyCommand = defineCommand({
  usage: "finetune classify MODEL TEXTS.jsonl [options]",
  summary:
    'Teaches a GPT or BERT to judge texts, from lines {"text": …, "label": …}. Ctrl+C finishes the step and saves.',
  details:
    "Labels are names of classes, or numbers with --objective regression. Every setting of the recipe, the adapter and the training is an option, with the default in brackets.\n\n" +
    "Examples:\n" +
    "  gradbook finetune classify runs/bert reviews.jsonl --epochs 5 --token-dropout 0.2\n" +
    "  gradbook finetune classify runs/base ratings.jsonl --objective regression --adapter lora",
  options: {
    validation: validationOption("texts"),
    ...runOptions("classify"),
    ...configOptions([classifyConfig, loraConfig]),
    ...configOptions([trainConfig], OWN),
  },
  async run(words, values) {
    const [folder, file] = modelAndFile(words, "labelled texts");
    const lora = loraOptions(values);
    const inRun = join(folder, "checkpoint");
    const loaded = loadCheckpoint(existsSync(join(inRun, "manifest.json")) ? inRun : folder, "any");
    const model: unknown = loaded.model;
    if (!(model instanceof GPT || model instanceof Bert || model instanceof SequenceModel))
      return fail(folder, { expected: "a GPT, a BERT or a classifier", got: `a ${loaded.model.kind}` });
    const tokenizer = values.tokenizer === undefined ? loaded.tokenizer : loadTokenizer(values.tokenizer);
    if (!tokenizer)
      return fail(folder, {
        expected: "a tokenizer saved with the model",
        got: "none",
        hint: "name its file with --tokenizer",
      });
    const all = await readLabelledTexts(file);
    const held = values.validation === undefined ? undefined : await readLabelledTexts(values.validation);
    if (!held && all.length < 10)
      fail(file, { expected: "at least 10 texts, or --validation", got: all.length });
    const data = held ? { train: all, validation: held } : everyTenth(all);
    const { steps: _, ...training } = readConfigOptions(trainConfig, values);
    const { run, labels } = await interruptible((signal) =>
      classify(model, data, readConfigOptions(classifyConfig, values), {
        ...{ tokenizer, signal, lora },
        directory: values.out ?? values.resume ?? join("runs", runId("classify")),
        training: Object.fromEntries(Object.entries(training).filter(([name]) => !OWN.includes(name))),
        ...(values.resume !== undefined && { resume: join(values.resume, "checkpoint") }),
        ...(values.json && { observer: {} }),
      }),
    );
    if (values.json) console.log(JSON.stringify({ ...run, labels }));
    else console.log(`saved in ${run.checkpoint}`);
    return 0;
  },
});
