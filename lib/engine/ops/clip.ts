/** Clipping by the global norm: all gradients shrink by one factor when together they are too long. */
import { fail } from "../../core/errors.ts";
import { tf } from "../tf.ts";
import { binary, div, scalar, shift, unary, add } from "../graph/elementwise.ts";
import { reduce } from "../graph/reduce.ts";
import { fused } from "./fused.ts";

const normAndFactor = fused<tf.Tensor[]>("GlobalNorm", (gradients, { maxNorm }) => {
  const squares = Object.values(gradients).map((x) => reduce("reduceSumSquare", x, [...x.shape.keys()]));
  const norm = unary("sqrt", squares.reduce(add));
  // The small number keeps a zero gradient from dividing by zero.
  return [norm, binary("min", div(scalar(maxNorm), shift(norm, 1e-6)), scalar(1))];
});

/**
 * The norm of all gradients together, √Σg², and the factor that brings it to at most `maxNorm`.
 *
 * Multiplying by the factor is left to whoever reads the gradients next: `adamwUpdate` takes it.
 * @returns scalars; factor = min(1, maxNorm / norm)
 */
export function globalNorm(
  gradients: readonly tf.Tensor[],
  maxNorm = Infinity,
): { norm: tf.Scalar; factor: tf.Scalar } {
  if (!(maxNorm > 0)) fail("globalNorm", { expected: "a positive maxNorm", got: maxNorm });
  const [norm, factor] = normAndFactor({ ...gradients } as unknown as Record<string, tf.Tensor>, { maxNorm });
  return { norm: norm as tf.Scalar, factor: factor as tf.Scalar };
}

/**
 * Gradients scaled so that their global norm is at most `maxNorm`, and the norm they had.
 *
 * Source: Pascanu et al., "On the difficulty of training recurrent neural networks", arXiv 1211.5063.
 */
export function clipByGlobalNorm<T extends readonly tf.Tensor[]>(
  gradients: T,
  maxNorm: number,
): { grads: tf.Tensor[]; norm: tf.Scalar } {
  const { norm, factor } = globalNorm(gradients, maxNorm);
  return { grads: gradients.map((gradient) => tf.mul(gradient, factor)), norm };
}
