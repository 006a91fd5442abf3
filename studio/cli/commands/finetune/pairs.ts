/** What `gradbook finetune dpo` and `reward` share: a model and pairs of answers in, a run out. */
import { join } from "node:path";
import { loadTrainingState, loadWeights } from "../../../../lib/checkpoint/index.ts";
import { fail } from "../../../../lib/core/errors.ts";
import type { GPT, TrainableModel } from "../../../../lib/models/index.ts";
import { encodePreferences, readPreferences, type RankingData } from "../../../../lib/rlhf/index.ts";
import { runId, type TrainingRun, type TrainOptions } from "../../../../lib/train/index.ts";
import { interruptible } from "../../interruptible.ts";
import type { OptionSpecs } from "../../options.ts";
import { chatFormat, everyTenth, formatOption, loadGPT, modelAndFile, runOptions, validationOption } from "./shared.ts"; // prettier-ignore

export const PAIRS_DETAILS =
  'PAIRS.jsonl has two answers to a prompt on each line, {"prompt": …, "chosen": …, "rejected": …}, as texts or messages; OpenAI\'s ' +
  "records fit, too. Pairs that teach nothing (equal or empty answers, too long ones) are left out and named.\n\n" +
  "Every setting of the method and the training is an option, with the default in brackets.";

export const pairsOptions = {
  validation: validationOption("pairs"),
  format: formatOption("none: plain text"),
  ...runOptions("<method>"),
} as const satisfies OptionSpecs;

interface Values {
  validation?: string;
  format?: string;
  tokenizer?: string;
  out?: string;
  resume?: string;
  json?: boolean;
}

interface Method<M extends TrainableModel> {
  name: string;
  /** The model that is trained, out of the one in the folder. */
  prepare(base: GPT): M;
  train(model: M, data: RankingData, options: TrainOptions): Promise<TrainingRun>;
}

export async function runOnPairs<M extends TrainableModel>(
  words: readonly string[],
  values: Values,
  { name, prepare, train }: Method<M>,
): Promise<number> {
  const [folder, file] = modelAndFile(words, "pairs");
  const { resume, validation } = values;
  const format = chatFormat(values.format);

  const { model: base, tokenizer } = loadGPT(folder, values.tokenizer);
  const { contextLength } = base.config;
  const encode = async (path: string) => {
    const options = { tokenizer, contextLength, format };
    const { rankings, refused } = encodePreferences(await readPreferences(path), options);
    if (refused.length > 0) {
      const first = refused.slice(0, 3).map(({ number, reason }) => `pair ${number + 1}: ${reason}`);
      console.error(`${path}: left out ${refused.length} of ${rankings.length + refused.length} pairs; ${first.join(" · ")}`); // prettier-ignore
    }
    return rankings;
  };
  const all = await encode(file);
  if (validation === undefined && all.length < 10)
    fail(file, { expected: "at least 10 pairs, or --validation", got: all.length });
  const data: RankingData =
    validation === undefined ? everyTenth(all) : { train: all, validation: await encode(validation) };

  const model = prepare(base);
  const checkpoint = resume === undefined ? undefined : join(resume, "checkpoint");
  if (checkpoint !== undefined) loadWeights(model, checkpoint);
  const run = await interruptible((signal) =>
    train(model, data, {
      ...{ tokenizer, signal, directory: values.out ?? resume ?? join("runs", runId(name)) },
      ...(checkpoint !== undefined && { resume: loadTrainingState(checkpoint) }),
      ...(values.json && { observer: {} }),
    }),
  );
  if (values.json) console.log(JSON.stringify(run));
  else console.log(`saved in ${run.checkpoint}`);
  return 0;
}
