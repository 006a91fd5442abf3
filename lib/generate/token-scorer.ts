/**
 * How likely a model finds the tokens of given texts, many texts at a time, by one compiled program.
 *
 * `B` rows, `T` context length, `V` vocabulary.
 */
import { fail } from "../core/errors.ts";
import { compile, tf, tokenLogProbs } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { checkIds } from "./window-predictor.ts";

export interface ScoredText {
  /** ln of the probability of each token from the second on, given those before it. */
  logProbabilities: Float32Array;
  /** Whether that token was the likeliest one. */
  likeliest: boolean[];
}

export interface TokenScorer {
  /** @throws GradbookError when a text has fewer than 2 or more than contextLength + 1 tokens */
  score(texts: readonly (readonly number[])[]): ScoredText[];
  dispose(): void;
}

/** @param rows texts that are scored at a time */
export function tokenScorer(model: LanguageModel, rows = 8): TokenScorer {
  const { contextLength, vocabSize } = model.config;
  const program = compile(
    (inputs: tf.Tensor, targets: tf.Tensor) => {
      const logits = model.logits(inputs);
      return { logs: tokenLogProbs(logits, targets), best: tf.argMax(logits, -1) };
    },
    { name: `${model.kind} scores` },
  );

  function scoreRows(texts: readonly (readonly number[])[]): ScoredText[] {
    const [inputs, targets] = [0, 1].map(() => new Int32Array(rows * contextLength));
    texts.forEach((text, row) => {
      inputs.set(text.slice(0, -1), row * contextLength);
      targets.set(text.slice(1), row * contextLength);
    });
    return tf.tidy(() => {
      const shape: [number, number] = [rows, contextLength];
      const { logs, best } = program(
        tf.tensor2d(inputs, shape, "int32"),
        tf.tensor2d(targets, shape, "int32"),
      );
      const [values, ids] = [logs.dataSync() as Float32Array, best.dataSync()];
      return texts.map((text, row) => {
        const start = row * contextLength;
        const end = start + text.length - 1;
        const likeliest = Array.from(
          { length: text.length - 1 },
          (_, i) => ids[start + i] === targets[start + i],
        );
        return { logProbabilities: values.slice(start, end), likeliest };
      });
    });
  }

  return {
    score(texts) {
      for (const text of texts) {
        checkIds(text, vocabSize);
        if (text.length < 2 || text.length > contextLength + 1)
          fail("tokenScorer", { expected: `texts of 2 to ${contextLength + 1} tokens`, got: text.length });
      }
      const scored: ScoredText[] = [];
      for (let start = 0; start < texts.length; start += rows)
        scored.push(...scoreRows(texts.slice(start, start + rows)));
      return scored;
    },
    dispose: () => program.dispose(),
  };
}
