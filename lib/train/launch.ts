/**
 * Several steps, each over one or several micro-batches, in one launch: a loop on the device, for engines that have one.
 *
 * The numbers are those of `trainStep` and `accumulatingStep`, one launch after the other. What is saved is the
 * way from this process to the device and back: one for all steps.
 *
 * `B` batch, `K` steps, `A` micro-batches of a step, `T` time.
 */
import { compile, scan, tf, withSeed, type Compiled } from "../engine/index.ts";
import type { Losses, TrainableModel } from "../models/language-model.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import { batchLosses, measured, update, weighted, type StepRates, type StepResult, type StepSettings } from "./step.ts"; // prettier-ignore
import type { BatchTensors } from "./tensors.ts";

export interface LaunchInputs {
  /** `[B, K · A, T]`: all micro-batches, in order. */
  batches: BatchTensors;
  /** `[K]` */
  rates: StepRates;
  /** Share of each micro-batch in its step's targets, `[K, A]`. */
  weights: tf.Tensor;
  /** Seed of each micro-batch's random numbers, int32 `[K, A]`. */
  seeds: tf.Tensor;
}

/** Loss, gradient's length and metrics of each step, `[K]`. */
type Launch = (inputs: LaunchInputs) => StepResult;

export interface LaunchedSteps {
  run: Compiled<Launch>;
  dispose(): void;
}

export function launchedSteps(
  model: TrainableModel,
  optimizer: Optimizer,
  settings: StepSettings,
  average?: WeightAverage,
): LaunchedSteps {
  const variables = model.parameters.groups.map(({ variable }) => variable);
  let sums: tf.Variable[] = [];
  const accumulators = (): tf.Variable[] => {
    if (sums.length === 0)
      sums = variables.map(({ size }) => tf.tidy(() => tf.variable(tf.zeros([size]), false)));
    return sums;
  };
  type Micro = { weight: tf.Tensor; seed: tf.Tensor };

  function micro({ weight, seed }: Micro, batch: BatchTensors): ReturnType<typeof measured> {
    return withSeed(seed, () =>
      measured(variables, () => weighted(batchLosses(model, batch, settings), weight)),
    );
  }

  /** The losses of a step's micro-batches and the sum of their gradients. */
  function gathered(
    weights: tf.Tensor,
    seeds: tf.Tensor,
    batches: BatchTensors,
  ): ReturnType<typeof measured> {
    const [count] = weights.shape;
    if (count === 1)
      return micro({ weight: weights.reshape([]), seed: seeds.reshape([]) }, squeezed(batches));
    const own = accumulators();
    for (const sum of own) sum.assign(tf.zeros([sum.size]));
    const all = scan(count, { weight: weights, seed: seeds }, batches, (item, batch) => {
      const { loss, metrics, gradients } = micro(item, batch);
      gradients.forEach((gradient, i) => own[i].assign(tf.add(own[i], gradient)));
      return { loss, metrics } as Pick<Losses, "loss"> & { metrics: StepResult["metrics"] };
    });
    const total = (each: tf.Tensor): tf.Scalar => tf.sum(each);
    const metrics = Object.fromEntries(
      Object.entries(all.metrics).map(([name, each]) => [name, total(each)]),
    );
    return { loss: total(all.loss), metrics, gradients: own };
  }

  const run = compile<Launch>(
    ({ batches, rates, weights, seeds }) => {
      const [steps, count] = weights.shape as [number, number];
      const grouped = reshaped(batches, ([rows, , ...rest]) => [rows, steps, count, ...rest]);
      return scan(steps, { rates, weights, seeds }, grouped, (item, batch) => {
        const { gradients, ...told } = gathered(item.weights, item.seeds, batch);
        return { ...told, gradNorm: update(gradients, optimizer, item.rates, settings, average) };
      });
    },
    { name: `${model.kind} steps` },
  );
  return {
    run,
    dispose() {
      run.dispose();
      tf.dispose(sums);
    },
  };
}

const reshaped = (batch: BatchTensors, shapeOf: (shape: number[]) => number[]): BatchTensors =>
  Object.fromEntries(
    Object.entries(batch as object as Record<string, tf.Tensor>).map(([name, x]) => [
      name,
      x.reshape(shapeOf(x.shape)),
    ]),
  ) as unknown as BatchTensors;

const squeezed = (batch: BatchTensors): BatchTensors =>
  reshaped(batch, ([rows, , ...rest]) => [rows, ...rest]);
