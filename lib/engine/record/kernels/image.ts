/**
 * tfjs's image kernels as graph nodes: resizing, flipping, mirrored padding, moving blocks between space and
 * batch or depth. Resizing is linear in the pixels, so it is two matrix products, and its gradient two more.
 */
import * as e from "../../graph/elementwise.ts";
import { gather } from "../../graph/indexing.ts";
import { pad, reshape, reverse, slice, transpose } from "../../graph/layout.ts";
import { matmul } from "../../graph/linear.ts";
import type { Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Attrs, Recorder } from "../register.ts";

/** Where each of `to` positions lies among `from`, in pixels. */
function sources(from: number, to: number, { alignCorners, halfPixelCenters }: Attrs): number[] {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => (halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i));
}

/** [to, from]: each row mixes the two pixels around its source. */
function bilinearMatrix(from: number, to: number, attrs: Attrs): Value {
  const weights = new Array<number>(to * from).fill(0);
  sources(from, to, attrs).forEach((source, row) => {
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(from - 1, Math.ceil(source));
    weights[row * from + low] += 1 - (source - low);
    weights[row * from + high] += source - low;
  });
  return e.literal(weights, [to, from]);
}

/** Pixel numbers that nearest-neighbour resizing reads. */
function nearestPixels(from: number, to: number, attrs: Attrs): number[] {
  const { alignCorners, halfPixelCenters } = attrs;
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => {
    const source = halfPixelCenters ? ratio * (i + 0.5) : ratio * i;
    const pixel = Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source));
    return halfPixelCenters ? Math.max(0, pixel) : pixel;
  });
}

/** [to, from] with a one at the pixel each row reads. */
function nearestMatrix(from: number, to: number, attrs: Attrs): Value {
  const weights = new Array<number>(to * from).fill(0);
  nearestPixels(from, to, attrs).forEach((pixel, row) => (weights[row * from + pixel] = 1));
  return e.literal(weights, [to, from]);
}

type MatrixOf = (from: number, to: number, attrs: Attrs) => Value;

/** rows · image · columnsᵀ for each channel: image [B, H, W, C], rows [H′, H], columns [W′, W]. */
function mixPixels(image: Value, rows: Value, columns: Value, transposed: boolean): Value {
  const [batch, height, width, channels] = image.shape;
  const out = transposed ? 1 : 0;
  const [newHeight, newWidth] = [rows.shape[out], columns.shape[out]];
  const tall = matmul(rows, reshape(image, [batch, height, width * channels]), { transposeA: transposed });
  const wide = matmul(columns, reshape(tall, [batch * newHeight, width, channels]), {
    transposeA: transposed,
  });
  return reshape(wide, [batch, newHeight, newWidth, channels]);
}

const resizeGradient =
  (matrix: MatrixOf): Recorder =>
  ({ images, dy }, attrs) => {
    const [, height, width] = images.shape;
    const [, newHeight, newWidth] = dy.shape;
    return mixPixels(dy, matrix(height, newHeight, attrs), matrix(width, newWidth, attrs), true);
  };

const integers = (values: number[]): Value => e.literal(values, [values.length], "int32");

/** Continue each axis with its own mirror image; "symmetric" repeats the border, "reflect" does not. */
function mirrorPad(x: Value, paddings: [number, number][], mode: "reflect" | "symmetric"): Value {
  const border = mode === "symmetric" ? 1 : 0;
  return paddings.reduce((padded, [before, after], axis) => {
    if (before + after === 0) return padded;
    const extent = x.shape[axis];
    const places = Array.from({ length: before + extent + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - border;
      return at < extent ? at : 2 * extent - 2 - at + border;
    });
    return gather(padded, integers(places), axis);
  }, x);
}

function batchToSpace(x: Value, { blockShape, crops }: Attrs): Value {
  const size = blockShape.reduce((a: number, b: number) => a * b, 1);
  const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } =
    tf.backend_util;
  const shape = x.shape as number[];
  const apart = reshape(x, getReshaped(shape, blockShape, size));
  const moved = transpose(apart, getPermuted(apart.shape.length, blockShape.length));
  const joined = getReshapedPermuted(shape, blockShape, size);
  const start = getSliceBeginCoords(crops, blockShape.length);
  const length = getSliceSize(joined, crops, blockShape.length);
  const rest = joined.slice(length.length);
  return slice(reshape(moved, joined), [...start, ...rest.map(() => 0)], [...length, ...rest]);
}

function spaceToBatch(x: Value, { blockShape, paddings }: Attrs): Value {
  const size = blockShape.reduce((a: number, b: number) => a * b, 1);
  const all = [
    [0, 0],
    ...paddings,
    ...Array.from({ length: x.shape.length - 1 - blockShape.length }, () => [0, 0]),
  ];
  const padded = pad(x, all.map(([before]) => before), all.map(([, after]) => after), 0); // prettier-ignore
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const shape = padded.shape as number[];
  const apart = reshape(padded, getReshaped(shape, blockShape, size, false));
  const moved = transpose(apart, getPermuted(apart.shape.length, blockShape.length, false));
  return reshape(moved, getReshapedPermuted(shape, blockShape, size, false));
}

function depthToSpace(x: Value, { blockSize, dataFormat }: Attrs): Value {
  const last = dataFormat === "NHWC";
  const [batch, height, width, depth] = last ? x.shape : [x.shape[0], x.shape[2], x.shape[3], x.shape[1]];
  const channels = depth / (blockSize * blockSize);
  const image = last ? x : transpose(x, [0, 2, 3, 1]);
  const apart = reshape(image, [batch, height, width, blockSize, blockSize, channels]);
  const spread = reshape(transpose(apart, [0, 1, 3, 2, 4, 5]), [batch, height * blockSize, width * blockSize, channels]); // prettier-ignore
  return last ? spread : transpose(spread, [0, 3, 1, 2]);
}

export const imageRecorders: Record<string, Recorder> = {
  ResizeBilinear: ({ images }, attrs) => {
    const [, height, width] = images.shape;
    const [newHeight, newWidth] = attrs.size;
    const rows = bilinearMatrix(height, newHeight, attrs);
    return mixPixels(e.cast(images, "float32"), rows, bilinearMatrix(width, newWidth, attrs), false);
  },
  ResizeNearestNeighbor: ({ images }, attrs) => {
    const [, height, width] = images.shape;
    const rows = gather(images, integers(nearestPixels(height, attrs.size[0], attrs)), 1);
    return gather(rows, integers(nearestPixels(width, attrs.size[1], attrs)), 2);
  },
  ResizeBilinearGrad: resizeGradient(bilinearMatrix),
  ResizeNearestNeighborGrad: resizeGradient(nearestMatrix),
  FlipLeftRight: ({ image }) => reverse(image, [2]),
  MirrorPad: ({ x }, { paddings, mode }) => mirrorPad(x, paddings, mode),
  BatchToSpaceND: ({ x }, attrs) => batchToSpace(x, attrs),
  SpaceToBatchND: ({ x }, attrs) => spaceToBatch(x, attrs),
  DepthToSpace: ({ x }, attrs) => depthToSpace(x, attrs),
};
