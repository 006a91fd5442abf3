/**
 * Answers as rows of equal length, and what the model thinks of their tokens.
 *
 * A row is prompt and answer, filled up at the end; `segments` say what is what (ranking-batches.ts). Whatever belongs to
 * an answer's token stands at the place that predicts it, one before it. Lengths are few, so that the programs compiled
 * for them are few, too. `R` rows, `T` time.
 */
import { compile, tf } from "../../engine/index.ts";
import { ANSWER, PROMPT } from "../data/ranking-batches.ts";
import { tokenLogProbs } from "../log-probs.ts";
import { answerTargets, type PolicyModel } from "../train/answer-log-probs.ts";

export interface AnswerRow {
  prompt: ArrayLike<number>;
  answer: ArrayLike<number>;
}

/** The least of 16, 24, 32, 48, 64, 96, … that holds so many tokens, and at most the context. */
export function rowLength(tokens: number, contextLength: number): number {
  let length = 16;
  while (length < tokens) length = Number.isInteger(Math.log2(length)) ? (length * 3) / 2 : (length * 4) / 3;
  return Math.min(length, contextLength);
}

/** `[R, T]` each. */
export function answerRows(
  rows: readonly AnswerRow[],
  length: number,
): { inputs: Int32Array; segments: Int32Array } {
  const [inputs, segments] = [new Int32Array(rows.length * length), new Int32Array(rows.length * length)];
  rows.forEach(({ prompt, answer }, row) => {
    const start = row * length;
    inputs.set(prompt, start);
    inputs.set(answer, start + prompt.length);
    segments.fill(PROMPT, start, start + prompt.length);
    segments.fill(ANSWER, start + prompt.length, start + prompt.length + answer.length);
  });
  return { inputs, segments };
}

/** Numbers for each token of answers. */
export interface RowProgram {
  run(rows: readonly AnswerRow[]): number[][];
  dispose(): void;
}

/** ln π of each token of answers, by one compiled program for each length of rows. */
export function answerScorer(model: PolicyModel): RowProgram {
  return rowProgram(model, `${model.kind} answers`, (ids, segments) =>
    tokenLogProbs(model.logits(ids), answerTargets(ids, segments).targets),
  );
}

/** @param work int32 `[R, T]` ids and segments → `[R, T]`, of which the places of the answers are taken */
export function rowProgram(
  { config: { contextLength } }: { config: { contextLength: number } },
  name: string,
  work: (ids: tf.Tensor, segments: tf.Tensor) => tf.Tensor,
): RowProgram {
  const program = compile(work, { name });
  return {
    run(rows) {
      const length = rowLength(longestOf(rows), contextLength);
      const { inputs, segments } = answerRows(rows, length);
      const values = tf.tidy(() => {
        const shape: [number, number] = [rows.length, length];
        return program(tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(segments, shape, "int32")).dataSync();
      });
      return rows.map(({ prompt, answer }, row) => {
        const start = row * length + prompt.length - 1;
        return Array.from(values.subarray(start, start + answer.length));
      });
    },
    dispose: () => program.dispose(),
  };
}

/** Tokens of the longest row. */
export function longestOf(rows: readonly AnswerRow[]): number {
  return rows.reduce((most, { prompt, answer }) => Math.max(most, prompt.length + answer.length), 1);
}
