/**
 * Grey-scale dilation (the maximum of pixels plus a filter over a window) and its two gradients as graph nodes.
 *
 * The window is small and known, so each of its places is one strided slice of the padded image. `K` places in
 * the window, `B` batch, `H`, `W` the result's extents, `C` channels.
 */
import * as e from "../../graph/elementwise.ts";
import { scatterNd } from "../../graph/indexing.ts";
import { concat, pad, reshape, slice } from "../../graph/layout.ts";
import { argExtremum, reduce } from "../../graph/reduce.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Attrs, Recorder } from "../register.ts";

type Shape4 = [number, number, number, number];

/** What padding counts as: less than any pixel, yet finite, as in tfjs. */
const OUTSIDE = -(2 ** 53);

const infoOf = (x: Value, filter: Value, { strides, pad: padding, dilations }: Attrs) =>
  tf.backend_util.computeDilation2DInfo(x.shape as Shape4, filter.shape as [number, number, number], strides, padding, "NHWC", dilations); // prettier-ignore

type Info = ReturnType<typeof infoOf>;

/** Places of the window, [row, column], in the order that decides between equals. */
const placesOf = ({ filterHeight, filterWidth }: Info): [number, number][] =>
  Array.from({ length: filterHeight * filterWidth }, (_, k) => [
    Math.floor(k / filterWidth),
    k % filterWidth,
  ]);

/** Pixel plus filter at every place of the window: K values [B, H, W, C]. */
function candidates(x: Value, filter: Value, info: Info): Value[] {
  const { outHeight, outWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const [batch, height, width, channels] = x.shape;
  const needed = (out: number, stride: number, filterExtent: number, dilation: number): number =>
    (out - 1) * stride + (filterExtent - 1) * dilation + 1;
  const below = needed(outHeight, strideHeight, info.filterHeight, dilationHeight) - padInfo.top - height;
  const right = needed(outWidth, strideWidth, info.filterWidth, dilationWidth) - padInfo.left - width;
  const padded = pad(
    x,
    [0, padInfo.top, padInfo.left, 0],
    [0, Math.max(0, below), Math.max(0, right), 0],
    OUTSIDE,
  );
  return placesOf(info).map(([row, column]) => {
    const start = [0, row * dilationHeight, column * dilationWidth, 0];
    const step = [1, strideHeight, strideWidth, 1];
    const pixels = slice(padded, start, [batch, outHeight, outWidth, channels], step);
    const weight = slice(filter, [row, column, 0], [1, 1, channels]);
    return e.add(pixels, reshape(weight, [1, 1, 1, channels]));
  });
}

/** Which place of the window was the largest, the first of equals: int32 [B, H, W, C]. */
function winners(x: Value, filter: Value, info: Info): Value {
  const stacked = candidates(x, filter, info).map((value) => reshape(value, [1, ...value.shape]));
  return argExtremum("argMax", concat(stacked, 0), 0);
}

const isFloat = (...values: Value[]): boolean => values.every(({ dtype }) => dtype === "float32");
const integer = (n: number): Value => e.scalar(n, "int32");
const wonBy = (winner: Value, k: number): Value => e.compare("equal", winner, integer(k));

function filterGradient(dy: Value, x: Value, filter: Value, attrs: Attrs): Value {
  const info = infoOf(x, filter, attrs);
  const winner = winners(x, filter, info);
  const sums = placesOf(info).map((_, k) => {
    const share = e.mul(dy, e.cast(wonBy(winner, k), "float32"));
    return reduce("reduceSum", reshape(share, [1, sizeOf(dy.shape) / info.inChannels, info.inChannels]), [1]);
  });
  return reshape(concat(sums, 0), filter.shape);
}

/** Each gradient goes to the pixel that won, wherever that lies in the image. */
function inputGradient(dy: Value, x: Value, filter: Value, attrs: Attrs): Value {
  const info = infoOf(x, filter, attrs);
  const winner = winners(x, filter, info);
  const [batch, height, width, channels] = x.shape;
  const count = (n: number, shape: number[]): Value => e.literal([...Array(n).keys()], shape, "int32");
  const at = (out: number, stride: number, before: number, offset: number, extent: number): number[] =>
    Array.from({ length: out }, (_, i) => Math.min(extent - 1, Math.max(0, i * stride - before + offset)));
  let pixel: Value = integer(0);
  placesOf(info).forEach(([row, column], k) => {
    const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = info;
    const rows = at(outHeight, strideHeight, padInfo.top, row * info.dilationHeight, height);
    const columns = at(outWidth, strideWidth, padInfo.left, column * info.dilationWidth, width);
    const numbers = rows.flatMap((y) => columns.map((x) => y * width + x));
    pixel = e.select(wonBy(winner, k), e.literal(numbers, [1, outHeight, outWidth, 1], "int32"), pixel);
  });
  const image = e.mul(count(batch, [batch, 1, 1, 1]), integer(height * width));
  const places = e.add(e.mul(e.add(pixel, image), integer(channels)), count(channels, [1, 1, 1, channels]));
  const updates = sizeOf(dy.shape);
  const zero = e.fill([sizeOf(x.shape)], 0);
  return reshape(scatterNd(zero, reshape(places, [updates, 1]), reshape(dy, [updates]), "add"), x.shape);
}

export const dilationRecorders: Record<string, Recorder> = {
  Dilation2D: ({ x, filter }, attrs) =>
    isFloat(x, filter)
      ? candidates(x, filter, infoOf(x, filter, attrs)).reduce((a, b) => e.binary("max", a, b))
      : undefined,
  Dilation2DBackpropFilter: ({ dy, x, filter }, attrs) =>
    isFloat(dy, x, filter) ? filterGradient(dy, x, filter, attrs) : undefined,
  Dilation2DBackpropInput: ({ dy, x, filter }, attrs) =>
    isFloat(dy, x, filter) ? inputGradient(dy, x, filter, attrs) : undefined,
};
