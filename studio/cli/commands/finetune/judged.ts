/** What `gradbook finetune dpo`, `reward` and `kto` share: a model and judged answers in, a run out. */
import { join } from "node:path";
import { loadTrainingState, loadWeights } from "../../../../lib/checkpoint/index.ts";
import { fail } from "../../../../lib/core/errors.ts";
import type { GPT, TrainableModel } from "../../../../lib/models/index.ts";
import {
  encodePreferences,
  encodeRankings,
  readPreferences,
  readRankings,
  type EncodedRankings,
  type RankingOptions,
  type TokenRanking,
} from "../../../../lib/rlhf/index.ts";
import { runId, type TrainingRun, type TrainOptions } from "../../../../lib/train/index.ts";
import { interruptible } from "../../interruptible.ts";
import type { OptionSpecs } from "../../options.ts";
import type { Adapted } from "./adapter.ts";
import { chatFormat, everyTenth, formatOption, loadGPT, modelAndFile, runOptions, validationOption } from "./shared.ts"; // prettier-ignore

export const EVERY_SETTING =
  "Every setting of the method and the training is an option, with the default in brackets.";

/** @param what the file holds */
export const judgedOptions = (what: string) =>
  ({
    validation: validationOption(what),
    format: formatOption("none: plain text"),
    ...runOptions("<method>"),
  }) as const satisfies OptionSpecs;

interface Values {
  validation?: string;
  format?: string;
  tokenizer?: string;
  out?: string;
  resume?: string;
  json?: boolean;
}

interface Method<M extends TrainableModel, T> {
  name: string;
  /** What the file holds: "pairs". */
  what: string;
  /** What the file holds as token ids. */
  read(
    path: string,
    options: RankingOptions,
  ): Promise<{ examples: T[]; refused: EncodedRankings["refused"] }>;
  /** The model that is trained, out of the one in the folder, and how an adapter in it is kept by itself. */
  prepare(base: GPT): { model: M } & Pick<Adapted, "saveAdapter">;
  train(model: M, data: { train: T[]; validation: T[] }, options: TrainOptions): Promise<TrainingRun>;
}

/** Pairs of answers, for `read`. */
export async function readPairs(
  path: string,
  options: RankingOptions,
): Promise<{ examples: TokenRanking[]; refused: EncodedRankings["refused"] }> {
  const { rankings, refused } = encodePreferences(await readPreferences(path), options);
  return { examples: rankings, refused };
}

/** Pairs or longer rankings, for `read`. */
export async function readRanked(
  path: string,
  options: RankingOptions,
): Promise<{ examples: TokenRanking[]; refused: EncodedRankings["refused"] }> {
  const { rankings, refused } = encodeRankings(await readRankings(path), options);
  return { examples: rankings, refused };
}

export async function runOnJudged<M extends TrainableModel, T>(
  words: readonly string[],
  values: Values,
  { name, what, read, prepare, train }: Method<M, T>,
): Promise<number> {
  const [folder, file] = modelAndFile(words, what);
  const { resume, validation } = values;
  const format = chatFormat(values.format);

  const { model: base, tokenizer } = loadGPT(folder, values.tokenizer);
  const { contextLength } = base.config;
  const encode = async (path: string) => {
    const { examples, refused } = await read(path, { tokenizer, contextLength, format });
    if (refused.length > 0) {
      const first = refused.slice(0, 3).map(({ number, reason }) => `${what.slice(0, -1)} ${number + 1}: ${reason}`); // prettier-ignore
      console.error(`${path}: left out ${refused.length} of ${examples.length + refused.length} ${what}; ${first.join(" · ")}`); // prettier-ignore
    }
    return examples;
  };
  const all = await encode(file);
  if (validation === undefined && all.length < 10)
    fail(file, { expected: `at least 10 ${what}, or --validation`, got: all.length });
  const data =
    validation === undefined ? everyTenth(all) : { train: all, validation: await encode(validation) };

  const { model, saveAdapter } = prepare(base);
  const checkpoint = resume === undefined ? undefined : join(resume, "checkpoint");
  if (checkpoint !== undefined) loadWeights(model, checkpoint);
  const run = await interruptible((signal) =>
    train(model, data, {
      ...{ tokenizer, signal, directory: values.out ?? resume ?? join("runs", runId(name)) },
      ...(checkpoint !== undefined && { resume: loadTrainingState(checkpoint) }),
      ...(values.json && { observer: {} }),
    }),
  );
  const adapter = saveAdapter && join(run.directory, "adapter");
  if (adapter !== undefined) saveAdapter!(adapter);
  if (values.json) console.log(JSON.stringify({ ...run, ...(adapter !== undefined && { adapter }) }));
  else console.log(`saved in ${adapter ?? run.checkpoint}`);
  return 0;
}
