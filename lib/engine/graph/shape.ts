/** Shape arithmetic shared by the graph's operations: broadcasting, axes, strides. */
import { fail } from "../../core/errors.ts";
import type { Shape } from "./value.ts";

/** Do two shapes agree in every extent? */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** The shape two operands broadcast to (NumPy's rule). @throws GradbookError when they do not fit. */
export function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      fail("broadcast", { expected: "shapes that broadcast", got: `[${a}] and [${b}]` });
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** Axes in ascending order, negative ones counted from the end; all axes when undefined. */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => (axis < 0 ? axis + rank : axis));
  for (const axis of list)
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      fail("axis", { expected: `an axis between ${-rank} and ${rank - 1}`, got: `[${axes}]` });
  return list.sort((a, b) => a - b);
}

/** The shape left after reducing `axes` (normalized). */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Swap the last two entries: the shape or the permutation of a transposed matrix. */
export function swapLastTwo<T>(list: readonly T[]): T[] {
  const swapped = [...list];
  const last = swapped.length - 1;
  [swapped[last - 1], swapped[last]] = [swapped[last], swapped[last - 1]];
  return swapped;
}
