/**
 * How sure a number is: bootstrap confidence intervals (Efron 1979; for BLEU: Koehn, EMNLP 2004), and whether two
 * systems differ by more than chance.
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { checkLengths } from "./check.ts";

export interface Interval {
  /** Of the examples as they are. */
  value: number;
  low: number;
  high: number;
  /** Standard deviation over resamples: the standard error. */
  error: number;
}

export interface ResampleOptions {
  /** Default 1000. */
  samples?: number;
  /** Default 0.95. */
  confidence?: number;
  seed?: number;
}

/**
 * A metric with its percentile interval, from examples drawn again and again with replacement.
 *
 * @param metric of a list of examples: a mean, or corpus BLEU from counts that add up
 */
export function bootstrap<T>(
  examples: readonly T[],
  metric: (drawn: readonly T[]) => number,
  { samples = 1000, confidence = 0.95, seed = 0 }: ResampleOptions = {},
): Interval {
  checkLengths("bootstrap", { examples });
  if (!(confidence > 0 && confidence < 1))
    fail("bootstrap", { expected: "a confidence between 0 and 1", got: confidence });
  const generator = random(seed);
  const values = Array.from({ length: samples }, () =>
    metric(Array.from(examples, () => examples[generator.integer(examples.length)])),
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const mean = values.reduce((sum, x) => sum + x, 0) / samples;
  return {
    value: metric(examples),
    low: quantile(values, tail),
    high: quantile(values, 1 - tail),
    error: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (samples - 1)),
  };
}

export interface Comparison {
  /** Mean of a less mean of b. */
  difference: number;
  low: number;
  high: number;
  /** How often chance alone makes a difference as large. */
  pValue: number;
}

/**
 * Two systems on the same examples: the interval of the difference by paired bootstrap, the p-value by approximate
 * randomization (Riezler & Maxwell 2005): scores are swapped at random between the systems.
 *
 * @param a, b scores of each example
 */
export function compareScores(
  a: readonly number[],
  b: readonly number[],
  options: ResampleOptions = {},
): Comparison {
  checkLengths("compareScores", { a, b });
  const differences = a.map((score, i) => score - b[i]);
  const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  const { value, low, high } = bootstrap(differences, mean, options);
  const { samples = 1000, seed = 0 } = options;
  const generator = random(seed + 1);
  let asLarge = 0;
  for (let i = 0; i < samples; i++) {
    const swapped = mean(differences.map((d) => (generator.uniform() < 0.5 ? d : -d)));
    // A hair's breadth for rounding: with all signs kept it is the difference itself.
    if (Math.abs(swapped) >= Math.abs(value) - 1e-12) asLarge++;
  }
  return { difference: value, low, high, pValue: (asLarge + 1) / (samples + 1) };
}

/** Linear between neighbours, as NumPy's. */
export function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
