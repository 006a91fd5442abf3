/** Choosing an action from what a network says. */
import type { Random } from "../../core/random.ts";

/** Log-probabilities of one row of logits. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  const row = Float64Array.from(logits);
  const top = Math.max(...row);
  const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0)) + top;
  return row.map((logit) => logit - total);
}

/** An index drawn with the given probabilities, which sum to 1. */
export function draw(probabilities: ArrayLike<number>, generator: Random): number {
  let left = generator.uniform();
  let possible = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] > 0) possible = i;
    if ((left -= probabilities[i]) < 0) return i;
  }
  // Rounding may leave a crumb; an action of probability 0 is never taken.
  return possible;
}

/** The first of the largest. */
export function argMax(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[best]) best = i;
  return best;
}
