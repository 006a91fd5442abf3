/**
 * The small networks of the agents: observation → hidden layers with tanh → heads.
 *
 * `B` batch, `O` numbers of an observation, `A` actions. The heads share nothing but the observation, as in the PPO
 * paper's code: policy `[B, A]` logits, value `[B, 1]`.
 */
import { compile, tf, type Compiled } from "../../engine/index.ts";
import type { Parameters } from "../../nn/index.ts";
import { linear, linearParameters, type ParameterTree, type TensorsOf } from "../../nn/index.ts";

export interface MlpShape {
  inputs: number;
  width: number;
  outputs: number;
  /** Of the last layer's starting weights: small for a policy, so that it begins undecided. */
  lastDeviation: number;
}

export function mlpTree({ inputs, width, outputs, lastDeviation }: MlpShape) {
  return {
    first: linearParameters(inputs, width, 1 / Math.sqrt(inputs)),
    second: linearParameters(width, width, 1 / Math.sqrt(width)),
    last: linearParameters(width, outputs, lastDeviation / Math.sqrt(width)),
  };
}

export type MlpTensors = TensorsOf<ReturnType<typeof mlpTree>>;

/** `[B, inputs]` → `[B, outputs]`. */
export function runMlp(p: MlpTensors, x: tf.Tensor): tf.Tensor2D {
  const hidden = tf.tanh(linear(p.second, tf.tanh(linear(p.first, x))));
  return linear(p.last, hidden) as tf.Tensor2D;
}

/** Observations as a tensor `[B, O]`. */
export function stack(observations: readonly ArrayLike<number>[]): tf.Tensor2D {
  const size = observations[0].length;
  const flat = new Float32Array(observations.length * size);
  observations.forEach((observation, row) => flat.set(observation as Float32Array, row * size));
  return tf.tensor2d(flat, [observations.length, size]);
}

/** 1 at `index`, 0 elsewhere: picks an action's number out of a row by multiplication. */
export function oneHot(index: number, size: number): Float32Array {
  const row = new Float32Array(size);
  row[index] = 1;
  return row;
}

/** A compiled function of observations, called with plain numbers and answering with them. */
export function evaluator(
  name: string,
  fn: (observations: tf.Tensor2D) => tf.Tensor[],
): { run(observations: readonly ArrayLike<number>[]): Float32Array[]; dispose(): void } {
  const program: Compiled<typeof fn> = compile(fn, { name });
  return {
    run(observations) {
      const input = stack(observations);
      const outputs = program(input);
      const numbers = outputs.map((output) => (output.dataSync() as Float32Array).slice());
      tf.dispose([input, ...outputs]);
      return numbers;
    },
    dispose: () => program.dispose(),
  };
}

/** Runs a compiled step, disposes its inputs, and returns its scalars as numbers. */
export function runStep<K extends string>(
  step: (inputs: Record<string, tf.Tensor>) => Record<K, tf.Tensor>,
  inputs: Record<string, tf.Tensor>,
): Record<K, number> {
  const results = step(inputs);
  const numbers = Object.entries<tf.Tensor>(results).map(([name, tensor]) => [name, tensor.dataSync()[0]]);
  tf.dispose([...Object.values(inputs), ...Object.values<tf.Tensor>(results)]);
  return Object.fromEntries(numbers) as Record<K, number>;
}

/** Loss and gradients with respect to all trained parameters, in the order of the groups. */
export function gradientsOf<T extends ParameterTree>(
  parameters: Parameters<T>,
  loss: () => tf.Scalar,
): { value: tf.Scalar; gradients: tf.Tensor[] } {
  const variables = parameters.groups.map(({ variable }) => variable);
  const { value, grads } = tf.variableGrads(loss, variables);
  return { value, gradients: variables.map(({ name }) => grads[name]) };
}
