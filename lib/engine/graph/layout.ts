/**
 * Operations that move elements without computing: reshape, transpose, broadcast, slice, pad, concat, split,
 * reverse. Chains of reshapes and transposes collapse while recording.
 */
import { fail } from "../../core/errors.ts";
import { fill, uniformValue } from "./elementwise.ts";
import { sameShape } from "./shape.ts";
import { isResident, leaf, node, node1, sizeOf, type Shape, type Value } from "./value.ts";

/** The same elements under another shape of equal size. */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape))
    fail("reshape", {
      expected: `a shape of ${sizeOf(x.shape)} elements`,
      got: `[${shape}] from [${x.shape}]`,
    });
  if (x.producer?.op === "reshape") return reshape(x.producer.inputs[0], shape);
  const uniform = x.producer?.op === "fill" ? uniformValue(x) : undefined;
  if (uniform !== undefined) return fill(shape, uniform, x.dtype);
  if (x.data && !x.constant && !isResident(x.data)) {
    x.shared = true;
    return { ...leaf(x.data, shape, x.dtype), shared: true };
  }
  return node1("reshape", [x], shape, x.dtype);
}

/** Reorder the axes: result axis i is axis `permutation[i]` of x. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.every((from, to) => from === to)) return x;
  const shape = permutation.map((from) => x.shape[from]);
  if (x.producer?.op === "transpose") {
    const inner = x.producer.attributes.permutation as readonly number[];
    return transpose(
      x.producer.inputs[0],
      permutation.map((from) => inner[from]),
    );
  }
  // Moving only axes of extent one leaves the elements where they are.
  const moving = permutation.filter((from) => x.shape[from] !== 1);
  if (moving.every((from, i) => i === 0 || from > moving[i - 1])) return reshape(x, shape);
  return node1("transpose", [x], shape, x.dtype, { permutation });
}

/** Repeat extents of one to fill `shape`. */
export function broadcastTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const uniform = uniformValue(x);
  return uniform !== undefined ? fill(shape, uniform, x.dtype) : node1("broadcast", [x], shape, x.dtype);
}

/** Repeat the whole of each axis `repeats[axis]` times. */
export function tile(x: Value, repeats: readonly number[]): Value {
  if (repeats.every((times) => times === 1)) return x;
  return node1("tile", [x], x.shape.map((extent, axis) => extent * repeats[axis]), x.dtype, { repeats }); // prettier-ignore
}

/** `length[axis]` elements of each axis from `start[axis]`, `step[axis]` apart (negative steps walk back). */
export function slice(x: Value, start: Shape, length: Shape, step: Shape = length.map(() => 1)): Value {
  if (sameShape(x.shape, length) && step.every((stride) => stride === 1)) return x;
  return node1("slice", [x], length, x.dtype, { start, step });
}

/** Surround with `value`: `before[axis]` and `after[axis]` elements. */
export function pad(x: Value, before: Shape, after: Shape, value: number): Value {
  if ([...before, ...after].every((count) => count === 0)) return x;
  const shape = x.shape.map((extent, axis) => before[axis] + extent + after[axis]);
  if (sizeOf(x.shape) === 0) return fill(shape, value, x.dtype);
  return node1("pad", [x], shape, x.dtype, { before, after, value });
}

/** Join along an axis. */
export function concat(parts: readonly Value[], axis: number): Value {
  const filled = parts.filter((part) => part.shape[axis] > 0);
  if (filled.length === 1) return filled[0];
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((extent, part) => extent + part.shape[axis], 0);
  return node1("concat", filled, shape, parts[0].dtype, { axis });
}

/** Cut along an axis into pieces of the given lengths. */
export function split(x: Value, lengths: readonly number[], axis: number): Value[] {
  if (lengths.length === 1) return [x];
  const shapes = lengths.map((length) => x.shape.map((extent, i) => (i === axis ? length : extent)));
  if (lengths.includes(0) || sizeOf(x.shape) === 0) {
    let from = 0;
    return shapes.map((shape) => {
      const start = shape.map((_, i) => (i === axis ? from : 0));
      from += shape[axis];
      return slice(x, start, shape);
    });
  }
  return node("split", [x], { axis, lengths }, shapes.map((shape) => ({ shape, dtype: x.dtype }))); // prettier-ignore
}

/**
 * The values themselves, known only after all of them are: what is computed from the results is not merged with what
 * was computed from the values.
 */
export function barrier(values: readonly Value[]): Value[] {
  return node("barrier", values, {}, values.map(({ shape, dtype }) => ({ shape, dtype }))); // prettier-ignore
}

/** Reverse the order along each of the axes. */
export function reverse(x: Value, axes: readonly number[]): Value {
  const start = x.shape.map((extent, axis) => (axes.includes(axis) ? extent - 1 : 0));
  const step = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
  return axes.length === 0 ? x : node1("slice", [x], x.shape, x.dtype, { start, step });
}
