/** Matrix products, and layer normalization with the statistics its gradient needs. */
import { fail } from "../../core/errors.ts";
import { transpose } from "./layout.ts";
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
  if (a.dtype !== "float32")
    return node1("matmulInt", [plain(a, transposeA), plain(b, transposeB)], shape, a.dtype);
  return node1("matmul", bias ? [a, b, bias] : [a, b], shape, "float32", { transposeA, transposeB, alpha });
}

const plain = (x: Value, transposed: boolean): Value =>
  transposed ? transpose(x, swapLastTwo([...x.shape.keys()])) : x;

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

/** A sum of products named by index letters: "bij,bjk->bik". */
export function einsum(equation: string, operands: readonly Value[]): Value {
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const extents = new Map<string, number>();
  left
    .split(",")
    .forEach((letters, i) =>
      [...letters].forEach((letter, axis) => extents.set(letter, operands[i].shape[axis])),
    );
  const shape = [...right].map((letter) => extents.get(letter)!);
  return node1("einsum", operands, shape, operands[0].dtype, { equation });
}
