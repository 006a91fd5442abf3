/**
 * The compiled programs of a run's steps: made when a setting asks for other ones, fed with batches, read.
 */
import type { Batch } from "../batches/random-windows.ts";
import { tf } from "../engine/index.ts";
import type { TrainableModel } from "../models/language-model.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import { accumulatingStep, trainStep, type AccumulatingStep, type StepSettings } from "./step.ts";
import { batchTensors, countTargets } from "./tensors.ts";

type WholeStep = ReturnType<typeof trainStep>;

export class StepPrograms {
  private readonly model: TrainableModel;
  private readonly optimizer: Optimizer;
  private readonly average: WeightAverage | undefined;
  private whole: WholeStep | undefined;
  private parts: AccumulatingStep | undefined;
  private settings: StepSettings | undefined;

  constructor(model: TrainableModel, optimizer: Optimizer, average: WeightAverage | undefined) {
    this.model = model;
    this.optimizer = optimizer;
    this.average = average;
  }

  /** One update from one or several batches; the loss is the mean over all their targets. */
  run(
    batches: readonly Batch[],
    { weightDecay, clipNorm, labelSmoothing }: StepSettings,
    learningRate: number,
    averageDecay: number,
  ): { loss: number; gradNorm: number } {
    this.use({ weightDecay, clipNorm, labelSmoothing });
    const rates = {
      learningRate: tf.scalar(learningRate),
      ...(this.average && { averageDecay: tf.scalar(averageDecay) }),
    };
    const { vocabSize } = this.model.config;
    try {
      if (batches.length === 1) {
        this.whole ??= trainStep(this.model, this.optimizer, this.settings!, this.average);
        const tensors = batchTensors(batches[0], vocabSize);
        const result = this.whole(tensors, rates);
        tf.dispose(Object.values(tensors));
        return { loss: numberOf(result.loss), gradNorm: numberOf(result.gradNorm) };
      }
      this.parts ??= accumulatingStep(this.model, this.optimizer, this.settings!, this.average);
      const counts = batches.map(countTargets);
      const total = counts.reduce((sum, count) => sum + count, 0);
      let loss = 0;
      for (const [i, batch] of batches.entries()) {
        const tensors = batchTensors(batch, vocabSize);
        const weight = tf.scalar(counts[i] / total);
        loss += numberOf(this.parts.add(tensors, weight));
        tf.dispose([...Object.values(tensors), weight]);
      }
      return { loss, gradNorm: numberOf(this.parts.update(rates)) };
    } finally {
      tf.dispose(rates as object as tf.TensorContainer);
    }
  }

  dispose(): void {
    this.whole?.dispose();
    this.parts?.dispose();
    this.whole = this.parts = undefined;
  }

  private use(wanted: StepSettings): void {
    const made = this.settings;
    const same =
      made?.weightDecay === wanted.weightDecay &&
      made.clipNorm === wanted.clipNorm &&
      made.labelSmoothing === wanted.labelSmoothing;
    if (same) return;
    this.dispose();
    this.settings = wanted;
  }
}

function numberOf(scalar: tf.Scalar): number {
  const [value] = scalar.dataSync();
  scalar.dispose();
  return value;
}
