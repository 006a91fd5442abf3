/** `gradbook finetune sft`: a model learns to answer, from conversations in a file. */
import { join } from "node:path";
import { fail } from "../../../../lib/core/errors.ts";
import {
  conversationLength,
  loraConfig,
  readConversations,
  saveAdapter,
  sft,
  sftConfig,
} from "../../../../lib/finetune/index.ts";
import { runId, trainConfig } from "../../../../lib/train/index.ts";
import { defineCommand } from "../../command.ts";
import { configOptions, readConfigOptions } from "../../config-options.ts";
import { interruptible } from "../../interruptible.ts";
import { loraOptions } from "./adapter.ts";
import { chatFormat, formatOption, loadGPT, modelAndFile, runOptions, validationOption } from "./shared.ts";

/** Of the training, what is not the recipe's own. */
const OWN = [...Object.keys(sftConfig.fields), "steps"];

export const sftCommand = defineCommand({
  usage: "finetune sft MODEL CONVERSATIONS.jsonl [options]",
  summary:
    "Teaches a GPT to answer, from conversations in OpenAI's or TRL's format. Ctrl+C finishes the step and saves.",
  details:
    "Every setting of the recipe, the adapter and the training is an option, with the default in brackets.\n\n" +
    "Examples:\n" +
    "  gradbook finetune sft checkpoints/pretrained chats.jsonl --epochs 3 --learning-rate 0.0005\n" +
    "  gradbook finetune sft runs/base chats.jsonl --adapter lora --rank 16 --out runs/assistant",
  options: {
    format: formatOption("chatml"),
    validation: validationOption("conversations"),
    ...runOptions("sft"),
    ...configOptions([sftConfig, loraConfig]),
    ...configOptions([trainConfig], OWN),
  },
  async run(words, values) {
    const [folder, file] = modelAndFile(words, "conversations");
    const format = chatFormat(values.format ?? "chatml");
    const lora = loraOptions(values);
    const { model, tokenizer } = loadGPT(folder, values.tokenizer);

    const settings = readConfigOptions(sftConfig, values);
    const { contextLength } = model.config;
    const { tooLong = sftConfig.defaults.tooLong } = settings;
    const read = (path: string) =>
      readConversations(path, (conversation) => {
        if (tooLong !== "error") return undefined;
        const length = conversationLength(conversation, { tokenizer, format });
        if (length <= contextLength) return undefined;
        return `${length} tokens, more than the model's contextLength ${contextLength} (--too-long cut keeps the beginning)`;
      });
    const all = await read(file);
    const held = values.validation === undefined ? undefined : await read(values.validation);
    if (!held && all.length < 2)
      fail(file, { expected: "at least 2 conversations, one to judge on", got: all.length });
    const isHeld = (i: number): boolean => (all.length < 10 ? i === all.length - 1 : i % 10 === 9);
    const data = {
      train: held ? all : all.filter((_, i) => !isHeld(i)),
      validation: held ?? all.filter((_, i) => isHeld(i)),
    };

    const directory = values.out ?? values.resume ?? join("runs", runId("sft"));
    const { steps: _, ...training } = readConfigOptions(trainConfig, values);
    const withAdapter = settings.adapter !== undefined && settings.adapter !== "none";
    const adapter = withAdapter ? join(directory, "adapter") : undefined;
    const run = await interruptible(async (signal) => {
      const { model: student, run } = await sft(model, data, settings, {
        ...{ tokenizer, format, lora, directory },
        training: Object.fromEntries(Object.entries(training).filter(([name]) => !OWN.includes(name))),
        ...(values.resume !== undefined && { resume: join(values.resume, "checkpoint") }),
        signal,
        ...(values.json && { observer: {} }),
      });
      if (adapter !== undefined) saveAdapter(adapter, student, lora);
      return run;
    });
    if (values.json) console.log(JSON.stringify({ ...run, ...(adapter !== undefined && { adapter }) }));
    else console.log(`saved in ${adapter ?? run.checkpoint}`);
    return 0;
  },
});
