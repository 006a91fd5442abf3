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
import { GPT } from "../../../../lib/models/index.ts";
import { chatFormats, type ChatFormatName } from "../../../../lib/tokenizers/index.ts";
import { runId, trainConfig } from "../../../../lib/train/index.ts";
import { defineCommand } from "../../command.ts";
import { configOptions, readConfigOptions } from "../../config-options.ts";
import { interruptible } from "../../interruptible.ts";
import { loadLanguageModel } from "../../load-model.ts";
import { UsageError } from "../../options.ts";

const FORMATS = Object.keys(chatFormats);
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
    format: { type: "string", value: FORMATS.join("|"), description: "chat template (chatml)" },
    validation: {
      type: "string",
      value: "FILE",
      description: "conversations to judge on (every 10th of the others)",
    },
    tokenizer: { type: "string", value: "FILE", description: "another tokenizer than the model's" },
    out: { type: "string", short: "o", value: "DIR", description: "folder of the run (runs/<time>-sft)" },
    resume: {
      type: "string",
      value: "DIR",
      description: "go on from the checkpoint in this folder of a run",
    },
    json: { type: "boolean", description: "print how it ended as JSON, and nothing else" },
    ...configOptions([sftConfig, loraConfig]),
    ...configOptions([trainConfig], OWN),
  },
  async run(words, values) {
    const [folder, file, ...more] = words;
    if (folder === undefined || file === undefined || more.length > 0)
      throw new UsageError("expected a folder with a model, and a file of conversations");
    const format = (values.format ?? "chatml") as ChatFormatName;
    if (!FORMATS.includes(format))
      throw new UsageError(`--format expects ${FORMATS.join(", ")}, got ${format}`);
    const { model, tokenizer } = loadLanguageModel(folder, values.tokenizer);
    if (!(model instanceof GPT)) fail(folder, { expected: "a GPT", got: `a ${model.kind}` });

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
    const lora = readConfigOptions(loraConfig, values);
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
