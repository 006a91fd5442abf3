/** How likely a model finds a text: the probability it gave each token before it saw it. */
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";

/**
 * The probability of each token of `ids` from the second on, given those before it.
 *
 * @param ids from 2 to contextLength + 1 tokens
 * @returns ids.length − 1 numbers: the first token has nothing before it
 */
export function tokenProbabilities(model: LanguageModel, ids: ArrayLike<number>): Float32Array {
  const longest = model.config.contextLength + 1;
  if (ids.length < 2 || ids.length > longest)
    fail("tokenProbabilities", { expected: `from 2 to ${longest} tokens`, got: ids.length });
  return tf.tidy(() => {
    const all = Int32Array.from(ids);
    const inputs = tf.tensor2d(all.subarray(0, -1), [1, all.length - 1], "int32");
    const { vocabSize } = model.config;
    const probabilities = tf.softmax(model.logits(inputs).reshape([all.length - 1, vocabSize]));
    const chosen = tf.oneHot(tf.tensor1d(all.subarray(1), "int32"), vocabSize);
    return (tf.sum(tf.mul(probabilities, chosen), 1).dataSync() as Float32Array).slice();
  });
}
