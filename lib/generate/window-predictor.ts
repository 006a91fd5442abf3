/**
 * The next token's scores, computed afresh from the last `T` tokens each time.
 *
 * The window always has the model's full context length, so that one compiled program serves every length: what
 * is not filled yet holds zeros, which causal attention never looks at.
 */
import { fail } from "../core/errors.ts";
import { compile, tf } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";

export interface Predictor {
  /** Scores `[vocabulary]` for the token after `ids`; of a longer text only the last contextLength ids count. */
  logits(ids: readonly number[]): Float32Array;
  dispose(): void;
}

export function windowPredictor(model: LanguageModel): Predictor {
  const { contextLength, vocabSize } = model.config;
  const program = compile(
    (ids: tf.Tensor, position: tf.Tensor) => {
      const all = model.logits(ids).reshape([contextLength, vocabSize]);
      return tf.gather(all, position).reshape([vocabSize]);
    },
    { name: `${model.kind} next token` },
  );
  return {
    logits(ids) {
      checkIds(ids, vocabSize);
      const window = new Int32Array(contextLength);
      const recent = ids.slice(-contextLength);
      window.set(recent);
      return tf.tidy(() => {
        const input = tf.tensor2d(window, [1, contextLength], "int32");
        const scores = program(input, tf.tensor1d([recent.length - 1], "int32"));
        return (scores.dataSync() as Float32Array).slice();
      });
    },
    dispose: () => program.dispose(),
  };
}

/** @throws GradbookError when there is no id, or one that is not below the vocabulary */
export function checkIds(ids: readonly number[], vocabSize: number): void {
  const wrong = ids.find((id) => !(id >= 0 && id < vocabSize));
  if (ids.length === 0 || wrong !== undefined)
    fail("generate", {
      expected: `at least one token to go on from, with ids below ${vocabSize}`,
      got: wrong === undefined ? "none" : String(wrong),
      hint: "begin with a prompt encoded by the model's tokenizer",
    });
}
