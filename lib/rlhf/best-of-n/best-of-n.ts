/**
 * Writing several answers and keeping the best: the simplest way to use a reward. Best-of-n does so when it is asked
 * (WebGPT, arXiv 2112.09332); rejection sampling learns from what it kept (RAFT, arXiv 2304.06767; Llama 2, arXiv 2307.09288).
 */
import { fail } from "../../core/errors.ts";
import type { PromptCompletion } from "../../data/format/examples.ts";
import type { LanguageModel } from "../../models/language-model.ts";
import { sampleAnswers, type SampledAnswer, type SampleOptions } from "./sample-answers.ts";

/** What says how good answers are: `rewardScorer(judge, …)`, or a function of one's own in its shape. */
export interface AnswerScorer {
  score(
    answers: readonly { prompt: string; answer: string }[],
  ): readonly number[] | Promise<readonly number[]>;
}

export interface ScoredAnswer extends SampledAnswer {
  reward: number;
}

export interface BestOfNOptions extends SampleOptions {
  scorer: AnswerScorer;
  /** Put behind each answer before it is scored, where the scorer learned with it: a line break, say. */
  suffix?: string;
}

/**
 * `n` answers to every prompt with their rewards, the best first.
 *
 * @throws GradbookError as sampleAnswers, and naming the answer whose reward is no number
 * @example const [[best]] = await bestOfN(model, ["2+2="], { tokenizer, n: 16, maxTokens: 3, scorer });
 */
export async function bestOfN(
  model: LanguageModel,
  prompts: readonly string[],
  { scorer, suffix = "", ...sampling }: BestOfNOptions,
): Promise<ScoredAnswer[][]> {
  const answers = await sampleAnswers(model, prompts, sampling);
  const pairs = answers.flatMap((list, i) => list.map(({ text }) => ({ prompt: prompts[i], answer: text + suffix }))); // prettier-ignore
  const rewards = await scorer.score(pairs);
  if (rewards.length !== pairs.length)
    fail("bestOfN", { expected: `${pairs.length} rewards, one for each answer`, got: rewards.length });
  rewards.forEach((reward, i) => {
    if (!Number.isFinite(reward))
      fail(`bestOfN, answer ${JSON.stringify(pairs[i].answer)}`, { expected: "a reward that is a number", got: reward }); // prettier-ignore
  });
  let next = 0;
  return answers.map((list) =>
    list.map((answer) => ({ ...answer, reward: rewards[next++] })).sort((a, b) => b.reward - a.reward),
  );
}

/**
 * The best answers as examples to learn from.
 *
 * @param scored of bestOfN, for the same prompts
 * @param keep answers of each prompt, 1 by default; with `atLeast` only those of that reward or more; unfinished ones never
 * @returns examples for `sft` (through toConversation) or a file; empty answers teach nothing and are left out
 */
export function rejectionSampled(
  prompts: readonly string[],
  scored: readonly (readonly ScoredAnswer[])[],
  { keep = 1, atLeast = -Infinity }: { keep?: number; atLeast?: number } = {},
): PromptCompletion[] {
  if (prompts.length !== scored.length)
    fail("rejectionSampled", { expected: `answers to ${prompts.length} prompts`, got: scored.length });
  return scored.flatMap((list, i) =>
    list
      .filter(({ reward, finished, text }) => finished && reward >= atLeast && text.trim() !== "")
      .slice(0, keep)
      .map(({ text }) => ({ kind: "prompt-completion", prompt: prompts[i], completion: text }) as const),
  );
}

/**
 * How far the best of n lies from the model that wrote them: KL = ln n − (n − 1) / n nats per answer, exactly so when no
 * two answers are alike, else at most (Stiennon et al., arXiv 2009.01325; Beirami et al., arXiv 2401.01879).
 */
export function bestOfNKl(n: number): number {
  return Math.log(n) - (n - 1) / n;
}
