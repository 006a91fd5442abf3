/** From a batch to the tensors a model takes. */
import type { Batch } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";

/**
 * int32 inputs and targets `[batch, time]`; the caller disposes them.
 * @throws GradbookError when an id is not below `vocabSize`: the text was encoded with another tokenizer
 */
export function batchTensors(batch: Batch, vocabSize: number): { inputs: tf.Tensor2D; targets: tf.Tensor2D } {
  for (const ids of [batch.inputs, batch.targets]) {
    const wrong = ids.find((id) => id < 0 || id >= vocabSize);
    if (wrong !== undefined)
      fail("train", {
        expected: `token ids below the model's vocabSize ${vocabSize}`,
        got: wrong,
        hint: "encode the text with the tokenizer that the model was made for",
      });
  }
  const shape: [number, number] = [batch.batchSize, batch.contextLength];
  return {
    inputs: tf.tensor2d(batch.inputs, shape, "int32"),
    targets: tf.tensor2d(batch.targets, shape, "int32"),
  };
}
