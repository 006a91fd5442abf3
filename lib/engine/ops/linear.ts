/** The linear layer: one matrix product with its bias, over the last axis. */
import { fail } from "../../core/errors.ts";
import { reshape } from "../graph/layout.ts";
import { matmul } from "../graph/linear.ts";
import { reduce } from "../graph/reduce.ts";
import { sizeOf, type Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

/** All axes but the last as rows. */
export function asMatrix(x: Value): Value {
  const width = x.shape[x.shape.length - 1];
  return reshape(x, [sizeOf(x.shape) / width, width]);
}

const inputGradient = fused("LinearInputGradient", ({ dy, weight }, { transposed }) => {
  const rows = matmul(asMatrix(dy), weight, { transposeB: !transposed });
  return reshape(rows, [...dy.shape.slice(0, -1), rows.shape[1]]);
});

const weightGradient = fused("LinearWeightGradient", ({ dy, x }, { transposed }) =>
  transposed
    ? matmul(asMatrix(dy), asMatrix(x), { transposeA: true })
    : matmul(asMatrix(x), asMatrix(dy), { transposeA: true }),
);

const biasGradient = fused("LinearBiasGradient", ({ dy }) => reduce("reduceSum", asMatrix(dy), [0]));

const linearKernel = fused(
  "Linear",
  ({ x, weight, bias }, { transposed }) => {
    const rows = matmul(asMatrix(x), weight, { bias, transposeB: transposed });
    return reshape(rows, [...x.shape.slice(0, -1), rows.shape[1]]);
  },
  {
    inputs: ["x", "weight"],
    of: (dy, [x, weight], attrs) => ({
      x: () => inputGradient({ dy, weight }, attrs),
      weight: () => weightGradient({ dy, x }, attrs),
      bias: () => biasGradient({ dy }),
    }),
  },
);

/**
 * x · weight + bias over the last axis.
 *
 * @param x [..., in]
 * @param weight [in, out], or [out, in] with `transposed` (a tied embedding table)
 * @param bias [out], or undefined for none
 * @returns [..., out]
 * @throws GradbookError when the shapes do not fit
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  { transposed = false }: { transposed?: boolean } = {},
): tf.Tensor {
  const [inner, outer] = transposed ? [weight.shape[1], weight.shape[0]] : weight.shape;
  if (weight.rank !== 2 || x.shape.at(-1) !== inner)
    fail("linear", {
      expected: `a weight of shape ${transposed ? `[out, ${x.shape.at(-1)}]` : `[${x.shape.at(-1)}, out]`} for x [${x.shape}]`,
      got: `[${weight.shape}]`,
    });
  if (bias && (bias.rank !== 1 || bias.size !== outer))
    fail("linear", { expected: `a bias of shape [${outer}]`, got: `[${bias.shape}]` });
  return linearKernel(bias ? { x, weight, bias } : { x, weight }, { transposed });
}
