/** Matrix products, and layer normalization with the statistics its gradient needs. */
import { fail } from "../../core/errors.ts";
import { broadcastShape, swapLastTwo } from "./shape.ts";
import { node, node1, type Value } from "./value.ts";

export interface MatmulOptions {
  /** Read `a` (or `b`) with its last two axes swapped. */
  transposeA?: boolean;
  transposeB?: boolean;
  /** Factor on the product. */
  alpha?: number;
  /** Added to the product: [n], of a matrix product only. */
  bias?: Value;
}

/**
 * alpha · a @ b (+ bias): the last two axes are matrices [m, k] @ [k, n], the others broadcast.
 * @throws GradbookError when the inner extents differ
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  const { transposeA = false, transposeB = false, alpha = 1, bias } = options;
  const left = transposeA ? swapLastTwo(a.shape) : a.shape;
  const right = transposeB ? swapLastTwo(b.shape) : b.shape;
  if (left.at(-1) !== right.at(-2))
    fail("matmul", { expected: "equal inner extents", got: `[${left}] @ [${right}]` });
  const outer = broadcastShape(left.slice(0, -2), right.slice(0, -2));
  const shape = [...outer, left.at(-2)!, right.at(-1)!];
  return node1("matmul", bias ? [a, b, bias] : [a, b], shape, "float32", { transposeA, transposeB, alpha });
}

/** Layer normalization over the last axis: the result, and per row its mean and inverse deviation. */
export function layerNormalization(
  x: Value,
  gain: Value,
  bias: Value | undefined,
  epsilon: number,
): { result: Value; mean: Value; inverseDeviation: Value } {
  const rows = [...x.shape.slice(0, -1), 1];
  const [result, mean, inverseDeviation] = node(
    "layerNorm",
    bias ? [x, gain, bias] : [x, gain],
    { epsilon },
    [x.shape, rows, rows].map((shape) => ({ shape, dtype: "float32" })),
  );
  return { result, mean, inverseDeviation };
}
