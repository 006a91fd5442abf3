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
    { weightDecay, clipNorm, labelSmoothing, neftuneAlpha }: StepSettings,
    learningRate: number,
    averageDecay: number,
  ): { loss: number; gradNorm: number; metrics: Record<string, number> } {
    this.use({ weightDecay, clipNorm, labelSmoothing, neftuneAlpha });
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
        const { loss, gradNorm, metrics } = result;
        return { loss: numberOf(loss), gradNorm: numberOf(gradNorm), metrics: numbersOf(metrics) };
      }
      this.parts ??= accumulatingStep(this.model, this.optimizer, this.settings!, this.average);
      const counts = batches.map(countTargets);
      const total = counts.reduce((sum, count) => sum + count, 0);
      let loss = 0;
      const metrics: Record<string, number> = {};
      for (const [i, batch] of batches.entries()) {
        const tensors = batchTensors(batch, vocabSize);
        const weight = tf.scalar(counts[i] / total);
        const added = this.parts.add(tensors, weight);
        loss += numberOf(added.loss);
        for (const [name, value] of Object.entries(numbersOf(added.metrics)))
          metrics[name] = (metrics[name] ?? 0) + value;
        tf.dispose([...Object.values(tensors), weight]);
      }
      return { loss, gradNorm: numberOf(this.parts.update(rates)), metrics };
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
      made.labelSmoothing === wanted.labelSmoothing &&
      made.neftuneAlpha === wanted.neftuneAlpha;
    if (same) return;
    this.dispose();
    this.settings = wanted;
  }
}

const numbersOf = (metrics: Record<string, tf.Scalar>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, numberOf(value)]));

function numberOf(scalar: tf.Scalar): number {
  const [value] = scalar.dataSync();
  scalar.dispose();
  return value;
}
