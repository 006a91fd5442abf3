/**
 * Answers with a thumb up or down into a policy: KTO (losses/kto.ts) over the training loop of gradbook/train, so that
 * charts, Stop, live sliders, run history and resuming are those of every other run.
 */
import { join } from "node:path";
import { fail } from "../../core/errors.ts";
import { tf } from "../../engine/index.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { withLosses } from "../../models/losses.ts";
import { trainingMonitor } from "../../notebook/live/training-monitor.ts";
import { runId } from "../../train/run-log.ts";
import { train, type TrainingRun } from "../../train/train.ts";
import type { TrainSettings } from "../../train/train-config.ts";
import type { TokenJudgement } from "../data/judgements.ts";
import { rankingBatches, rankingSequence } from "../data/ranking-batches.ts";
import { ktoLoss, type KtoSettings } from "../losses/kto.ts";
import { answerLogProbs, type PolicyModel } from "../train/answer-log-probs.ts";
import { runReference } from "../train/reference.ts";
import {
  feedbackTrainConfig,
  type FeedbackTrainSettings,
  pairBatchConfig,
  splitSettings,
  type PairBatchSettings,
} from "../train/settings.ts";
import { preferenceTrainDefaults, type PreferenceTrainOptions } from "../train/train-preferences.ts";
import { ktoConfig, ktoWeights, type KtoTrainLoss } from "./kto-config.ts";
import { ktoRows, spread } from "./kto-rows.ts";

export type KtoTrainSettings = KtoTrainLoss & FeedbackTrainSettings & PairBatchSettings;

/** Answers to learn from, and others to look at. */
export interface JudgementData {
  train: readonly TokenJudgement[];
  validation: readonly TokenJudgement[];
}

/**
 * Trains `policy` in place on answers that are good or bad by themselves, and saves it.
 *
 * The KL of a step is estimated from as many answers to other prompts as the batch has answers.
 *
 * @param settings of `ktoConfig`, `pairBatchConfig` and `feedbackTrainConfig` in one object
 * @throws GradbookError as `train`; when there are no good ones, no bad ones or only one prompt; when a resumed run has no
 *   reference
 * @example
 * const { judgements } = encodeJudgements(pairs.flatMap(unpair), { tokenizer, contextLength });
 * await trainKto(model, { train: judgements.slice(50), validation: judgements.slice(0, 50) }, { beta: 0.1 });
 */
export async function trainKto(
  policy: PolicyModel,
  data: JudgementData,
  settings: Partial<KtoTrainSettings> = {},
  options: PreferenceTrainOptions = {},
): Promise<TrainingRun> {
  const [mine, batches, training] = splitSettings(settings, ktoConfig, pairBatchConfig, feedbackTrainConfig);
  const kto = ktoConfig.parse(mine);
  const { batchSize, seed } = pairBatchConfig.parse(batches);
  const good = data.train.filter((judgement) => judgement.good).length;
  const bad = data.train.length - good;
  if (good === 0 || bad === 0)
    fail("trainKto", {
      expected: "good and bad answers to train on",
      got: `${good} good ones and ${bad} bad`,
    });
  const { reference: given, ...rest } = options;
  const directory = options.directory ?? join("runs", runId(policy.kind));
  const held = spread(data.validation);
  const rows = { train: ktoRows(data.train), validation: ktoRows(held, [...held, ...data.train]) };
  const reference = runReference(policy, rows, { directory, given, resumed: !!options.resume });
  return train(
    ktoObjective(policy, { beta: kto.beta, ...ktoWeights(kto, { good, bad }) }),
    {
      train: rankingBatches(rows.train, { batchSize, seed, values: labelled(reference.train, data.train) }),
      validation: rankingSequence(rows.validation, {
        batchSize,
        values: labelled(reference.validation, held),
      }),
    },
    { ...preferenceTrainDefaults, ...(training as Partial<TrainSettings>) },
    {
      observer: ktoMonitor(),
      ...rest,
      directory,
      settings: { kto, pairs: { batchSize, seed } },
    },
  );
}

/** For each row the reference's log-probability, and 1 where the answer is a good one. */
function labelled(reference: readonly Float32Array[], judgements: readonly TokenJudgement[]): number[][] {
  return reference.map(([own, strange], i) => [own, Number(judgements[i].good), strange, 0]);
}

/** The model's own weights with KTO's loss over batches of `ktoRows`. */
function ktoObjective(policy: PolicyModel, settings: KtoSettings): TrainableModel {
  return withLosses(policy, (inputs, values, { segments, training = false } = {}) => {
    if (!segments) return fail("trainKto", { expected: "batches of rankingBatches", got: "others" });
    const [ownIds, strangeIds] = tf.split(inputs, 2);
    const [ownMarks, strangeMarks] = tf.split(segments, 2);
    const { logps } = answerLogProbs(policy, ownIds, ownMarks, training);
    // By itself, because the KL does not learn: no gradient goes through these rows.
    const { logps: klLogps } = answerLogProbs(policy, strangeIds, strangeMarks, false);
    const [refs, labels] = tf.unstack(values, 1);
    const [refLogps, klRefLogps] = tf.split(refs, 2);
    const [good] = tf.split(labels, 2);
    const { loss, metrics } = ktoLoss({ logps, refLogps, labels: good, klLogps, klRefLogps }, settings);
    return { loss, ...metrics };
  });
}

/** The chart of a run: the loss large, rewards and distance beside it. */
function ktoMonitor(): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    title: "KTO",
    loss: "loss",
    measures: {
      rewards: ["rewards/chosen", "rewards/rejected"],
      "KL from the start (nats)": ["kl"],
    },
  });
}
