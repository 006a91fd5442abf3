/** tfjs's kernels that move elements as graph nodes. */
import { fill, literal } from "../../graph/elementwise.ts";
import * as g from "../../graph/layout.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Recorder } from "../register.ts";

const { parseAxisParam } = tf.util;

function expandDims(x: Value, dim: number): Value {
  const rank = x.shape.length;
  tf.util.assert(
    dim >= -(rank + 1) && dim <= rank,
    () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`,
  );
  const shape = [...x.shape];
  shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
  return g.reshape(x, shape);
}

/** tfjs's SplitV and Unpack share this: equal or given lengths along one axis. */
function splitLengths(x: Value, sizes: number | number[], axis: number): number[] {
  return tf.backend_util.prepareSplitSize({ shape: x.shape as number[] } as tf.Tensor, sizes, axis);
}

function stridedSlice(x: Value, attrs: Parameters<Recorder>[1]): Value {
  const info = tf.slice_util.sliceInfo(
    x.shape as number[],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const { begin, end, strides, finalShape } = info;
  if (sizeOf(finalShape) === 0) return fill(finalShape, 0, x.dtype);
  const lengths = begin.map((from, axis) => Math.max(0, Math.ceil((end[axis] - from) / strides[axis])));
  return g.reshape(g.slice(x, begin, lengths, strides), finalShape);
}

export const layoutRecorders: Record<string, Recorder> = {
  Reshape: ({ x }, { shape }) => g.reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ExpandDims: ({ input }, { dim }) => expandDims(input, dim),
  Transpose: ({ x }, { perm }) => g.transpose(x, perm),
  BroadcastTo: ({ x }, { shape }) => g.broadcastTo(x, shape),
  Tile: ({ x }, { reps }) => {
    const rank = Math.max(reps.length, x.shape.length);
    const lead = (list: readonly number[]): number[] => [
      ...new Array<number>(rank - list.length).fill(1),
      ...list,
    ];
    return g.tile(g.reshape(x, lead(x.shape)), lead(reps));
  },
  Slice: ({ x }, { begin, size }) => {
    const [start, length] = tf.slice_util.parseSliceParams({ shape: x.shape as number[] } as tf.Tensor, begin, size); // prettier-ignore
    tf.slice_util.assertParamsValid({ shape: x.shape as number[], rank: x.shape.length } as unknown as tf.Tensor, start, length); // prettier-ignore
    return g.slice(x, start, length);
  },
  StridedSlice: ({ x }, attrs) => stridedSlice(x, attrs),
  PadV2: ({ x }, { paddings, constantValue }) =>
    g.pad(
      x,
      paddings.map(([before]: number[]) => before),
      paddings.map(([, after]: number[]) => after),
      constantValue,
    ),
  Concat: (inputs, { axis }) => {
    const parts = Object.values(inputs);
    const [along] = parseAxisParam(axis, parts[0].shape as number[]);
    tf.backend_util.assertParamsConsistent(parts.map((part) => part.shape as number[]), along); // prettier-ignore
    return g.concat(parts, along);
  },
  Pack: (inputs, { axis }) => {
    const parts = Object.values(inputs);
    for (const { shape, dtype } of parts) {
      tf.util.assertShapesMatch(parts[0].shape as number[], shape as number[], "All tensors passed to stack must have matching shapes"); // prettier-ignore
      tf.util.assert(dtype === parts[0].dtype, () => "All tensors passed to stack must have matching dtypes");
    }
    return g.concat(parts.map((part) => expandDims(part, axis)), axis < 0 ? axis + parts[0].shape.length + 1 : axis); // prettier-ignore
  },
  Unpack: ({ value }, { axis }) => {
    const along = axis < 0 ? axis + value.shape.length : axis;
    const shape = value.shape.filter((_, i) => i !== along);
    const lengths = new Array<number>(value.shape[along]).fill(1);
    return g.split(value, lengths, along).map((part) => g.reshape(part, shape));
  },
  SplitV: ({ x }, { numOrSizeSplits, axis }) => {
    const [along] = parseAxisParam(axis, x.shape as number[]);
    return g.split(x, splitLengths(x, numOrSizeSplits, along), along);
  },
  Reverse: ({ x }, { dims }) => g.reverse(x, parseAxisParam(dims, x.shape as number[])),
  LinSpace: (_inputs, { start, stop, num }) => {
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    return literal(Array.from({ length: num }, (_, i) => start + i * step), [num]); // prettier-ignore
  },
  Range: (_inputs, { start, stop, step, dtype }) => {
    const towards = stop < start && step === 1 ? -1 : step;
    const count = Math.max(0, Math.ceil((stop - start) / towards));
    const values = Array.from({ length: count }, (_, i) => start + i * towards);
    return literal(values, [count], dtype ?? "float32");
  },
};
