/**
 * A language model as supervised fine-tuning looks at it: beside the loss, how many of the assistant's tokens it would
 * have said itself and how undecided it is, under TRL's names.
 *
 * `B` batch, `T` time, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { crossEntropy, tf, tokenEntropy } from "../engine/index.ts";
import type { GPT } from "../models/gpt.ts";
import type { LossOptions, Losses, TrainableModel } from "../models/language-model.ts";

/** The same model with `mean_token_accuracy` and `entropy` (nats) beside its loss, over the learned tokens. */
export function answering(model: GPT): TrainableModel {
  function losses(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): Losses {
    const { labelSmoothing = 0, ...call } = options;
    const logits = model.logits(inputs, call);
    const counts = tf.cast(tf.notEqual(targets, IGNORED), "float32");
    const total = tf.maximum(tf.sum(counts), 1);
    const mean = (x: tf.Tensor): tf.Scalar => tf.div(tf.sum(tf.mul(x, counts)), total);
    return {
      loss: crossEntropy(logits, targets, { ignoreIndex: IGNORED, labelSmoothing }),
      mean_token_accuracy: mean(tf.cast(tf.equal(tf.argMax(logits, -1), targets), "float32")),
      entropy: mean(tokenEntropy(logits)),
    };
  }
  const { kind, config, parameters } = model;
  return {
    ...{ kind, config, parameters, losses },
    loss: (inputs, targets, options) => model.loss(inputs, targets, options),
    dispose: () => model.dispose(),
  };
}
