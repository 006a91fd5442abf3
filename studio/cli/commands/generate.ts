/** `gradbook generate`: a model writes, token by token, to the terminal. */
import { generateConfig, generateText } from "../../../lib/generate/index.ts";
import { defineCommand } from "../command.ts";
import { configOptions, readConfigOptions } from "../config-options.ts";
import { interruptible } from "../interruptible.ts";
import { loadLanguageModel } from "../load-model.ts";
import { UsageError } from "../options.ts";

export const generateCommand = defineCommand({
  usage: "generate MODEL --prompt TEXT [options]",
  summary:
    "Writes on from a prompt. MODEL is a checkpoint, a run, or a folder of Hugging Face's. Ctrl+C ends the text.",
  details:
    'Example:\n  gradbook generate runs/2026-11-26T10-00-00-gpt --prompt "The whale" --temperature 0.5',
  options: {
    prompt: { type: "string", short: "p", value: "TEXT", description: "what the text begins with" },
    stop: { type: "string", multiple: true, value: "TEXT", description: "end where this would be written" },
    tokenizer: { type: "string", value: "FILE", description: "tokenizer, if none is saved with the model" },
    json: { type: "boolean", description: "print prompt and text as JSON when done" },
    ...configOptions([generateConfig]),
  },
  async run([folder, ...rest], values) {
    if (folder === undefined || rest.length > 0) throw new UsageError("expected one MODEL");
    if (!values.prompt) throw new UsageError("expected --prompt TEXT");
    const { model, tokenizer } = loadLanguageModel(folder, values.tokenizer);
    const { prompt } = values;
    const text = await interruptible((signal) =>
      generateText(model, tokenizer, prompt, {
        ...readConfigOptions(generateConfig, values),
        stop: values.stop,
        signal,
        ...(!values.json && { onText: (piece: string) => void process.stdout.write(piece) }),
      }),
    );
    console.log(values.json ? JSON.stringify({ prompt, text }) : "");
    return 0;
  },
});
