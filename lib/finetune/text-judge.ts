/** What a trained sequence model says of texts, many at a time, and how good that is. */
import { fail } from "../core/errors.ts";
import { compile, tf } from "../engine/index.ts";
import { accuracy, precisionRecallF1 } from "../eval/metrics/classification.ts";
import type { BertConfig } from "../models/bert-config.ts";
import type { SequenceModel } from "../models/sequence.ts";
import { labelsOf } from "../models/sequence-config.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";

export interface Judgement {
  /** The class with the highest score, or the quantity. */
  label: string | number;
  /** Of each class, before softmax; or the quantity alone. */
  scores: number[];
}

export interface TextJudge {
  /** @throws GradbookError naming the text that is empty or longer than the context */
  judge(texts: readonly string[]): Judgement[];
  dispose(): void;
}

/**
 * @param options `rows` texts are read at a time; `cut`: longer texts than the context lose their end
 * @example const [{ label }] = textJudge(model, { tokenizer }).judge(["A dull film."]);
 */
export function textJudge(
  model: SequenceModel,
  { tokenizer, rows = 32, cut = false }: { tokenizer: Tokenizer; rows?: number; cut?: boolean },
): TextJudge {
  const { contextLength, objective, outputs } = model.config;
  const padId = (model.config as Partial<BertConfig>).padId ?? 0;
  const names = labelsOf(model.config);
  const program = compile((ids: tf.Tensor, segments: tf.Tensor) => model.scores(ids, { segments }), {
    name: "judgements",
  });

  function labelOf(scores: readonly number[]): string | number {
    if (objective === "regression") return scores[0];
    const best = scores.indexOf(Math.max(...scores));
    return names[best] ?? best;
  }

  function judgeRows(texts: readonly Uint32Array[], length: number): Judgement[] {
    const inputs = new Int32Array(rows * length).fill(padId);
    const segments = new Int32Array(rows * length);
    texts.forEach((ids, row) => {
      inputs.set(ids, row * length);
      segments.fill(1, row * length, row * length + ids.length);
    });
    return tf.tidy(() => {
      const [ids, marks] = [inputs, segments].map((values) => tf.tensor2d(values, [rows, length], "int32"));
      const flat = Array.from(program(ids, marks).dataSync());
      return texts.map((_, row) => {
        const scores = flat.slice(row * outputs, (row + 1) * outputs);
        return { label: labelOf(scores), scores };
      });
    });
  }

  return {
    judge(texts) {
      const encoded = texts.map((text, i) => {
        const ids = tokenizer.encode(text);
        if (ids.length === 0 || (ids.length > contextLength && !cut))
          fail(`textJudge, text ${i}`, { expected: `1 to ${contextLength} tokens`, got: ids.length });
        return ids.subarray(0, contextLength);
      });
      const longest = encoded.reduce((most, ids) => Math.max(most, ids.length), 1);
      // In steps of 16: a program is compiled for each length.
      const length = Math.min(contextLength, 16 * Math.ceil(longest / 16));
      const judged: Judgement[] = [];
      for (let start = 0; start < encoded.length; start += rows)
        judged.push(...judgeRows(encoded.slice(start, start + rows), length));
      return judged;
    },
    dispose: () => program.dispose(),
  };
}

/** Accuracy and F1 (macro) of classes, or the mean absolute error and Pearson's correlation of quantities. */
export function judgementScores(
  judged: readonly Judgement[],
  truth: readonly { label: string | number }[],
): Record<string, number> {
  if (typeof judged[0].label === "string") {
    const [right, said] = [truth.map(({ label }) => String(label)), judged.map(({ label }) => String(label))];
    return { accuracy: accuracy(right, said), f1: precisionRecallF1(right, said, "macro").f1 };
  }
  const [x, y] = [truth, judged].map((all) => all.map(({ label }) => Number(label)));
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
    a.reduce((sum, v, i) => sum + (v - ma) * (b[i] - mb), 0);
  const spread = Math.sqrt(product(x, mx, x, mx) * product(y, my, y, my));
  return {
    mae: mean(x.map((v, i) => Math.abs(v - y[i]))),
    correlation: spread === 0 ? 0 : product(x, mx, y, my) / spread,
  };
}
