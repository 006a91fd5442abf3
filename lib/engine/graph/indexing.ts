/** Operations addressed by integer indices: gather, scatter, one-hot, and picking one element per row. */
import { cast, compare, fill, literal, select } from "./elementwise.ts";
import { reshape } from "./layout.ts";
import { node1, sizeOf, type Dtype, type Shape, type Value } from "./value.ts";

/** Slices of x along `axis`, chosen by int32 indices. */
export function gather(x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return node1("gather", [x, indices], shape, x.dtype, { axis });
}

/** Slices of x at coordinates: the last axis of `indices` holds one coordinate each. */
export function gatherNd(x: Value, indices: Value): Value {
  const depth = indices.shape.at(-1)!;
  return node1("gatherNd", [x, indices], [...indices.shape.slice(0, -1), ...x.shape.slice(depth)], x.dtype);
}

/** `base` with `updates` written (or added) at coordinates, the last axis of `indices`. */
export function scatterNd(base: Value, indices: Value, updates: Value, mode: "replace" | "add"): Value {
  return node1("scatterNd", [base, indices, updates], base.shape, base.dtype, { mode });
}

/** One element of each row: x [rows, columns], indices [rows] → [rows, 1]. */
export function pick(x: Value, indices: Value): Value {
  const rows = x.shape[0];
  return node1("pick", [x, reshape(indices, [rows, 1])], [rows, 1], x.dtype);
}

/** x [rows, columns] with `updates` [rows, 1] added at one column of each row. */
export function addAtColumn(x: Value, indices: Value, updates: Value): Value {
  const rows = x.shape[0];
  return node1("addAtColumn", [x, reshape(indices, [rows, 1]), updates], x.shape, x.dtype);
}

/** Sum rows of `updates` [n, …] into `rows` buckets by `ids` [n]: the gradient of a row gather. */
export function segmentSum(updates: Value, ids: Value, rows: number): Value {
  const base = fill([rows, ...updates.shape.slice(1)], 0, updates.dtype);
  return scatterNd(base, reshape(ids, [sizeOf(ids.shape), 1]), updates, "add");
}

/** Rows with `on` at each index and `off` elsewhere. */
export function oneHot(indices: Value, depth: number, on: number, off: number, dtype: Dtype): Value {
  const shape: Shape = [...indices.shape, depth];
  if (sizeOf(shape) === 0) return fill(shape, off, dtype);
  const columns = literal(Array.from({ length: depth }, (_, column) => column), [depth], "int32"); // prettier-ignore
  const hit = compare("equal", reshape(indices, [...indices.shape, 1]), columns);
  if (on === 1 && off === 0) return cast(hit, dtype);
  return select(hit, fill([], on, dtype), fill([], off, dtype));
}
