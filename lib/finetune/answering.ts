/**
 * A language model as supervised fine-tuning looks at it: beside the loss, how many of the assistant's tokens it would
 * have said itself and how undecided it is, under TRL's names.
 *
 * `B` batch, `T` time, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { crossEntropy, tf, tokenEntropy } from "../engine/index.ts";
import type { GPT } from "../models/gpt.ts";
import type { TrainableModel } from "../models/language-model.ts";
import { withLosses } from "../models/losses.ts";
import { maskedMean } from "../nn/masked-mean.ts";

/** The same model with `mean_token_accuracy` and `entropy` (nats) beside its loss, over the learned tokens. */
export function answering(model: GPT): TrainableModel {
  return withLosses(model, (inputs, targets, options = {}) => {
    const { labelSmoothing = 0, ...call } = options;
    const logits = model.logits(inputs, call);
    const learned = tf.notEqual(targets, IGNORED);
    return {
      loss: crossEntropy(logits, targets, { ignoreIndex: IGNORED, labelSmoothing }),
      mean_token_accuracy: maskedMean(tf.cast(tf.equal(tf.argMax(logits, -1), targets), "float32"), learned),
      entropy: maskedMean(tokenEntropy(logits), learned),
    };
  });
}
