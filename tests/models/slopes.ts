/** Gradients against finite differences: every weight of a model moved a little, and what the loss makes of it. */
import { expect } from "vitest";
import { tf } from "../../lib/engine/index.ts";

/** Move weights away from where they start, so that attention and GELU are not nearly linear, and no slope is zero. */
export function moveWeights(variables: readonly tf.Variable[], by: number): void {
  for (const variable of variables)
    tf.tidy(() => variable.assign(variable.add(tf.sin(tf.range(0, variable.size)).mul(by))));
}

/** The slope of `at` at 0 by five points: the error is of the order of h⁴, so h may be large enough for float32. */
export const slopeOf = (at: (shift: number) => number, h: number): number =>
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);

/**
 * Every `every`th element of the variable has the gradient that finite differences find. The variable keeps its values.
 *
 * @param gradient as long as the variable, which is flat
 */
export function expectSlopes(
  variable: tf.Variable,
  gradient: ArrayLike<number>,
  loss: () => tf.Scalar,
  every: number,
): void {
  const values = variable.dataSync().slice();
  for (let index = 0; index < values.length; index += every) {
    const difference = slopeOf((shift) => {
      const moved = values.slice();
      moved[index] += shift;
      variable.assign(tf.tensor1d(moved));
      return tf.tidy(() => loss().dataSync()[0]);
    }, 1e-2);
    expect(Math.abs(gradient[index] - difference), `element ${index}`).toBeLessThan(
      2e-3 + 0.01 * Math.abs(difference),
    );
  }
  variable.assign(tf.tensor1d(values));
}
