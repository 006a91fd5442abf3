/**
 * What PPO and the GRPO family share: the policy answers, rewards are asked for, and the training loop of gradbook/train
 * learns from the answers, so that charts, Stop, live sliders, run history and resuming are those of every other run.
 *
 * The run's folder has, beside log and checkpoint, every answer in `completions.jsonl`.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadTrainingState, loadWeights } from "../../checkpoint/load.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { notebookHost } from "../../notebook/host.ts";
import type { TrainObserver } from "../../train/observer.ts";
import type { TrainSettings } from "../../train/train-config.ts";
import { runId } from "../../train/run-log.ts";
import { train, type TrainingRun, type TrainOptions } from "../../train/train.ts";
import {
  encodePrompts,
  type AnswerFormat,
  type PromptExample,
  type TokenPrompt,
} from "../rollout/prompts.ts";
import type { Rewards } from "../rollout/rewards.ts";
import { rolloutsOf, type OnlinePolicy, type RolledAnswer } from "../rollout/rollouts.ts";
import type { PolicyModel } from "../train/answer-log-probs.ts";
import { completionsTable } from "./completions-table.ts";
import { rolloutBatches, type Rolled, type RolloutBatchOptions } from "./rollout-batches.ts";
import type { Rollout, SeenAnswer } from "./rollout.ts";
import type { RolloutSettings } from "./settings.ts";

export interface PromptData {
  train: readonly PromptExample[];
  /** Answered at every evaluation, with the same seed; by default those of the first rollout. */
  validation?: readonly PromptExample[];
}

export interface OnlineOptions extends Omit<TrainOptions, "tokenizer" | "resume" | "evaluate">, AnswerFormat {
  /** What makes an answer good: one reward, or several by name. */
  rewards: Rewards;
  /** What each is multiplied by before they are added up; 1 by default. */
  rewardWeights?: Readonly<Record<string, number>>;
  /** The model to stay close to. Default: with an adapter the policy without it, else the policy before the first step. */
  reference?: PolicyModel;
  /** Folder of a checkpoint of the same run; it goes on from there to the same bits. */
  resume?: string;
  /** Called with the answers of each rollout. In a notebook they are shown as a table besides (completions-table.ts). */
  onRollout?: (rollout: Rollout) => void;
}

/** What differs between PPO and the others. */
export interface OnlineMethod {
  /** What answers, and is trained: the same weights. */
  actor: OnlinePolicy;
  objective: TrainableModel;
  rollout: RolloutSettings;
  batches: Pick<RolloutBatchOptions, "prompts" | "copies" | "epochs" | "memory">;
  reference?: PolicyModel;
  /** From answers to rows and what is logged of them. */
  learn(answers: readonly RolledAnswer[]): Rolled;
  training: Partial<TrainSettings>;
}

/** Folder of a run: the one asked for, that of the checkpoint it goes on from, or a new one. */
export function runDirectory(name: string, { directory, resume }: OnlineOptions): string {
  return directory ?? (resume === undefined ? join("runs", runId(name)) : dirname(resume));
}

export async function runOnline(
  { actor, objective, rollout, batches, reference, learn, training }: OnlineMethod,
  data: PromptData,
  options: OnlineOptions & { directory: string },
): Promise<TrainingRun> {
  const { tokenizer, format, endToken, rewards, rewardWeights, onRollout, resume, ...rest } = options;
  const { maxTokens, minibatches, seed, rewardTimeout } = rollout;
  const { contextLength } = actor.config;
  const answering = { tokenizer, format, endToken };
  const [learned, held] = [data.train, data.validation ?? data.train.slice(0, batches.prompts)].map(
    (examples) => encodePrompts(examples, answering, { maxTokens, contextLength }),
  );
  const rows = batches.prompts * batches.copies;
  const { directory } = options;
  if (resume !== undefined) loadWeights(objective, resume);
  const table = notebookHost() && !isSilent(options.observer) ? completionsTable() : undefined;
  const rollouts = rolloutsOf(actor, {
    ...{ ...answering, rewards, rewardWeights, rewardTimeout, rows, maxTokens, reference },
  });
  const loader = rolloutBatches(learned, {
    ...{ ...batches, minibatches, seed, contextLength },
    async roll(prompts, drawing, number) {
      const answers = await rollouts.roll(prompts, drawing);
      const rolled = learn(answers);
      const seen = {
        rollout: number + 1,
        answers: answers.map((answer, i) => seenAnswer(answer, prompts[i])),
      };
      writeCompletions(directory, seen);
      table?.add(seen);
      onRollout?.(seen);
      return rolled;
    },
  });
  try {
    return await train(objective, { train: loader, validation: [] }, training, {
      ...rest,
      ...{ directory, tokenizer },
      rewindAfterEnd: false, // The rollouts are gone by then.
      settings: { ...options.settings, rollout },
      evaluate: () => meanReward(held),
      ...(resume !== undefined && { resume: loadTrainingState(resume) }),
    });
  } finally {
    table?.end();
    rollouts.dispose();
  }

  /** As many prompts at a time as a rollout has answers; what fills up the last ones is not counted. */
  async function meanReward(prompts: readonly TokenPrompt[]): Promise<Record<string, number>> {
    let [reward, tokens] = [0, 0];
    for (let start = 0; start < prompts.length; start += rows) {
      const asked = Array.from({ length: rows }, (_, i) => prompts[(start + i) % prompts.length]);
      const answers = (await rollouts.roll(asked, EVALUATION_SEED)).slice(0, prompts.length - start);
      for (const answer of answers) {
        reward += answer.reward / prompts.length;
        tokens += answer.ids.length / prompts.length;
      }
    }
    // What is to go down, for keepBest and patience.
    return { loss: -reward, reward, "completions/mean_length": tokens };
  }

  function seenAnswer(
    { text, reward, parts, refLogps, logps, ids, ended }: RolledAnswer,
    { example }: TokenPrompt,
  ): SeenAnswer {
    const prompt = typeof example.prompt === "string" ? example.prompt : JSON.stringify(example.prompt);
    return {
      ...{ prompt, answer: text, reward, tokens: ids.length, ended },
      ...(refLogps && { kl: logps.reduce((sum, logp, i) => sum + logp - refLogps[i], 0) }),
      ...(Object.keys(parts).length > 1 && { rewards: parts }),
    };
  }
}

const EVALUATION_SEED = 0;

/** An observer that looks at nothing is how one asks for silence. */
const isSilent = (observer: TrainObserver | undefined): boolean =>
  observer !== undefined && Object.keys(observer).length === 0;

function writeCompletions(directory: string, { rollout, answers }: Rollout): void {
  mkdirSync(directory, { recursive: true });
  const lines = answers.map((answer) => `${JSON.stringify({ rollout, ...answer })}\n`);
  appendFileSync(join(directory, "completions.jsonl"), lines.join(""));
}

/** What TRL logs of every rollout, under its names. */
export function rewardMetrics(answers: readonly RolledAnswer[]): Record<string, number> {
  const mean = (of: (answer: RolledAnswer) => number): number =>
    answers.reduce((sum, answer) => sum + of(answer), 0) / answers.length;
  const deviation = (of: (answer: RolledAnswer) => number): number => {
    const middle = mean(of);
    return Math.sqrt(
      (mean((answer) => (of(answer) - middle) ** 2) * answers.length) / Math.max(1, answers.length - 1),
    );
  };
  const lengths = answers.map(({ ids }) => ids.length);
  const names = Object.keys(answers[0].parts);
  return {
    reward: mean(({ reward }) => reward),
    reward_std: deviation(({ reward }) => reward),
    ...Object.fromEntries(
      names.flatMap((name) => [
        [`rewards/${name}/mean`, mean(({ parts }) => parts[name])],
        [`rewards/${name}/std`, deviation(({ parts }) => parts[name])],
      ]),
    ),
    "completions/mean_length": mean(({ ids }) => ids.length),
    "completions/min_length": Math.min(...lengths),
    "completions/max_length": Math.max(...lengths),
    "completions/clipped_ratio": mean(({ ended }) => (ended ? 0 : 1)),
  };
}
