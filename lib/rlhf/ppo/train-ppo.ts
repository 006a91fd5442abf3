/**
 * PPO against a reward, as InstructGPT was trained (Ouyang et al., arXiv 2203.02155): the policy answers prompts, the
 * reward comes at the end of an answer and the distance from the reference is paid for at each token, a value head says
 * what is still to come, and policy and values take several small, clipped steps on the same answers.
 *
 * Logged under the names of TRL's PPOTrainer. Dropout is off. Left out: the mix with pre-training (PPO-ptx), a value
 * function with a body of its own. `R` rows, `T` time.
 */
import { tf } from "../../engine/index.ts";
import type { GPT } from "../../models/gpt.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { withLosses } from "../../models/losses.ts";
import { ValuedGPT } from "../../models/valued-gpt.ts";
import { trainingMonitor } from "../../notebook/live/training-monitor.ts";
import type { TrainingRun } from "../../train/train.ts";
import { klController } from "../kl-controller.ts";
import { maskedMean, tokenEntropy, tokenLogProbs } from "../log-probs.ts";
import { onlineReference } from "../online/reference.ts";
import { runDirectory, runOnline, type OnlineOptions, type PromptData } from "../online/run-online.ts";
import { rolloutConfig, type RolloutSettings } from "../online/settings.ts";
import { rowProgram } from "../rollout/rows.ts";
import { answerTargets } from "../train/answer-log-probs.ts";
import { feedbackTrainConfig, type FeedbackTrainSettings, splitSettings } from "../train/settings.ts";
import { ppoConfig, type PpoSettings } from "./ppo-config.ts";
import { ppoTokenLoss } from "./ppo-loss.ts";
import { ppoRows } from "./ppo-rows.ts";

export type PpoTrainSettings = PpoSettings & RolloutSettings & FeedbackTrainSettings;

/** Settings that differ from those of `train` and of rollouts. */
export const ppoTrainDefaults = {
  steps: 400,
  learningRate: 3e-4,
  weightDecay: 0,
  warmupSteps: 10,
  evaluateEvery: 80,
  minibatches: 4,
} as const satisfies Partial<PpoTrainSettings>;

/**
 * Trains `policy` on its own answers, and saves it: with the value head in `checkpoint` (kind "valued-gpt"). The weights of
 * `policy` change when the run ends, however it ends.
 *
 * @param settings of `ppoConfig`, `rolloutConfig` and `feedbackTrainConfig` in one object
 * @throws GradbookError as `train`; when a prompt leaves no room for an answer; when a reward fails, after saving
 * @example
 * await trainPPO(model, { train: prompts }, { maxTokens: 20 }, { tokenizer, endToken, rewards: rewardScorer(judge, { tokenizer }) });
 */
export async function trainPPO(
  policy: GPT,
  data: PromptData,
  settings: Partial<PpoTrainSettings>,
  options: OnlineOptions,
): Promise<TrainingRun> {
  const all = { ...ppoTrainDefaults, ...settings };
  const [mine, rolling, training] = splitSettings(all, ppoConfig, rolloutConfig, feedbackTrainConfig);
  const ppo = ppoConfig.parse(mine);
  const rollout = rolloutConfig.parse(rolling);
  const directory = runDirectory("ppo", options);
  const { reference: given, resume } = options;
  const reference = onlineReference(policy, { directory, given, resumed: resume !== undefined });
  const actor = ValuedGPT.of(policy, { seed: rollout.seed });
  const price = klController(ppo);
  const values = rowProgram(actor, "values", (ids) => actor.judged(ids).values);
  try {
    return await runOnline(
      {
        ...{ actor, rollout, reference: reference.model },
        objective: ppoObjective(actor, ppo),
        batches: {
          ...{ prompts: ppo.answers, copies: 1, epochs: ppo.epochs },
          memory: { state: () => price.coefficient, restore: (saved) => price.restore(saved) },
        },
        learn: (answers) => ppoRows(answers, values.run(answers.map(({ prompt, ids }) => ({ prompt, answer: ids }))), ppo, price), // prettier-ignore
        training,
      },
      data,
      { observer: ppoMonitor(), ...options, directory, settings: { ...options.settings, ppo } },
    );
  } finally {
    policy.parameters.write(actor.policy());
    values.dispose();
    actor.dispose();
    reference.dispose();
  }
}

/** The weights of policy and value head with PPO's loss, over batches of `ppoRows`. */
export function ppoObjective(actor: ValuedGPT, settings: PpoSettings): TrainableModel {
  return withLosses(actor, (inputs, given, { segments } = {}) => {
    const [rows, time] = inputs.shape as number[];
    const { targets, mask } = answerTargets(inputs, segments!);
    const { logits, values } = actor.judged(inputs);
    const list = (i: number): tf.Tensor => tf.slice(given, [0, i * time], [rows, time]);
    const [oldLogps, oldValues, advantages, returns] = [0, 1, 2, 3].map(list);
    return {
      ...ppoTokenLoss(
        { logps: tokenLogProbs(logits, targets), oldLogps, values, oldValues, advantages, returns, mask },
        settings,
      ),
      "policy/entropy_avg": maskedMean(tokenEntropy(logits), mask),
    };
  });
}

/** The chart of a run: the reward large, distance, entropy and the values' loss beside it. */
function ppoMonitor(): ReturnType<typeof trainingMonitor> {
  return trainingMonitor({
    ...{ title: "PPO", main: "reward" },
    measures: {
      "KL (nats per answer)": ["objective/kl"],
      "entropy (nats)": ["policy/entropy_avg"],
      "loss of the values": ["loss/value_avg"],
    },
  });
}
