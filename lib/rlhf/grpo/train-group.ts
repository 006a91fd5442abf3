/**
 * Learning from groups of answers: the policy answers each prompt several times, rewards say how good each answer is, and
 * what was better than the rest of its group becomes likelier (GRPO, Shao et al., arXiv 2402.03300, and its relatives:
 * group-loss.ts, group-advantages.ts).
 *
 * Logged under the names of TRL's GRPOTrainer. Dropout is off, as the log-probabilities of drawing and of learning have to
 * be the same function of the weights. `R` rows, `T` time.
 */
import { tf } from "../../engine/index.ts";
import type { GPT } from "../../models/gpt.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { withLosses } from "../../models/losses.ts";
import { trainingMonitor } from "../../notebook/live/training-monitor.ts";
import type { TrainSettings } from "../../train/train-config.ts";
import type { TrainingRun } from "../../train/train.ts";
import { maskedMean, tokenEntropy, tokenLogProbs } from "../log-probs.ts";
import { onlineReference } from "../online/reference.ts";
import type { Rolled } from "../online/rollout-batches.ts";
import {
  rewardMetrics,
  runDirectory,
  runOnline,
  type OnlineOptions,
  type PromptData,
} from "../online/run-online.ts";
import { rolloutConfig, type RolloutSettings } from "../online/settings.ts";
import type { RolledAnswer } from "../rollout/rollouts.ts";
import { answerTargets } from "../train/answer-log-probs.ts";
import { feedbackTrainConfig, type FeedbackTrainSettings, splitSettings } from "../train/settings.ts";
import { groupAdvantages, type Scaling } from "./group-advantages.ts";
import { clipHighOf, groupConfig, type GroupSettings } from "./group-config.ts";
import { groupLoss, type GroupLoss } from "./group-loss.ts";

export type GroupTrainSettings = GroupSettings & RolloutSettings & FeedbackTrainSettings;

/** Settings of training that differ from those of `train`. */
export const groupTrainDefaults = {
  steps: 200,
  learningRate: 3e-4,
  weightDecay: 0,
  warmupSteps: 10,
  evaluateEvery: 50,
} as const satisfies Partial<TrainSettings>;

const SCALING: Partial<Record<GroupLoss, Scaling>> = { dr_grpo: "none", rloo: "leave-one-out" };

/**
 * Trains `policy` in place on its own answers, and saves it.
 *
 * @param settings of `groupConfig`, `rolloutConfig` and `feedbackTrainConfig` in one object
 * @throws GradbookError as `train`; when a prompt leaves no room for an answer; when a reward fails, after saving
 * @example
 * const data = { train: [{ prompt: "2+2=", answer: 4 }] };
 * await trainGroup(model, data, { maxTokens: 3 }, { tokenizer, endToken, rewards: arithmeticReward() });
 */
export async function trainGroup(
  policy: GPT,
  data: PromptData,
  settings: Partial<GroupTrainSettings>,
  options: OnlineOptions,
): Promise<TrainingRun> {
  const [mine, rolling, training] = splitSettings(settings, groupConfig, rolloutConfig, feedbackTrainConfig);
  const group = groupConfig.parse(mine);
  const rollout = rolloutConfig.parse(rolling);
  const directory = runDirectory(group.lossType, options);
  const { reference: given, resume } = options;
  const measured = group.klCoefficient > 0 || given !== undefined;
  const reference = measured
    ? onlineReference(policy, { directory, given, resumed: resume !== undefined })
    : undefined;
  try {
    return await runOnline(
      {
        ...{ actor: policy, rollout, reference: reference?.model },
        objective: groupObjective(policy, { ...group, maxTokens: rollout.maxTokens, reference: measured }),
        batches: { prompts: group.prompts, copies: group.groupSize, epochs: group.iterations },
        learn: (answers) => groupRows(answers, group),
        training: { ...groupTrainDefaults, ...(training as Partial<TrainSettings>) },
      },
      data,
      {
        observer: groupMonitor(group.lossType),
        ...options,
        directory,
        settings: { ...options.settings, group },
      },
    );
  } finally {
    reference?.dispose();
  }
}

/** Rows: log-probabilities as drawn (and the reference's) per token, one advantage. */
export function groupRows(
  answers: readonly RolledAnswer[],
  { lossType, groupSize, klCoefficient }: Pick<GroupSettings, "lossType" | "groupSize" | "klCoefficient">,
): Rolled {
  // RLOO's KL is part of the reward (arXiv 2402.14740), the others' of the loss.
  const price = lossType === "rloo" ? klCoefficient : 0;
  const rewards = answers.map(({ reward, logps, refLogps }) =>
    logps.reduce((sum, logp, i) => sum - price * (logp - (refLogps?.[i] ?? logp)), reward),
  );
  const { advantages, deviation, zeroDeviation } = groupAdvantages(rewards, groupSize, SCALING[lossType] ?? "group"); // prettier-ignore
  return {
    rows: answers.map(({ prompt, ids, logps, refLogps }, i) => ({
      ...{ prompt, answer: ids, perToken: refLogps ? [logps, refLogps] : [logps] },
      whole: [advantages[i]],
    })),
    metrics: {
      ...rewardMetrics(answers),
      reward_std: deviation,
      frac_reward_zero_std: zeroDeviation,
    },
  };
}

/** The policy's own weights with the loss of groups, over batches of `groupRows`. */
export function groupObjective(
  policy: GPT,
  settings: GroupSettings & { maxTokens: number; reference: boolean },
): TrainableModel {
  const clipHigh = clipHighOf(settings);
  return withLosses(policy, (inputs, values, { segments } = {}) => {
    const [rows, time] = inputs.shape as number[];
    const { targets, mask } = answerTargets(inputs, segments!);
    const logits = policy.logits(inputs);
    const list = (i: number): tf.Tensor => tf.slice(values, [0, i * time], [rows, time]);
    const lists = settings.reference ? 2 : 1;
    const { loss, kl, ...clipped } = groupLoss(
      {
        ...{ logps: tokenLogProbs(logits, targets), oldLogps: list(0), mask },
        ...(settings.reference && { refLogps: list(1) }),
        advantages: tf.slice(values, [0, lists * time], [rows, 1]).reshape([rows]),
      },
      { ...settings, clipHigh },
    );
    return {
      loss,
      ...(settings.reference && { kl }),
      entropy: maskedMean(tokenEntropy(logits), mask),
      ...clipped,
    };
  });
}

/** The chart of a run: the reward large, distance, entropy and length beside it. */
function groupMonitor(lossType: string): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    ...{ title: `Learning from groups of answers: ${lossType}`, main: "reward" },
    measures: {
      "KL (nats per token)": ["kl"],
      "entropy (nats)": ["entropy"],
      "tokens of an answer": ["completions/mean_length"],
    },
  });
}
