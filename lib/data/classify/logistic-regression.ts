/**
 * Logistic regression on sparse vectors, trained by stochastic gradient descent with a rate that each weight
 * adapts (AdaGrad, Duchi et al. 2011) and L2 regularisation.
 *
 * p(y = 1 | x) = σ(w·x + b);  loss = −ln p(y | x) + λ/2 |w|²  (nats, mean over examples)
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { SparseVector } from "./features.ts";

export interface LogisticOptions {
  /** Passes over the examples. Default 10. */
  epochs?: number;
  learningRate?: number;
  /** L2 strength λ per example. Default 1e-6. */
  l2?: number;
  seed?: number;
  /** How much each example counts, e.g. from `reweigh`. Default 1 each. */
  weights?: ArrayLike<number>;
}

export interface LogisticModel {
  weights: Float32Array;
  bias: number;
}

/**
 * @param labels 1 for the class whose probability is wanted, 0 for the other
 * @throws GradbookError unless both classes are there
 */
export function trainLogistic(
  examples: readonly SparseVector[],
  labels: readonly (0 | 1)[],
  places: number,
  { epochs = 10, learningRate = 0.5, l2 = 1e-6, seed = 1, weights: counts }: LogisticOptions = {},
): LogisticModel {
  if (examples.length !== labels.length || !labels.includes(0) || !labels.includes(1))
    fail("trainLogistic", {
      expected: "one label per example, and examples of both classes",
      got: `${examples.length} examples, ${labels.length} labels, ${labels.filter((label) => label === 1).length} positive`,
    });
  if (counts && counts.length !== examples.length)
    fail("trainLogistic", { expected: `${examples.length} weights`, got: counts.length });
  const weights = new Float32Array(places);
  const squares = new Float32Array(places).fill(1e-8);
  let [bias, biasSquares] = [0, 1e-8];
  const order = Int32Array.from(examples.keys());
  const generator = random(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    generator.shuffle(order);
    for (const example of order) {
      const { indices, values } = examples[example];
      const count = counts?.[example] ?? 1;
      const error = count * (sigmoid(dot(weights, examples[example]) + bias) - labels[example]);
      for (let i = 0; i < indices.length; i++) {
        const place = indices[i];
        const gradient = error * values[i] + l2 * weights[place];
        squares[place] += gradient * gradient;
        weights[place] -= (learningRate * gradient) / Math.sqrt(squares[place]);
      }
      biasSquares += error * error;
      bias -= (learningRate * error) / Math.sqrt(biasSquares);
    }
  }
  return { weights, bias };
}

/** The probability of class 1. */
export function predictLogistic({ weights, bias }: LogisticModel, example: SparseVector): number {
  return sigmoid(dot(weights, example) + bias);
}

function dot(weights: Float32Array, { indices, values }: SparseVector): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += weights[indices[i]] * values[i];
  return sum;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
