/**
 * One training step as compiled programs: loss, gradients, clipping and the optimizer's update.
 *
 * A step over one batch is one program. A step over several micro-batches is two: one adds a micro-batch's
 * gradients up, one updates with their sum. The update is the same as if all of them had been one batch.
 *
 * `B` batch, `T` time.
 */
import { compile, editMemory, globalNorm, tf, type Compiled } from "../engine/index.ts";
import type { LossOptions, Losses, TrainableModel } from "../models/language-model.ts";
import { lossesOf } from "../models/losses.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { Processes } from "./processes.ts";
import type { BatchTensors } from "./tensors.ts";

/** Mean nats per token before the update, and the length of the whole gradient before clipping. */
export interface StepResult {
  loss: tf.Scalar;
  gradNorm: tf.Scalar;
  /** What else the model's `losses` measured. */
  metrics: Record<string, tf.Scalar>;
}

/**
 * Settings that are numbers of the program itself. Another value needs another program, which takes as long to
 * make as a few steps; the learning rate, which changes every step, is an input.
 */
export interface StepSettings {
  weightDecay: number;
  /** 0: no clipping. */
  clipNorm: number;
  labelSmoothing?: number;
  /** 0: no noise on the embeddings. */
  neftuneAlpha?: number;
}

/** Scalars that change from step to step. */
export interface StepRates {
  learningRate: tf.Tensor;
  /** Share of the averaged weights that stays; needed when there is a `WeightAverage`. */
  averageDecay?: tf.Tensor;
}

type Stepped = (batch: BatchTensors, rates: StepRates) => StepResult;
type Added = (batch: BatchTensors, weight: tf.Tensor) => Omit<StepResult, "gradNorm">;
type Updated = (rates: StepRates) => tf.Scalar;

/** A batch in, the weights change. */
export function trainStep(
  model: TrainableModel,
  optimizer: Optimizer,
  settings: StepSettings,
  average?: WeightAverage,
): Compiled<Stepped> {
  const variables = model.parameters.groups.map(({ variable }) => variable);
  return compile<Stepped>(
    (batch, rates) => {
      const { loss, metrics, gradients } = measured(variables, () => batchLosses(model, batch, settings));
      return { loss, metrics, gradNorm: update(gradients, optimizer, rates, settings, average) };
    },
    { name: `${model.kind} train step` },
  );
}

/** A step in parts, for batches that do not fit into memory at once. */
export interface AccumulatingStep {
  /** Adds `weight` times the gradients of a micro-batch; returns its loss and metrics times `weight`. */
  add: Compiled<Added>;
  /** Updates with the sum and empties it; returns the length of the gradient before clipping. */
  update: Compiled<Updated>;
  /** Adds the other processes' sums. */
  shareSums(processes: Processes): void;
  dispose(): void;
}

export function accumulatingStep(
  model: TrainableModel,
  optimizer: Optimizer,
  settings: StepSettings,
  average?: WeightAverage,
): AccumulatingStep {
  const variables = model.parameters.groups.map(({ variable }) => variable);
  const sums = variables.map(({ size }) => tf.tidy(() => tf.variable(tf.zeros([size]), false)));
  const add = compile<Added>(
    (batch, weight) => {
      const { loss, metrics, gradients } = measured(variables, () =>
        weighted(batchLosses(model, batch, settings), weight),
      );
      gradients.forEach((gradient, i) => sums[i].assign(tf.add(sums[i], gradient)));
      return { loss, metrics };
    },
    { name: `${model.kind} micro-batch` },
  );
  const updateWithSum = compile<Updated>(
    (rates) => {
      const norm = update(sums, optimizer, rates, settings, average);
      for (const sum of sums) sum.assign(tf.zeros([sum.size]));
      return norm;
    },
    { name: `${model.kind} update` },
  );
  return {
    add,
    update: updateWithSum,
    shareSums(processes) {
      for (const sum of sums) editMemory(sum, (numbers) => processes.sum(numbers));
    },
    dispose() {
      add.dispose();
      updateWithSum.dispose();
      tf.dispose(sums);
    },
  };
}

export function batchLosses(
  model: TrainableModel,
  batch: BatchTensors,
  { labelSmoothing, neftuneAlpha }: StepSettings,
): Losses {
  const options: LossOptions = { training: true };
  if (batch.segments) options.segments = batch.segments;
  if (batch.places) options.places = batch.places;
  if (labelSmoothing) options.labelSmoothing = labelSmoothing;
  if (neftuneAlpha) options.neftuneAlpha = neftuneAlpha;
  return lossesOf(model, batch.inputs, batch.targets, options);
}

/** The losses times a scalar. */
export const weighted = (losses: Losses, weight: tf.Tensor): Losses =>
  Object.fromEntries(
    Object.entries(losses).map(([name, value]) => [name, tf.mul(value, weight)]),
  ) as unknown as Losses;

/** Gradients of the loss, and what was measured on the way to it. */
export function measured(
  variables: readonly tf.Variable[],
  losses: () => Losses,
): Omit<StepResult, "gradNorm"> & { gradients: tf.Tensor[] } {
  let metrics: Record<string, tf.Scalar> = {};
  const { value, grads } = tf.variableGrads(() => {
    const { loss, ...others } = losses();
    // The tape's scope disposes what it does not return.
    metrics = Object.fromEntries(Object.entries(others).map(([name, one]) => [name, tf.keep(one)]));
    return loss;
  }, [...variables]);
  // Kept ones would outlive the tracing of the program, which reads them and is done.
  const told = Object.entries(metrics).map(([name, kept]) => {
    const copy = tf.clone(kept);
    kept.dispose();
    return [name, copy];
  });
  return {
    loss: value,
    metrics: Object.fromEntries(told),
    gradients: variables.map(({ name }) => grads[name]),
  };
}

export function update(
  gradients: readonly tf.Tensor[],
  optimizer: Optimizer,
  { learningRate, averageDecay }: StepRates,
  { weightDecay, clipNorm }: StepSettings,
  average: WeightAverage | undefined,
): tf.Scalar {
  const { norm, factor } = globalNorm(gradients, clipNorm === 0 ? Infinity : clipNorm);
  const gradientScale = clipNorm === 0 ? undefined : factor;
  optimizer.update(gradients, { learningRate, weightDecay, gradientScale });
  if (average) average.update(averageDecay!);
  return norm;
}
