/** What `gradbook finetune dpo` and `reward` share: a model and pairs of answers in, a run out. */
import { join } from "node:path";
import { loadTrainingState, loadWeights } from "../../../../lib/checkpoint/index.ts";
import { fail } from "../../../../lib/core/errors.ts";
import { GPT, type TrainableModel } from "../../../../lib/models/index.ts";
import { encodePreferences, readPreferences, type RankingData } from "../../../../lib/rlhf/index.ts";
import { chatFormats, type ChatFormatName } from "../../../../lib/tokenizers/index.ts";
import { runId, type TrainingRun, type TrainOptions } from "../../../../lib/train/index.ts";
import { interruptible } from "../../interruptible.ts";
import { loadLanguageModel } from "../../load-model.ts";
import { UsageError, type OptionSpecs } from "../../options.ts";

const FORMATS = Object.keys(chatFormats);

export const PAIRS_DETAILS =
  'PAIRS.jsonl has two answers to a prompt on each line, {"prompt": …, "chosen": …, "rejected": …}, as texts or messages; OpenAI\'s ' +
  "records fit, too. Pairs that teach nothing (equal or empty answers, too long ones) are left out and named.\n\n" +
  "Every setting of the method and the training is an option, with the default in brackets.";

export const pairsOptions = {
  validation: { type: "string", value: "FILE", description: "pairs to judge on (every 10th of the others)" },
  format: { type: "string", value: FORMATS.join("|"), description: "chat template (none: plain text)" },
  tokenizer: { type: "string", value: "FILE", description: "another tokenizer than the model's" },
  out: { type: "string", short: "o", value: "DIR", description: "folder of the run (runs/<time>-<method>)" },
  resume: { type: "string", value: "DIR", description: "go on from the checkpoint in this folder of a run" },
  json: { type: "boolean", description: "print how it ended as JSON, and nothing else" },
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
  const [folder, file, ...more] = words;
  if (folder === undefined || file === undefined || more.length > 0)
    throw new UsageError("expected a folder with a model, and a file of pairs");
  const { format, resume, validation } = values;
  if (format !== undefined && !FORMATS.includes(format))
    throw new UsageError(`--format expects ${FORMATS.join(", ")}, got ${format}`);

  const { model: base, tokenizer } = loadLanguageModel(folder, values.tokenizer);
  if (!(base instanceof GPT)) fail(folder, { expected: "a GPT", got: `a ${base.kind}` });
  const { contextLength } = base.config;
  const encode = async (path: string) => {
    const options = { tokenizer, contextLength, format: format as ChatFormatName | undefined };
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
  const data: RankingData = {
    train: validation === undefined ? all.filter((_, i) => i % 10 !== 9) : all,
    validation: validation === undefined ? all.filter((_, i) => i % 10 === 9) : await encode(validation),
  };

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
