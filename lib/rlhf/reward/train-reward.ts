/** Rankings into a reward model, over the training loop of gradbook/train. */
import { fail } from "../../core/errors.ts";
import type { SequenceModel } from "../../models/sequence.ts";
import { trainingMonitor } from "../../notebook/live/training-monitor.ts";
import { train, type TrainingRun, type TrainOptions } from "../../train/train.ts";
import type { TrainSettings } from "../../train/train-config.ts";
import { rankingBatches, rankingSequence } from "../data/ranking-batches.ts";
import type { RankingData, TokenRanking } from "../data/rankings.ts";
import {
  feedbackTrainConfig,
  type FeedbackTrainSettings,
  pairBatchConfig,
  splitSettings,
  type PairBatchSettings,
} from "../train/settings.ts";
import { rewardConfig, rewardObjective, type RewardTrainLoss } from "./reward-objective.ts";

export type RewardTrainSettings = RewardTrainLoss & FeedbackTrainSettings & PairBatchSettings;

/** Settings of training that differ from those of `train`: InstructGPT's reward model saw its rankings once. */
export const rewardTrainDefaults = {
  steps: 200,
  learningRate: 3e-4,
  warmupSteps: 10,
  evaluateEvery: 50,
} as const satisfies Partial<TrainSettings>;

/**
 * Trains `model` in place on rankings of as many answers each, and saves it. The log has `accuracy` and `margin`, and
 * `eval_accuracy` on the validation rankings.
 *
 * @param settings of `rewardConfig`, `pairBatchConfig` and `feedbackTrainConfig` in one object
 * @throws GradbookError as `train`; when margins are given that the loss would not use
 * @example
 * const model = rewardModel(base);
 * await trainReward(model, { train: rankings.slice(100), validation: rankings.slice(0, 100) }, { steps: 300 });
 */
export async function trainReward(
  model: SequenceModel,
  data: RankingData,
  settings: Partial<RewardTrainSettings> = {},
  options: TrainOptions = {},
): Promise<TrainingRun> {
  const [mine, batches, training] = splitSettings(
    settings,
    rewardConfig,
    pairBatchConfig,
    feedbackTrainConfig,
  );
  const reward = rewardConfig.parse(mine);
  const { batchSize, seed } = pairBatchConfig.parse(batches);
  const answers = data.train[0]?.answers.length ?? 2;
  const withMargin = data.train.some(({ margin }) => margin !== undefined);
  if (withMargin && (answers > 2 || reward.loss !== "bradley_terry"))
    fail("trainReward", { expected: "margins with pairs and bradley_terry alone", got: `${reward.loss} on ${answers} answers` }); // prettier-ignore
  const values = (rankings: readonly TokenRanking[]): number[][] =>
    rankings.map(({ margin = 0 }) => [margin, ...new Array<number>(answers - 1).fill(0)]);
  return train(
    rewardObjective(model, reward, answers),
    {
      train: rankingBatches(data.train, { batchSize, seed, values: values(data.train) }),
      validation: rankingSequence(data.validation, { batchSize, values: values(data.validation) }),
    },
    { ...rewardTrainDefaults, ...(training as Partial<TrainSettings>) },
    { observer: rewardMonitor(), ...options, settings: { reward, pairs: { batchSize, seed } } },
  );
}

/** The chart of a run: the loss large, accuracy and margin beside it. */
function rewardMonitor(): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    title: "Reward model",
    loss: "loss",
    measures: { "share of pairs in the right order": ["accuracy"], "margin of rewards": ["margin"] },
  });
}
