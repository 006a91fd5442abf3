/**
 * Answers to many prompts at once, drawn as the model says (temperature 1, nothing cut off), with the log-probability that
 * each token had when it was drawn: what PPO and its relatives measure a change against.
 *
 * As `generateBatch` of gradbook/generate, without the sorting that top-k and top-p need: on a small model that would take
 * longer than the model itself.
 */
import { setImmediate } from "node:timers/promises";
import { random } from "../../core/random.ts";
import { batchPredictor } from "../../generate/cached-predictor.ts";
import type { CachedLanguageModel } from "../../models/language-model.ts";

export interface DrawnAnswer {
  /** Tokens after the prompt, the end token included. */
  ids: number[];
  /** ln of each one's probability. */
  logps: number[];
  /** Whether it wrote the end token. */
  ended: boolean;
}

export interface AnswerSampler {
  /**
   * @param prompts as many as the sampler has rows
   * @param seed the same seed, weights and prompts give the same answers
   * @param greedy take the likeliest token each time
   */
  sample(
    prompts: readonly (readonly number[])[],
    seed: number,
    options?: { greedy?: boolean; signal?: AbortSignal },
  ): Promise<DrawnAnswer[]>;
  dispose(): void;
}

/** @param rows answers at a time; the weights are read anew for each call of `sample` */
export function answerSampler(
  model: CachedLanguageModel,
  rows: number,
  { maxTokens, endToken }: { maxTokens: number; endToken?: number },
): AnswerSampler {
  const predictor = batchPredictor(model, rows);
  return {
    async sample(prompts, seed, { greedy = false, signal } = {}) {
      predictor.forget();
      const generator = random(seed);
      const texts = prompts.map((prompt) => [...prompt]);
      const answers = prompts.map((): DrawnAnswer => ({ ids: [], logps: [], ended: false }));
      let open = answers.length;
      for (let count = 0; count < maxTokens && open > 0 && !signal?.aborted; count++) {
        const logits = predictor.logits(texts);
        answers.forEach((answer, row) => {
          const text = texts[row];
          // A row that is done goes on with what it ended with, so that the others keep their cache.
          if (answer.ended) return void text.push(text[text.length - 1]);
          const { id, logp } = drawToken(logits[row], greedy ? undefined : generator.uniform());
          text.push(id);
          answer.ids.push(id);
          answer.logps.push(logp);
          if (id === endToken) {
            answer.ended = true;
            open--;
          }
        });
        await setImmediate();
      }
      return answers;
    },
    dispose: () => predictor.dispose(),
  };
}

/** The token whose share of the probabilities covers the number in [0, 1); without a number the likeliest. */
export function drawToken(logits: Float32Array, uniform?: number): { id: number; logp: number } {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  let total = 0;
  for (const score of logits) total += Math.exp(score - logits[best]);
  let id = best;
  if (uniform !== undefined) {
    let left = uniform * total;
    // Rounding may leave something at the end: that is the likeliest token's.
    for (let i = 0; i < logits.length; i++) {
      left -= Math.exp(logits[i] - logits[best]);
      if (left < 0) {
        id = i;
        break;
      }
    }
  }
  return { id, logp: logits[id] - logits[best] - Math.log(total) };
}
