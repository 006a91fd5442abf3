/** `gradbook train`: pre-trains a language model on a text, and goes on with a run that was stopped. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { batchConfig, randomWindows, sequentialWindows } from "../../../lib/batches/index.ts";
import { writeAtomic } from "../../../lib/checkpoint/atomic-file.ts";
import { loadCheckpoint } from "../../../lib/checkpoint/index.ts";
import { fail } from "../../../lib/core/errors.ts";
import { Group, rankOf, shareBatches } from "../../../lib/distributed/index.ts";
import { formatBytes, formatCount } from "../../../lib/core/progress.ts";
import {
  estimateMemory,
  GPT,
  gptConfig,
  gptPreset,
  gptPresets,
  modernGPT,
  RecurrentLM,
  recurrentConfig,
  type GPTPreset,
} from "../../../lib/models/index.ts";
import type { LanguageModel } from "../../../lib/models/index.ts";
import { loadTokenizer, saveTokenizer, type Tokenizer } from "../../../lib/tokenizers/index.ts";
import { runId, train, trainConfig, trainPresets, type TrainSettings } from "../../../lib/train/index.ts";
import { defineCommand } from "../command.ts";
import { configOptions, flagOf, readConfigOptions } from "../config-options.ts";
import { interruptible } from "../interruptible.ts";
import { UsageError } from "../options.ts";
import { readText, readTokenizer } from "../training-text.ts";

const MODELS = ["gpt", "modern", "recurrent"] as const;

/** What a run was told, for going on with it. */
interface RunFile {
  data: string;
  held: number;
  batchSize: number;
  maxBatches: number;
  seed: number;
  settings: Partial<TrainSettings>;
}

const CONFIGS = [gptConfig, trainConfig, batchConfig];

export const trainCommand = defineCommand({
  usage: "train [TEXT-FILE or DATA-SET] [options]",
  summary:
    "Trains a language model on a text (default: moby-dick) and saves it in runs/. Ctrl+C finishes the step and saves.",
  details:
    "Every setting of the model, the batches and the training is an option, with the default in brackets.\n\n" +
    "Examples:\n" +
    "  gradbook train book.txt --preset nano --steps 500\n" +
    "  gradbook train tiny-shakespeare --model modern --preset tiny --tokenizer bpe:1024 --keep-best true\n" +
    "  gradbook train --resume runs/2026-11-26T10-00-00-gpt --steps 4000",
  options: {
    model: {
      type: "string",
      value: MODELS.join("|"),
      description: "GPT-2's parts, LLaMA's parts, or an LSTM (gpt)",
    },
    preset: {
      type: "string",
      value: "SIZE",
      description: `size of a GPT: ${Object.keys(gptPresets).join(", ")} (tiny)`,
    },
    tokenizer: {
      type: "string",
      value: "NAME",
      description: "char, bpe:SIZE, gpt2, cl100k_base, o200k_base, or a tokenizer file (char)",
    },
    held: {
      type: "string",
      value: "SHARE",
      description: "share of the text that is held out to judge on (0.1)",
    },
    out: { type: "string", short: "o", value: "DIR", description: "folder of the run (runs/<time>-<kind>)" },
    resume: { type: "string", value: "DIR", description: "go on with the run in this folder" },
    tensorboard: { type: "boolean", description: "also write event files for TensorBoard" },
    json: { type: "boolean", description: "print how it ended as JSON, and nothing else" },
    ...configOptions(CONFIGS, ["vocabSize"]),
  },
  async run(words, values) {
    if (words.length > 1) throw new UsageError(`expected one text, got ${words.join(" and ")}`);
    const isResumed = values.resume !== undefined;
    if (isResumed && words.length > 0) throw new UsageError("a resumed run has its text already");
    const settled = isResumed && SETTLED.find((name) => values[name as keyof typeof values] !== undefined);
    if (settled)
      throw new UsageError(`--${settled} cannot change in a resumed run; its settings of training can, such as --steps`); // prettier-ignore
    const given = readConfigOptions(trainConfig, values);
    const resumed = values.resume === undefined ? undefined : readRun(values.resume);
    const { batchSize, maxBatches, seed } = {
      ...batchConfig.defaults,
      ...readConfigOptions(batchConfig, values),
    };
    const preset = readChoice("preset", values.preset ?? "tiny", Object.keys(gptPresets)) as GPTPreset;
    const run: RunFile = resumed?.run ?? {
      data: words[0] ?? "moby-dick",
      held: readShare(values.held ?? "0.1"),
      ...{ batchSize, maxBatches, seed },
      settings: trainPresets[preset as keyof typeof trainPresets] ?? {},
    };
    run.settings = { ...run.settings, ...given };
    const text = await readText(run.data, run.held);
    const tokenizer = resumed
      ? resumed.tokenizer
      : readTokenizer(values.tokenizer ?? "char", text.train + text.validation);
    const model = resumed?.model ?? makeModel(values, preset, tokenizer.vocabSize, run.seed);
    const windows = { batchSize: run.batchSize, contextLength: model.config.contextLength };
    const say = (line: string): void => void (values.json || console.log(line));
    say(describe(model, run));

    const place = rankOf();
    const group = place && new Group(place);
    const own = values.resume ?? values.out ?? join("runs", runId(model.kind));
    const directory = group?.told("run", own) ?? own;
    // Before the first step: a run that is killed can be gone on with as soon as it has saved.
    if (!group || group.rank === 0) writeRun(directory, run, resumed ? undefined : tokenizer);
    const loader = randomWindows(tokenizer.encode(text.train), { ...windows, seed: run.seed });
    const ended = await interruptible((signal) =>
      train(
        model,
        {
          train: group ? shareBatches(loader, group) : loader,
          validation: sequentialWindows(tokenizer.encode(text.validation), {
            ...windows,
            maxBatches: run.maxBatches,
          }),
        },
        run.settings,
        {
          tokenizer,
          ...(group && { processes: group }),
          ...(resumed && { resume: resumed.training }),
          directory,
          signal,
          tensorboard: values.tensorboard,
          ...(values.json && { observer: {} }),
        },
      ),
    );
    group?.close();
    if (group && group.rank > 0) return 0;
    if (values.json) console.log(JSON.stringify(ended));
    else console.log(`saved in ${ended.checkpoint}\n  gradbook generate ${ended.checkpoint} --prompt "…"`);
    return 0;
  },
});

function makeModel(
  values: Record<string, unknown>,
  preset: GPTPreset,
  vocabSize: number,
  seed: number,
): LanguageModel {
  const kind = readChoice("model", (values.model as string | undefined) ?? "gpt", MODELS);
  const changes = { ...readConfigOptions(gptConfig, values), vocabSize };
  if (kind !== "recurrent")
    return new GPT(gptPreset(preset, { ...(kind === "modern" && modernGPT), ...changes }), { seed });
  const { layers, width, contextLength } = gptPresets[preset];
  const known = Object.keys(recurrentConfig.fields);
  const foreign = Object.keys(changes).find((name) => !known.includes(name));
  if (foreign) throw new UsageError(`a recurrent model has no ${foreign}`);
  return new RecurrentLM({ layers, width, contextLength, ...changes }, { seed });
}

function describe(model: LanguageModel, run: RunFile): string {
  const memory =
    model instanceof GPT
      ? `, about ${formatBytes(estimateMemory(model.config, run.batchSize).total)} of memory`
      : "";
  return `${model.kind} with ${formatCount(model.parameters.count)} parameters on ${run.data}${memory}`;
}

/** What a run keeps from its start to its end: its model, its batches, its text and where it lies. */
const SETTLED = [
  ...["model", "preset", "tokenizer", "held", "out"],
  ...[gptConfig, recurrentConfig, batchConfig].flatMap(({ fields }) => Object.keys(fields)).map(flagOf),
];

const RUN_FILE = "run.json";
const TOKENIZER_FILE = "tokenizer.json";

/**
 * Kept beside the checkpoint: the text and settings, to go on without saying them again.
 *
 * @param tokenizer of a run that begins; one that goes on has its own there
 */
function writeRun(directory: string, run: RunFile, tokenizer?: Tokenizer): void {
  mkdirSync(directory, { recursive: true });
  writeAtomic(join(directory, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`);
  if (tokenizer) saveTokenizer(tokenizer, join(directory, TOKENIZER_FILE));
}

function readRun(directory: string) {
  const path = join(directory, RUN_FILE);
  if (!existsSync(path))
    fail("train", { expected: `a run of "gradbook train" at ${directory}`, got: `no ${RUN_FILE}` });
  let run: RunFile;
  try {
    run = JSON.parse(readFileSync(path, "utf8")) as RunFile;
  } catch (cause) {
    const hint = `the model is in ${join(directory, "checkpoint")}; copy ${RUN_FILE} of a like run to go on`;
    return fail("train", { expected: `the settings of a run in ${path}`, got: (cause as Error).message, hint, cause }); // prettier-ignore
  }
  const {
    model,
    training,
    tokenizer = loadTokenizer(join(directory, TOKENIZER_FILE)),
  } = loadCheckpoint(join(directory, "checkpoint"), "any");
  if (!training)
    fail("train", { expected: "a checkpoint with the state of its training", got: "one without" });
  return { run, model: model as LanguageModel, training, tokenizer };
}

function readChoice(name: string, value: string, choices: readonly string[]): string {
  if (!choices.includes(value)) throw new UsageError(`--${name} expects ${choices.join(", ")}, got ${value}`);
  return value;
}

function readShare(word: string): number {
  const share = Number(word);
  if (!(share > 0 && share < 1)) throw new UsageError(`--held expects a share between 0 and 1, got ${word}`);
  return share;
}
