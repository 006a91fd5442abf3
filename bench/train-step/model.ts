/** The library's own training step on a fixed random batch: GPT, AdamW, clipping at norm 1. */
import { random } from "../../lib/core/random.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { AdamW } from "../../lib/optim/index.ts";
import { trainStep } from "../../lib/train/step.ts";
import type { Size } from "./sizes.ts";

/** A function that runs one training step and returns its loss in nats. */
export function repeatableStep({
  vocabulary,
  batch,
  time,
  layers,
  heads,
  width,
}: Omit<Size, "label" | "stepsPerRound">): () => number {
  const model = new GPT({ vocabSize: vocabulary, contextLength: time, layers, heads, width }, { seed: 1 });
  const optimizer = new AdamW(model.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  const step = trainStep(model, optimizer, { weightDecay: 0.01, clipNorm: 1 });
  const generator = random(2);
  const tokens = (): tf.Tensor2D => {
    const ids = Int32Array.from({ length: batch * time }, () => generator.integer(vocabulary));
    return tf.tensor2d(ids, [batch, time], "int32");
  };
  const [x, y, learningRate] = [tokens(), tokens(), tf.scalar(1e-3)];
  return () => {
    const result = step({ inputs: x, targets: y }, { learningRate });
    const [loss] = result.loss.dataSync();
    tf.dispose([result.loss, result.gradNorm]);
    return loss;
  };
}
