/**
 * Preferences into a policy: DPO and its relatives (losses/preference-loss.ts) over the training loop of gradbook/train,
 * so that charts, Stop, live sliders, run history and resuming are those of every other run.
 */
import { join } from "node:path";
import { fail } from "../../core/errors.ts";
import { runId } from "../../train/run-log.ts";
import { train, type TrainingRun, type TrainOptions } from "../../train/train.ts";
import type { TrainSettings } from "../../train/train-config.ts";
import { trainingMonitor } from "../../notebook/live/training-monitor.ts";
import { rankingBatches, rankingSequence } from "../data/ranking-batches.ts";
import type { RankingData, TokenRanking } from "../data/rankings.ts";
import { needsReference, parsePreferences, preferenceConfig, type PreferenceSettings } from "../losses/preference-loss.ts"; // prettier-ignore
import type { PolicyModel } from "./answer-log-probs.ts";
import { preferenceObjective } from "./preference-objective.ts";
import { runReference } from "./reference.ts";
import {
  feedbackTrainConfig,
  type FeedbackTrainSettings,
  pairBatchConfig,
  splitSettings,
  type PairBatchSettings,
} from "./settings.ts";

export type PreferenceTrainSettings = PreferenceSettings & FeedbackTrainSettings & PairBatchSettings;

/** Settings of training that differ from those of `train`: fine-tuning moves less and forgets nothing on purpose. */
export const preferenceTrainDefaults = {
  steps: 200,
  learningRate: 1e-4,
  weightDecay: 0,
  warmupSteps: 10,
  evaluateEvery: 50,
} as const satisfies Partial<TrainSettings>;

export interface PreferenceTrainOptions extends TrainOptions {
  /**
   * The model to stay close to. Default: with an adapter, the policy without it; else the policy as it is before the first
   * step, of which a resumed run finds the log-probabilities in its folder.
   */
  reference?: PolicyModel;
}

/**
 * Trains `policy` in place on pairs, and saves it.
 *
 * @param settings of `preferenceConfig`, `pairBatchConfig` and `feedbackTrainConfig` in one object
 * @throws GradbookError as `train`; when the data are no pairs; when a resumed run has no reference
 * @example
 * const { rankings } = encodePreferences(pairs, { tokenizer, contextLength });
 * await trainPreferences(model, { train: rankings.slice(50), validation: rankings.slice(0, 50) }, { loss: "ipo" });
 */
export async function trainPreferences(
  policy: PolicyModel,
  data: RankingData,
  settings: Partial<PreferenceTrainSettings> = {},
  options: PreferenceTrainOptions = {},
): Promise<TrainingRun> {
  const [mine, batches, training] = splitSettings(
    settings,
    preferenceConfig,
    pairBatchConfig,
    feedbackTrainConfig,
  );
  const preferences = parsePreferences(mine);
  const { batchSize, seed } = pairBatchConfig.parse(batches);
  for (const [part, rankings] of Object.entries(data)) {
    const wrong = rankings.find(({ answers }: TokenRanking) => answers.length !== 2);
    if (wrong)
      fail("trainPreferences", {
        expected: `pairs of answers to ${part} on`,
        got: `${wrong.answers.length} answers`,
      });
  }
  const { reference: given, ...rest } = options;
  const directory = options.directory ?? join("runs", runId(policy.kind));
  const reference = needsReference(preferences.loss)
    ? runReference(policy, data, { directory, given, resumed: !!options.resume })
    : undefined;
  return train(
    preferenceObjective(policy, preferences),
    {
      train: rankingBatches(data.train, { batchSize, seed, values: reference?.train }),
      validation: rankingSequence(data.validation, { batchSize, values: reference?.validation }),
    },
    { ...preferenceTrainDefaults, ...(training as Partial<TrainSettings>) },
    {
      observer: preferenceMonitor(preferences.loss),
      ...rest,
      directory,
      settings: { preferences, pairs: { batchSize, seed } },
    },
  );
}

/** The chart of a run: the loss large, accuracy and rewards beside it. */
function preferenceMonitor(loss: string): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    title: `Preferences: ${loss}`,
    loss: "loss",
    measures: {
      "share told apart rightly": ["rewards/accuracies"],
      rewards: ["rewards/chosen", "rewards/rejected"],
    },
  });
}
