/** Rewards of answers by a trained reward model, many at a time, by one compiled program. */
import { fail } from "../../core/errors.ts";
import { compile, tf } from "../../engine/index.ts";
import type { SequenceModel } from "../../models/sequence.ts";
import { ANSWER, PROMPT } from "../data/ranking-batches.ts";
import { encodeAnswer, type RankingOptions, type Side } from "../data/rankings.ts";

export interface RewardScorer {
  /**
   * One number for each answer; only differences between answers to one prompt mean something.
   * @throws GradbookError naming the answer that cannot be encoded or is longer than the context
   */
  score(answers: readonly { prompt: Side; answer: Side }[]): number[];
  dispose(): void;
}

/**
 * @param options how texts become ids: as when the model was trained; `rows` are scored at a time
 * @example const [reward] = rewardScorer(model, { tokenizer }).score([{ prompt: "2+2=", answer: "4" }]);
 */
export function rewardScorer(
  model: SequenceModel,
  { rows = 16, ...options }: Omit<RankingOptions, "contextLength" | "strict"> & { rows?: number },
): RewardScorer {
  const { contextLength, outputs } = model.config;
  if (outputs !== 1) fail("rewardScorer", { expected: "a model with one output", got: outputs });
  const program = compile((ids: tf.Tensor, segments: tf.Tensor) => model.scores(ids, { segments }), {
    name: "rewards",
  });

  function scoreRows(texts: readonly { prompt: Side; answer: Side }[], first: number): number[] {
    const [inputs, segments] = [0, 1].map(() => new Int32Array(rows * contextLength));
    texts.forEach(({ prompt, answer }, row) => {
      const encoded = encodeAnswer({ prompt }, answer, options);
      const where = `rewardScorer, answer ${first + row}`;
      if (typeof encoded === "string")
        return fail(where, {
          expected: "one that can be encoded",
          got: encoded.replace("ANSWER", "the answer"),
        });
      const length = encoded.prompt.length + encoded.answer.length;
      if (length > contextLength || length === 0)
        fail(where, { expected: `1 to ${contextLength} tokens with its prompt`, got: length });
      const start = row * contextLength;
      inputs.set([...encoded.prompt, ...encoded.answer], start);
      segments.fill(PROMPT, start, start + length);
      segments.fill(ANSWER, start + encoded.prompt.length, start + length);
    });
    return tf.tidy(() => {
      const [ids, marks] = [inputs, segments].map((values) =>
        tf.tensor2d(values, [rows, contextLength], "int32"),
      );
      return Array.from(program(ids, marks).dataSync()).slice(0, texts.length);
    });
  }

  return {
    score(answers) {
      const scores: number[] = [];
      for (let start = 0; start < answers.length; start += rows)
        scores.push(...scoreRows(answers.slice(start, start + rows), start));
      return scores;
    },
    dispose: () => program.dispose(),
  };
}
