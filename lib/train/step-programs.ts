/**
 * The compiled programs of a run's steps: made when a setting asks for other ones, fed with batches, read.
 */
import type { Batch } from "../batches/random-windows.ts";
import { drawSeeds, engineName, tf } from "../engine/index.ts";
import type { TrainableModel } from "../models/language-model.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { Processes } from "./processes.ts";
import { accumulatingStep, trainStep, type AccumulatingStep, type StepSettings } from "./step.ts";
import { launchedSteps, type LaunchedSteps } from "./launch.ts";
import { batchTensors, countTargets, stackedTensors } from "./tensors.ts";

type WholeStep = ReturnType<typeof trainStep>;

/** What one update takes. */
export interface StepInputs {
  batches: readonly Batch[];
  learningRate: number;
  averageDecay: number;
}

/** What it tells. */
export interface StepNumbers {
  loss: number;
  gradNorm: number;
  metrics: Record<string, number>;
}

/** Share of each batch in the targets of all, the other processes' too. */
function sharesOf(batches: readonly Batch[], processes?: Processes): number[] {
  const counts = batches.map(countTargets);
  const all = Float32Array.of(counts.reduce((sum, count) => sum + count, 0));
  processes?.sum(all);
  const [total] = all;
  return counts.map((count) => count / total);
}

export class StepPrograms {
  private readonly model: TrainableModel;
  private readonly optimizer: Optimizer;
  private readonly average: WeightAverage | undefined;
  private readonly processes: Processes | undefined;
  private whole: WholeStep | undefined;
  private parts: AccumulatingStep | undefined;
  private launched: LaunchedSteps | undefined;
  private settings: StepSettings | undefined;

  constructor(
    model: TrainableModel,
    optimizer: Optimizer,
    average: WeightAverage | undefined,
    processes?: Processes,
  ) {
    this.processes = processes;
    this.model = model;
    this.optimizer = optimizer;
    this.average = average;
  }

  /**
   * Updates one after the other, each from one or several batches: in one launch on devices that have loops, where
   * the batches' shapes are equal. A loss is the mean over all targets of its step.
   */
  run(steps: readonly StepInputs[], settings: StepSettings): StepNumbers[] {
    const { weightDecay, clipNorm, labelSmoothing, neftuneAlpha } = settings;
    this.use({ weightDecay, clipNorm, labelSmoothing, neftuneAlpha });
    const isOne = steps.length === 1 && steps[0].batches.length === 1;
    const launched = isOne || this.processes || engineName() !== "graph/xla" ? undefined : this.launch(steps);
    return launched ?? steps.map((step) => this.one(step));
  }

  private one({ batches, learningRate, averageDecay }: StepInputs): StepNumbers {
    const rates = {
      learningRate: tf.scalar(learningRate),
      ...(this.average && { averageDecay: tf.scalar(averageDecay) }),
    };
    const { vocabSize } = this.model.config;
    try {
      if (batches.length === 1 && !this.processes) {
        this.whole ??= trainStep(this.model, this.optimizer, this.settings!, this.average);
        const tensors = batchTensors(batches[0], vocabSize);
        const result = this.whole(tensors, rates);
        tf.dispose(Object.values(tensors));
        const { loss, gradNorm, metrics } = result;
        return { loss: numberOf(loss), gradNorm: numberOf(gradNorm), metrics: numbersOf(metrics) };
      }
      this.parts ??= accumulatingStep(this.model, this.optimizer, this.settings!, this.average);
      const weights = sharesOf(batches, this.processes);
      let loss = 0;
      const metrics: Record<string, number> = {};
      for (const [i, batch] of batches.entries()) {
        const tensors = batchTensors(batch, vocabSize);
        const weight = tf.scalar(weights[i]);
        const added = this.parts.add(tensors, weight);
        loss += numberOf(added.loss);
        for (const [name, value] of Object.entries(numbersOf(added.metrics)))
          metrics[name] = (metrics[name] ?? 0) + value;
        tf.dispose([...Object.values(tensors), weight]);
      }
      if (this.processes) {
        this.parts.shareSums(this.processes);
        const numbers = Float32Array.of(loss, ...Object.values(metrics));
        this.processes.sum(numbers);
        loss = numbers[0];
        Object.keys(metrics).forEach((name, i) => (metrics[name] = numbers[i + 1]));
      }
      return { loss, gradNorm: numberOf(this.parts.update(rates)), metrics };
    } finally {
      tf.dispose(rates as object as tf.TensorContainer);
    }
  }

  /** All of them at once; undefined when the batches' shapes differ. */
  private launch(steps: readonly StepInputs[]): StepNumbers[] | undefined {
    const [count, each] = [steps.length, steps[0].batches.length];
    const all = steps.flatMap(({ batches }) => batches);
    const batches = stackedTensors(all, this.model.config.vocabSize);
    if (!batches) return undefined;
    this.launched ??= launchedSteps(this.model, this.optimizer, this.settings!, this.average);
    const shares = steps.flatMap((step) => sharesOf(step.batches));
    const inputs = {
      batches,
      rates: {
        learningRate: tf.tensor1d(steps.map(({ learningRate }) => learningRate)),
        ...(this.average && { averageDecay: tf.tensor1d(steps.map(({ averageDecay }) => averageDecay)) }),
      },
      weights: tf.tensor2d(shares, [count, each]),
      seeds: tf.tensor2d(drawSeeds(all.length), [count, each], "int32"),
    };
    const { loss, gradNorm, metrics } = this.launched.run(inputs);
    tf.dispose(inputs as object as tf.TensorContainer);
    const list = (x: tf.Tensor): ArrayLike<number> => {
      const numbers = x.dataSync();
      x.dispose();
      return numbers;
    };
    const [losses, norms] = [loss, gradNorm].map(list);
    const named = Object.entries(metrics).map(([name, x]) => [name, list(x)] as const);
    return steps.map((_, i) => ({
      loss: losses[i],
      gradNorm: norms[i],
      metrics: Object.fromEntries(named.map(([name, numbers]) => [name, numbers[i]])),
    }));
  }

  dispose(): void {
    this.whole?.dispose();
    this.parts?.dispose();
    this.launched?.dispose();
    this.whole = this.parts = this.launched = undefined;
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
