/** What `gradbook finetune ppo` and `grpo` share: a model, prompts and a reward in, a run out. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadCheckpoint, saveCheckpoint } from "../../../../lib/checkpoint/index.ts";
import { fail } from "../../../../lib/core/errors.ts";
import type { GPT } from "../../../../lib/models/index.ts";
import {
  arithmeticReward,
  codeReward,
  formatReward,
  readPrompts,
  rewardScorer,
  type OnlineOptions,
  type PromptData,
  type Reward,
} from "../../../../lib/rlhf/index.ts";
import type { ChatFormatName, Tokenizer } from "../../../../lib/tokenizers/index.ts";
import { runId, type TrainingRun } from "../../../../lib/train/index.ts";
import { interruptible } from "../../interruptible.ts";
import { UsageError, type OptionSpecs } from "../../options.ts";
import { adaptedBy, adapterOptions } from "./adapter.ts";
import { chatFormat, everyTenth, formatOption, loadGPT, modelAndFile, runOptions, validationOption } from "./shared.ts"; // prettier-ignore

export const ONLINE_DETAILS =
  "PROMPTS.jsonl has a prompt on each line, with what the reward wants to know of it:\n" +
  '  {"prompt": "2+2=", "answer": 4}\n' +
  "REWARD is one of\n" +
  '  arithmetic      the answer is the number in the prompt\'s "answer"\n' +
  "  format:PATTERN  the regular expression is found in the answer\n" +
  '  code            the JavaScript of prompt and answer passes the prompt\'s "tests", in the sandbox\n' +
  "  FOLDER          a reward model that was trained here\n" +
  "  FILE.ts         a module whose default export is a function of { prompt, answer, example, … }\n\n" +
  "Every setting of the method, the rollouts, the adapter and the training is an option, with the default in brackets.";

export const onlineOptions = {
  reward: { type: "string", value: "REWARD", description: "what makes an answer good; see above" },
  end: {
    type: "string",
    value: "TEXT",
    description:
      "text of the token that ends an answer, \\n for a line break (none: answers have --max-tokens)",
  },
  format: formatOption("none: plain text"),
  validation: validationOption("prompts"),
  ...runOptions("<method>"),
  ...adapterOptions,
} as const satisfies OptionSpecs;

type Values = { [name: string]: string | boolean | undefined } & {
  tokenizer?: string;
  json?: boolean;
};

/** @param train the method, with its settings read already */
export async function runFinetune(
  method: string,
  words: readonly string[],
  values: Values,
  train: (model: GPT, data: PromptData, options: OnlineOptions) => Promise<TrainingRun>,
): Promise<number> {
  const [folder, file] = modelAndFile(words, "prompts");
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const named = text("reward");
  if (named === undefined) throw new UsageError("expected --reward, what makes an answer good");
  const format = chatFormat(text("format"));
  const adapt = adaptedBy(values);

  const { model: base, tokenizer } = loadGPT(folder, text("tokenizer"));
  const { model, saveAdapter } = adapt(base);
  const all = readPrompts(file);
  const validation = text("validation");
  const { train: learned, validation: held } = everyTenth(all);
  const data: PromptData =
    validation === undefined
      ? { train: learned, validation: all.length < 10 ? undefined : held }
      : { train: all, validation: readPrompts(validation) };
  const resume = text("resume");
  const directory = text("out") ?? resume ?? join("runs", runId(method));
  const reward = await rewardNamed(named, tokenizer, format);
  const run = await interruptible((signal) =>
    train(model, data, {
      ...{ tokenizer, format, endToken: endTokenNamed(text("end"), tokenizer), directory, signal },
      rewards: { [named.split(":")[0]]: reward },
      ...(resume !== undefined && { resume: join(resume, "checkpoint") }),
      ...(values.json && { observer: {} }),
    }),
  );
  // The checkpoint is the run's, for going on; this is the model, for using.
  const kind = saveAdapter ? "adapter" : "model";
  const saved = join(directory, kind);
  if (saveAdapter) saveAdapter(saved);
  else saveCheckpoint(saved, { model, tokenizer });
  if (values.json) console.log(JSON.stringify({ ...run, [kind]: saved }));
  else console.log(`saved in ${saved}`);
  return 0;
}

async function rewardNamed(
  name: string,
  tokenizer: Tokenizer,
  format: ChatFormatName | undefined,
): Promise<Reward> {
  if (name === "arithmetic") return arithmeticReward();
  if (name === "code") return codeReward();
  if (name.startsWith("format:")) {
    try {
      return formatReward(new RegExp(name.slice("format:".length)));
    } catch (error) {
      throw new UsageError(`--reward ${name}: ${(error as Error).message}`);
    }
  }
  if (/\.[mc]?[jt]s$/.test(name)) {
    if (!existsSync(name)) fail("--reward", { expected: "a module", got: `nothing at ${name}` });
    const { default: reward } = (await import(pathToFileURL(resolve(name)).href)) as { default?: Reward };
    if (typeof reward !== "function")
      fail(name, { expected: "a function of an answer as default export", got: reward });
    return reward;
  }
  const inRun = join(name, "checkpoint");
  const folder = existsSync(inRun) ? inRun : name;
  if (!existsSync(folder))
    throw new UsageError(
      `--reward expects arithmetic, code, format:PATTERN, a folder with a reward model or a module, got ${name}`,
    );
  return rewardScorer(loadCheckpoint(folder, "sequence").model, { tokenizer, format });
}

function endTokenNamed(text: string | undefined, tokenizer: Tokenizer): number | undefined {
  if (text === undefined) return undefined;
  const ids = tokenizer.encode(text.replaceAll("\\n", "\n"));
  if (ids.length !== 1) throw new UsageError(`--end expects the text of one token, got ${ids.length} tokens`);
  return ids[0];
}
