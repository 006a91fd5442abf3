/** From a batch to the tensors a model takes. */
import { IGNORED, type Batch } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";

/** int32; inputs and segments `[batch, time]`, targets and places `[batch, target time]`, float32 where they are quantities. */
export interface BatchTensors {
  inputs: tf.Tensor2D;
  targets: tf.Tensor2D;
  segments?: tf.Tensor2D;
  places?: tf.Tensor2D;
}

/**
 * The tensors of a batch; the caller disposes them.
 * @throws GradbookError when an id is not below `vocabSize`: the text was encoded with another tokenizer
 */
export function batchTensors(batch: Batch, vocabSize: number): BatchTensors {
  const {
    inputs,
    targets,
    values,
    segments,
    places,
    batchSize,
    contextLength,
    targetLength = contextLength,
  } = batch;
  checkIds(inputs, vocabSize, false);
  checkIds(targets, vocabSize, true);
  return {
    inputs: tf.tensor2d(inputs, [batchSize, contextLength], "int32"),
    targets: values
      ? tf.tensor2d(values, [batchSize, targetLength])
      : tf.tensor2d(targets, [batchSize, targetLength], "int32"),
    ...(segments && { segments: tf.tensor2d(segments, [batchSize, contextLength], "int32") }),
    ...(places && { places: tf.tensor2d(places, [batchSize, targetLength], "int32") }),
  };
}

/** How many tokens of a batch the loss is a mean over. */
export function countTargets({ targets, values }: Batch): number {
  if (values) return values.length;
  let count = 0;
  for (const id of targets) if (id !== IGNORED) count++;
  return count;
}

function checkIds(ids: Int32Array, vocabSize: number, mayBeIgnored: boolean): void {
  const wrong = ids.find((id) => (id < 0 && !(mayBeIgnored && id === IGNORED)) || id >= vocabSize);
  if (wrong !== undefined)
    fail("train", {
      expected: `token ids below the model's vocabSize ${vocabSize}`,
      got: wrong,
      hint: "encode the text with the tokenizer that the model was made for",
    });
}
