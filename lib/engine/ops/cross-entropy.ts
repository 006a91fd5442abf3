/**
 * Cross-entropy of integer targets under logits, in nats. `N` positions, `V` classes.
 *
 * The gradient is softmax minus one at the target, so probabilities are never divided or logged.
 */
import { fail } from "../../core/errors.ts";
import { binary, cast, compare, fill, mul, scalar, select, unary } from "../graph/elementwise.ts";
import { addAtColumn, pick } from "../graph/indexing.ts";
import { reshape } from "../graph/layout.ts";
import { logSoftmax, reduce } from "../graph/reduce.ts";
import { sizeOf, type Value } from "../graph/value.ts";
import { tf } from "../tf.ts";
import type { Attrs } from "../record/register.ts";
import { fused } from "./fused.ts";

interface Rows {
  /** Targets with ignored ones replaced by class 0, so that they can be looked up. */
  targets: Value;
  /** Weight of each row, [N, 1]: 1/(number of rows that count), or 0. Undefined when all rows count. */
  weights: Value | undefined;
  count: number;
}

function rowsOf(targets: Value, { ignoreIndex }: Attrs): Rows {
  const count = sizeOf(targets.shape);
  const flat = reshape(targets, [count]);
  if (ignoreIndex === undefined) return { targets: flat, weights: undefined, count };
  const counts = compare("notEqual", flat, scalar(ignoreIndex, "int32"));
  const ones = cast(counts, "float32");
  const total = binary("max", reduce("reduceSum", ones, [0], true), fill([1], 1));
  return {
    targets: select(counts, flat, scalar(0, "int32")),
    weights: reshape(binary("div", ones, total), [count, 1]),
    count,
  };
}

const crossEntropyGradient = fused("CrossEntropyGradient", ({ dy, logProbabilities, targets }, attrs) => {
  const rows = rowsOf(targets, attrs);
  const minusOne = fill([rows.count, 1], -1);
  const difference = addAtColumn(unary("exp", logProbabilities), rows.targets, minusOne);
  const factor = rows.weights ? mul(rows.weights, dy) : mul(scalar(1 / rows.count), dy);
  return mul(difference, factor);
});

const crossEntropyKernel = fused<tf.Tensor[]>(
  "CrossEntropy",
  ({ logits, targets }, attrs) => {
    const rows = rowsOf(targets, attrs);
    const logProbabilities = logSoftmax(logits);
    const picked = pick(logProbabilities, rows.targets);
    const mean = rows.weights
      ? reduce("reduceSum", mul(picked, rows.weights), [0, 1])
      : reduce("reduceMean", picked, [0, 1]);
    return [unary("neg", mean), logProbabilities];
  },
  {
    inputs: ["targets"],
    outputs: [false, true],
    of: (dy, [targets, logProbabilities], attrs) => ({
      logits: () => crossEntropyGradient({ dy, logProbabilities, targets }, attrs),
      targets: () => tf.zerosLike(targets),
    }),
  },
);

/**
 * Mean of −log softmax(logits)[target], in nats.
 *
 * @param logits [..., V]
 * @param targets int32, the shape of logits without its last axis, each in [0, V)
 * @param options.ignoreIndex positions with this target do not count (padding, prompts)
 * @returns a scalar; 0 when every position is ignored
 * @throws GradbookError when the shapes do not match or targets are not int32
 */
export function crossEntropy(
  logits: tf.Tensor,
  targets: tf.Tensor,
  { ignoreIndex }: { ignoreIndex?: number } = {},
): tf.Scalar {
  const classes = logits.shape.at(-1)!;
  if (targets.dtype !== "int32") fail("crossEntropy", { expected: "int32 targets", got: targets.dtype });
  if (targets.size * classes !== logits.size)
    fail("crossEntropy", {
      expected: `one target for each of the ${logits.size / classes} positions of logits [${logits.shape}]`,
      got: `targets [${targets.shape}]`,
    });
  const flat = logits.reshape([-1, classes]);
  return crossEntropyKernel({ logits: flat, targets }, { ignoreIndex })[0] as tf.Scalar;
}
