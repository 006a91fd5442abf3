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

/** What a batch has for each of its rows. */
const PER_ROW = ["inputs", "targets", "places", "values", "segments"] as const;

/** Several batches of one shape as one, `[batch, batches, …]`; undefined when their shapes differ. */
export function stackedTensors(batches: readonly Batch[], vocabSize: number): BatchTensors | undefined {
  const [{ batchSize, contextLength, targetLength = contextLength }] = batches;
  const isAlike = (other: Batch): boolean =>
    other.batchSize === batchSize &&
    other.contextLength === contextLength &&
    (other.targetLength ?? other.contextLength) === targetLength &&
    PER_ROW.every((name) => !other[name] === !batches[0][name]);
  if (!batches.every(isAlike)) return undefined;
  const together = (name: (typeof PER_ROW)[number]): Int32Array | Float32Array => {
    const lists = batches.map((batch) => batch[name]!);
    const [first] = lists;
    const width = first.length / batchSize;
    const all = new (first.constructor as new (length: number) => typeof first)(
      batches.length * first.length,
    );
    lists.forEach((rows, i) => {
      for (let row = 0; row < batchSize; row++)
        all.set(rows.subarray(row * width, (row + 1) * width), (row * batches.length + i) * width);
    });
    return all;
  };
  const present = PER_ROW.filter((name) => batches[0][name]);
  const parts = Object.fromEntries(present.map((name) => [name, together(name)]));
  const flat = batchTensors(
    { batchSize: batchSize * batches.length, contextLength, targetLength, ...parts } as Batch,
    vocabSize,
  );
  const entries = Object.entries(flat as object as Record<string, tf.Tensor>);
  const stacked = entries.map(([name, x]) => [name, x.reshape([batchSize, batches.length, x.shape[1]!])]);
  tf.dispose(entries.map(([, x]) => x));
  return Object.fromEntries(stacked) as unknown as BatchTensors;
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
