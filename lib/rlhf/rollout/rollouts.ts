/**
 * A rollout: prompts go in, and out come the policy's answers with all that learning from them needs: ids, the
 * log-probabilities they were drawn with, those under the reference, and rewards.
 */
import type { CachedLanguageModel } from "../../models/language-model.ts";
import type { PolicyModel } from "../train/answer-log-probs.ts";
import { endTokenOf, type AnswerFormat, type TokenPrompt } from "./prompts.ts";
import { askRewards, rewardsByName, type RewardOptions, type Rewards } from "./rewards.ts";
import { answerScorer } from "./rows.ts";
import { answerSampler, type DrawnAnswer } from "./answer-sampler.ts";

export type OnlinePolicy = PolicyModel & CachedLanguageModel;

export interface RolledAnswer extends DrawnAnswer {
  /** Token ids of the prompt. */
  prompt: number[];
  /** The answer's text, without what ends it. */
  text: string;
  /** ln π_ref of each token; undefined without a reference. */
  refLogps?: number[];
  reward: number;
  /** By the rewards' names. */
  parts: Record<string, number>;
}

export interface RolloutOptions extends AnswerFormat, RewardOptions {
  rewards: Rewards;
  /** Answers at a time. */
  rows: number;
  /** Most tokens of an answer. */
  maxTokens: number;
  /** The model to measure the distance from. */
  reference?: PolicyModel;
}

export interface Rollouts {
  /**
   * One answer to each prompt, which may stand there several times.
   *
   * @param prompts as many as `rows`
   * @throws GradbookError as `askRewards`
   */
  roll(
    prompts: readonly TokenPrompt[],
    seed: number,
    options?: { greedy?: boolean; signal?: AbortSignal },
  ): Promise<RolledAnswer[]>;
  dispose(): void;
}

/**
 * @example
 * const rollouts = rolloutsOf(model, { tokenizer, endToken, rewards: arithmeticReward(), rows: 16, maxTokens: 4, rewardTimeout: 10 });
 * const answers = await rollouts.roll(encodePrompts(examples, …), 1);
 */
export function rolloutsOf(policy: OnlinePolicy, options: RolloutOptions): Rollouts {
  const { tokenizer, rows, maxTokens, reference } = options;
  const rewards = rewardsByName(options.rewards);
  const endToken = endTokenOf(options);
  const sampler = answerSampler(policy, rows, { maxTokens, endToken });
  const scorer = reference && answerScorer(reference);
  return {
    async roll(prompts, seed, sampling) {
      const sampled = await sampler.sample(
        prompts.map(({ ids }) => ids),
        seed,
        sampling,
      );
      const texts = sampled.map(({ ids, ended }) => tokenizer.decode(ended ? ids.slice(0, -1) : ids));
      const given = await askRewards(
        rewards,
        sampled.map(({ ids, ended }, i) => {
          const { example } = prompts[i];
          return { prompt: example.prompt, answer: texts[i], ids, ended, example };
        }),
        options,
      );
      const rowsOf = sampled.map(({ ids }, i) => ({ prompt: prompts[i].ids, answer: ids }));
      const refLogps = scorer?.run(rowsOf);
      return sampled.map((answer, i) => ({
        ...{ ...answer, prompt: prompts[i].ids, text: texts[i], ...given[i] },
        ...(refLogps && { refLogps: refLogps[i] }),
      }));
    },
    dispose() {
      sampler.dispose();
      scorer?.dispose();
    },
  };
}
