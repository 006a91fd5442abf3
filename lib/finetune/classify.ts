/**
 * A trained GPT or BERT learns to judge texts from labelled examples: classes, or a quantity (Radford et al. 2018;
 * Devlin et al., arXiv 1810.04805, fine-tuned this way).
 *
 * Cross-entropy over the classes, or the mean squared error. Logged: `loss`, `accuracy`, and on the validation texts
 * `eval_loss`, `eval_accuracy`, `eval_f1` (macro); for a quantity `eval_mae` and `eval_correlation`.
 */
import { labelledBatches, labelledSequence, type LabelledIds } from "../batches/labelled-texts.ts";
import { loadTrainingState, loadWeights } from "../checkpoint/load.ts";
import { fail, shown } from "../core/errors.ts";
import type { Bert } from "../models/bert.ts";
import type { BertConfig } from "../models/bert-config.ts";
import type { GPT } from "../models/gpt.ts";
import { SequenceModel } from "../models/sequence.ts";
import { labelsOf } from "../models/sequence-config.ts";
import { trainingMonitor } from "../notebook/live/training-monitor.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import type { TrainSettings } from "../train/train-config.ts";
import { train, type TrainingRun, type TrainOptions } from "../train/train.ts";
import { classifyConfig, type ClassifySettings } from "./classify-config.ts";
import { judging } from "./judging.ts";
import type { LoraConfig } from "./lora-config.ts";
import { judgementScores, textJudge } from "./text-judge.ts";

/** A text with its class by name, or with a quantity. */
export interface LabelledText {
  text: string;
  label: string | number;
}

export interface ClassifyOptions extends Omit<TrainOptions, "tokenizer" | "resume" | "evaluate"> {
  tokenizer: Tokenizer;
  /** Settings of the adapter. */
  lora?: Partial<LoraConfig>;
  /** More settings of the training: schedule, evaluateEvery, emaDecay, … */
  training?: Partial<TrainSettings>;
  /** Folder of a checkpoint of the same recipe; the run goes on from there to the same bits. */
  resume?: string;
}

export interface ClassifyResult {
  model: SequenceModel;
  run: TrainingRun;
  /** Names of the classes in the order of the model's scores; none for a quantity. */
  labels: string[];
}

/**
 * @param body left as it is; its weights are copied. A `SequenceModel` is trained further in place
 * @throws GradbookError naming the text whose label does not fit, that is empty or has too many tokens; and as `train`
 * @example
 * const { model } = await classify(bert, { train, validation }, { epochs: 3 }, { tokenizer });
 * textJudge(model, { tokenizer }).judge(["A dull film."]); // [{ label: "negative", scores: [2.1, -2.0] }]
 */
export async function classify(
  body: GPT | Bert | SequenceModel,
  data: { train: readonly LabelledText[]; validation: readonly LabelledText[] },
  settings: Partial<ClassifySettings>,
  options: ClassifyOptions,
): Promise<ClassifyResult> {
  const config = classifyConfig.parse(settings);
  const { tokenizer, lora, training = {}, resume, ...rest } = options;
  const regression = config.objective === "regression";
  const known = body instanceof SequenceModel ? labelsOf(body.config) : [];
  const labels = known.length > 0 || regression ? known : classesOf(data.train);
  const encode = (part: "train" | "validation"): LabelledIds[] =>
    data[part].map((example, i) => {
      const where = `classify ${part} text ${i}`;
      const ids = fitting(where, tokenizer.encode(example.text), body.config.contextLength, config.tooLong);
      if (regression) {
        if (typeof example.label !== "number" || !Number.isFinite(example.label))
          fail(where, { expected: "a finite number as label, for regression", got: shown(example.label) });
        return { ids, values: [example.label as number] };
      }
      const number = labels.indexOf(String(example.label));
      if (number < 0)
        fail(where, { expected: `a label among ${labels.join(", ")}`, got: String(example.label) });
      return { ids, class: number };
    });
  const [learned, held] = [encode("train"), encode("validation")];
  const model = judging(body, config, labels, lora);
  const { batchSize, seed, tokenDropout } = config;
  const rows = { batchSize, padId: (model.config as Partial<BertConfig>).padId ?? 0 };
  const loader = labelledBatches(learned, {
    ...rows,
    seed,
    tokenDropout,
    keep: [...tokenizer.special.values()],
  });
  if (resume) loadWeights(model, resume);
  const steps = Math.max(1, Math.ceil((config.epochs * loader.batchesPerEpoch) / (training.accumulate ?? 1)));
  const judge = textJudge(model, { tokenizer, rows: batchSize, cut: config.tooLong === "cut" });
  try {
    const run = await train(
      model,
      { train: loader, validation: labelledSequence(held, rows) },
      {
        ...{ steps, warmupSteps: Math.ceil(steps / 10), evaluateEvery: Math.ceil(steps / 5) },
        ...training,
        ...{ learningRate: config.learningRate, neftuneAlpha: config.neftuneAlpha },
      },
      {
        observer: classifyMonitor(regression),
        ...rest,
        tokenizer,
        rewindAfterEnd: false, // The judge is gone by then.
        settings: { classify: config, ...rest.settings },
        evaluate: () =>
          judgementScores(judge.judge(data.validation.map(({ text }) => text)), data.validation),
        ...(resume !== undefined && { resume: loadTrainingState(resume) }),
      },
    );
    return { model, run, labels };
  } finally {
    judge.dispose();
  }
}

function classesOf(texts: readonly LabelledText[]): string[] {
  const labels = [...new Set(texts.map(({ label }) => String(label)))].sort();
  if (labels.length < 2)
    fail("classify", { expected: "at least two classes", got: labels.length === 0 ? "no text" : labels[0] });
  const bar = labels.find((label) => label === "" || label.includes("|"));
  if (bar !== undefined)
    fail("classify", { expected: "labels that are not empty and have no |", got: shown(bar) });
  return labels;
}

function fitting(
  where: string,
  ids: Uint32Array,
  longest: number,
  tooLong: ClassifySettings["tooLong"],
): Uint32Array {
  if (ids.length === 0) fail(where, { expected: "a text that has tokens", got: "an empty one" });
  if (ids.length <= longest || tooLong === "cut") return ids.subarray(0, longest);
  return fail(where, {
    expected: `at most ${longest} tokens, the model's contextLength`,
    got: `${ids.length} tokens`,
    hint: 'tooLong "cut" keeps its beginning',
  });
}

/** The chart of a run: the loss large, accuracy and F1 beside it. */
function classifyMonitor(regression: boolean): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    title: regression ? "Regression" : "Classifier",
    loss: regression ? "mean squared error" : "loss (nats per text)",
    measures: regression
      ? { "absolute error": ["mae"], correlation: ["correlation"] }
      : { accuracy: ["accuracy"], "F1 (macro)": ["f1"] },
  });
}
