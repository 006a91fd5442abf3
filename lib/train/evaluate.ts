/** The loss of a model on text it does not learn from. */
import { setImmediate } from "node:timers/promises";
import type { Batch } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { compile, tf } from "../engine/index.ts";
import type { TrainableModel } from "../models/language-model.ts";
import { lossesOf } from "../models/losses.ts";
import { batchTensors, countTargets, type BatchTensors } from "./tensors.ts";

/** The compiled loss of a model, for looking again and again. */
export interface Evaluator {
  /**
   * Mean nats per token over the batches. The event loop gets a turn after each batch.
   * @throws GradbookError when there is no batch
   */
  loss(batches: Iterable<Batch>): Promise<number>;
  /** The loss, and what else the model's `losses` measures, each a mean over the batches' targets. */
  measure(batches: Iterable<Batch>): Promise<Record<string, number> & { loss: number }>;
  dispose(): void;
}

/**
 * Mean nats per token of a model on batches.
 *
 * @throws GradbookError when there is no batch, or an id is not below the model's vocabSize
 * @example await evaluate(model, sequentialWindows(validationIds, { batchSize: 12, contextLength: 64 }))
 */
export async function evaluate(model: TrainableModel, batches: Iterable<Batch>): Promise<number> {
  const measure = evaluator(model);
  try {
    return await measure.loss(batches);
  } finally {
    measure.dispose();
  }
}

/** As `evaluate`, compiled once for many calls. */
export function evaluator(model: TrainableModel): Evaluator {
  const program = compile(
    ({ inputs, targets, segments, places }: BatchTensors) =>
      lossesOf(model, inputs, targets, { ...(segments && { segments }), ...(places && { places }) }),
    { name: `${model.kind} loss` },
  );
  async function measure(batches: Iterable<Batch>): Promise<Record<string, number> & { loss: number }> {
    const means: Record<string, number> & { loss: number } = { loss: 0 };
    let tokens = 0;
    for (const batch of batches) {
      const count = countTargets(batch);
      const tensors = batchTensors(batch, model.config.vocabSize);
      const losses = program(tensors);
      tokens += count;
      for (const [name, value] of Object.entries(losses)) {
        const before = means[name] ?? 0;
        if (count > 0) means[name] = before + (value.dataSync()[0] - before) * (count / tokens);
      }
      tf.dispose([...Object.values(tensors), ...Object.values(losses)]);
      await setImmediate();
    }
    if (tokens === 0) fail("evaluate", { expected: "at least one batch", got: "none" });
    return means;
  }
  return {
    measure,
    loss: async (batches) => (await measure(batches)).loss,
    dispose: () => program.dispose(),
  };
}

/** Perplexity: the number of equally likely tokens that would be as surprising, e^loss. */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}
