/**
 * Log-probabilities of answers: of each token, and of the whole answer.
 *
 * `B` rows, `T` time, `V` vocabulary. Logits at place t are scores for the token at t + 1, so `targets` are the
 * inputs moved by one, as every loader here gives them. Answers are marked by a mask of 1 and 0, or by targets of
 * −100 where nothing counts. All of it is for use inside `compile`, with gradients.
 */
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";

export { tokenEntropy, tokenLogProbs } from "../engine/index.ts";
export { maskedMean } from "../nn/masked-mean.ts";

export interface SequenceOptions {
  /** log p(answer), or that divided by the number of its tokens. Default "sum". */
  reduction?: "sum" | "mean";
}

/**
 * Σₜ mask·logp of each row, in nats; with `reduction: "mean"` nats per token.
 *
 * @param logProbs `[B, T]` of `tokenLogProbs`
 * @param mask float32 or int32 `[B, T]`: 1 at tokens of the answer
 * @returns `[B]`; 0 for a row without tokens
 * @throws GradbookError when the shapes differ
 */
export function sequenceLogProbs(
  logProbs: tf.Tensor,
  mask: tf.Tensor,
  { reduction = "sum" }: SequenceOptions = {},
): tf.Tensor1D {
  if (logProbs.rank !== 2 || logProbs.shape.join() !== mask.shape.join())
    fail("sequenceLogProbs", {
      expected: "log-probabilities and a mask of one shape [batch, time]",
      got: `[${logProbs.shape}] and [${mask.shape}]`,
    });
  const counts = tf.cast(mask, "float32");
  const sums = tf.sum(tf.mul(logProbs, counts), 1);
  if (reduction === "sum") return sums as tf.Tensor1D;
  return tf.div(sums, tf.maximum(tf.sum(counts, 1), 1));
}
