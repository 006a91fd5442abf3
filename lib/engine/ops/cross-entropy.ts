/**
 * Cross-entropy of integer targets under logits, in nats, with what training recipes add to it.
 *
 * `N` positions, `V` classes. The gradient is softmax minus the target distribution, so probabilities are
 * never divided or logged. Label smoothing: Szegedy et al., arXiv 1512.00567; z-loss: PaLM, arXiv 2204.02311.
 */
import { fail } from "../../core/errors.ts";
import {
  add,
  binary,
  cast,
  compare,
  fill,
  literal,
  mul,
  scalar,
  scale,
  select,
  shift,
  sub,
  unary,
} from "../graph/elementwise.ts";
import { addAtColumn, gather, pick } from "../graph/indexing.ts";
import { reshape } from "../graph/layout.ts";
import { logSoftmax, reduce } from "../graph/reduce.ts";
import { sizeOf, type Value } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { fused } from "./fused.ts";

export interface CrossEntropyOptions {
  /** Positions with this target do not count (padding, prompts). */
  ignoreIndex?: number;
  /** Share of the target distribution spread evenly over all classes. */
  labelSmoothing?: number;
  /** Factor on the squared log of the softmax's denominator, which keeps logits small. */
  zLoss?: number;
  /** How much positions of each class count, one number for each class. */
  classWeights?: readonly number[];
}

interface Rows {
  /** Targets [N], ignored ones replaced by class 0 so that they can be looked up. */
  targets: Value;
  /** Weight of each row [N, 1], summing to one; undefined when all rows count alike. */
  weights: Value | undefined;
  count: number;
}

function rowsOf(targets: Value, { ignoreIndex, classWeights }: CrossEntropyOptions): Rows {
  const count = sizeOf(targets.shape);
  const flat = reshape(targets, [count]);
  const counts =
    ignoreIndex === undefined ? undefined : compare("notEqual", flat, scalar(ignoreIndex, "int32"));
  const known = counts ? select(counts, flat, scalar(0, "int32")) : flat;
  if (!counts && !classWeights) return { targets: known, weights: undefined, count };
  const byClass = classWeights && gather(literal(classWeights, [classWeights.length]), known, 0);
  const present = counts && cast(counts, "float32");
  const raw = byClass && present ? mul(byClass, present) : (byClass ?? present)!;
  // A batch in which nothing counts has loss zero, not NaN.
  const total = binary("max", reduce("reduceSum", raw, [0], true), fill([1], 1e-12));
  return { targets: known, weights: reshape(binary("div", raw, total), [count, 1]), count };
}

/** log Σ exp(logits) of each row [N, 1]: what log softmax subtracted at the target. */
function logDenominators(logits: Value, logProbabilities: Value, targets: Value): Value {
  return sub(pick(logits, targets), pick(logProbabilities, targets));
}

function lossOfRows(
  logits: Value,
  logProbabilities: Value,
  { targets }: Rows,
  options: CrossEntropyOptions,
): Value {
  const { labelSmoothing = 0, zLoss = 0 } = options;
  let loss = unary("neg", pick(logProbabilities, targets));
  if (labelSmoothing > 0) {
    const even = unary("neg", reduce("reduceMean", logProbabilities, [1], true));
    loss = add(scale(loss, 1 - labelSmoothing), scale(even, labelSmoothing));
  }
  if (zLoss === 0) return loss;
  const log = logDenominators(logits, logProbabilities, targets);
  return add(loss, scale(mul(log, log), zLoss));
}

type Saved = Record<"dy" | "logits" | "logProbabilities" | "targets", Value>;

function logitsGradient(
  { dy, logits, logProbabilities, targets }: Saved,
  options: CrossEntropyOptions,
): Value {
  const { labelSmoothing = 0, zLoss = 0 } = options;
  const rows = rowsOf(targets, options);
  const probabilities = unary("exp", logProbabilities);
  const log = zLoss > 0 ? logDenominators(logits, logProbabilities, rows.targets) : undefined;
  const predicted = log ? mul(probabilities, shift(scale(log, 2 * zLoss), 1)) : probabilities;
  const atTarget = fill([rows.count, 1], labelSmoothing - 1);
  const difference = addAtColumn(predicted, rows.targets, atTarget);
  const even = labelSmoothing / logProbabilities.shape[1];
  const smoothed = labelSmoothing > 0 ? shift(difference, -even) : difference;
  return mul(smoothed, rows.weights ? mul(rows.weights, dy) : mul(scalar(1 / rows.count), dy));
}

const crossEntropyGradient = fused("CrossEntropyGradient", (values, options) =>
  logitsGradient(values as unknown as Saved, options),
);

const crossEntropyKernel = fused<tf.Tensor[]>(
  "CrossEntropy",
  ({ logits, targets }, options) => {
    const rows = rowsOf(targets, options);
    const logProbabilities = logSoftmax(logits);
    const loss = lossOfRows(logits, logProbabilities, rows, options);
    const mean = rows.weights
      ? reduce("reduceSum", mul(loss, rows.weights), [0, 1])
      : reduce("reduceMean", loss, [0, 1]);
    return [mean, logProbabilities];
  },
  {
    inputs: ["logits", "targets"],
    outputs: [false, true],
    of: (dy, [logits, targets, logProbabilities], options) => ({
      logits: () => crossEntropyGradient({ dy, logits, targets, logProbabilities }, options),
      targets: () => tf.zerosLike(targets),
    }),
  },
);

/**
 * Mean of −log softmax(logits)[target], in nats.
 *
 * With class weights the mean is weighted, as in PyTorch; they do not combine with label smoothing.
 *
 * @param logits [..., V]
 * @param targets int32, the shape of logits without its last axis, each in [0, V)
 * @returns a scalar; 0 when every position is ignored
 * @throws GradbookError when the shapes do not match or targets are not int32
 */
export function crossEntropy(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: CrossEntropyOptions = {},
): tf.Scalar {
  const classes = logits.shape.at(-1)!;
  if (targets.dtype !== "int32") fail("crossEntropy", { expected: "int32 targets", got: targets.dtype });
  if (targets.size * classes !== logits.size)
    fail("crossEntropy", {
      expected: `one target for each of the ${logits.size / classes} positions of logits [${logits.shape}]`,
      got: `targets [${targets.shape}]`,
    });
  const { classWeights, labelSmoothing = 0 } = options;
  if (classWeights && (classWeights.length !== classes || labelSmoothing > 0))
    fail("crossEntropy", {
      expected: `${classes} class weights and no label smoothing with them`,
      got: `${classWeights.length} weights, smoothing ${labelSmoothing}`,
    });
  const flat = tf.reshape(logits, [-1, classes]);
  return crossEntropyKernel({ logits: flat, targets }, { ...options })[0] as tf.Scalar;
}
