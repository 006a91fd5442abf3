/** tfjs's pooling kernels and their gradients as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import * as g from "../../graph/convolution.ts";
import { reshape } from "../../graph/layout.ts";
import { scatterNd } from "../../graph/indexing.ts";
import { sameShape } from "../../graph/shape.ts";
import { sizeOf, type Shape, type Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Attrs, Recorder } from "../register.ts";
import { channelsFirst, channelsLast, windowOf } from "./convolution.ts";

const { computePool2DInfo, computePool3DInfo } = tf.backend_util;

interface Pooling {
  kernel: number[];
  window: g.Window;
  outShape: Shape;
}

function planPool(shape: Shape, { filterSize, strides, pad, dimRoundingMode }: Attrs): Pooling {
  if (shape.length === 4) {
    const info = computePool2DInfo(shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode); // prettier-ignore
    return { kernel: [info.filterHeight, info.filterWidth], window: windowOf(info), outShape: info.outShape };
  }
  const info = computePool3DInfo(shape as [number, number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode); // prettier-ignore
  const kernel = [info.filterDepth, info.filterHeight, info.filterWidth];
  return { kernel, window: windowOf(info), outShape: info.outShape };
}

/** ONNX Runtime refuses windows that lie in the padding altogether. */
const isLowered = (pooled: Shape, { kernel, window, outShape }: Pooling): boolean =>
  sameShape(pooled, outShape) &&
  kernel.every((extent, i) => window.before[i] < extent && window.after[i] < extent);

const pool =
  (op: "maxPool" | "averagePool"): Recorder =>
  ({ x }, attrs) => {
    const planned = planPool(x.shape, attrs);
    const pooled = channelsLast(
      g.pool(op, channelsFirst(e.cast(x, "float32")), planned.kernel, planned.window),
    );
    return isLowered(pooled.shape, planned) ? e.cast(pooled, x.dtype) : undefined;
  };

/** Each window's gradient goes to where its largest element was. */
function maxGradient(dy: Value, x: Value, attrs: Attrs): Value | undefined {
  const planned = planPool(x.shape, attrs);
  const first = channelsFirst(x);
  const places = g.pool("maxPoolIndices", first, planned.kernel, planned.window);
  if (!isLowered(dy.shape, planned)) return undefined;
  const [size, windows] = [sizeOf(x.shape), sizeOf(dy.shape)];
  const updates = reshape(channelsFirst(dy), [windows]);
  const scattered = scatterNd(e.fill([size], 0), reshape(places, [windows, 1]), updates, "add");
  return channelsLast(reshape(scattered, first.shape));
}

/** Each window's gradient is spread over its elements; as in tfjs, padding takes a share of it too. */
function averageGradient(dy: Value, x: Value, attrs: Attrs): Value {
  const { kernel, window } = planPool(x.shape, attrs);
  const extents = x.shape.slice(1, -1);
  const channels = x.shape[x.shape.length - 1];
  const shares = e.fill([channels, 1, ...kernel], 1 / sizeOf(kernel));
  return channelsLast(g.convolveInputGradient(channelsFirst(dy), shares, extents, window, channels));
}

/** Places in tfjs's terms: within the image (or the batch), channels last. */
function maxWithArgmax(x: Value, attrs: Attrs): Value[] | undefined {
  const planned = planPool(x.shape, attrs);
  const { kernel, window } = planned;
  const [batch, height, width, channels] = x.shape;
  const first = channelsFirst(e.select(e.classify("isNaN", x), e.scalar(-Infinity), x));
  const values = channelsLast(g.pool("maxPool", first, kernel, window));
  if (!isLowered(values.shape, planned)) return undefined;
  const place = channelsLast(g.pool("maxPoolIndices", first, kernel, window));
  const integer = (n: number): Value => e.scalar(n, "int32");
  const pixel = e.binary("mod", place, integer(height * width));
  const count = (n: number, shape: number[]): Value => e.literal([...Array(n).keys()], shape, "int32");
  const inImage = e.add(e.mul(pixel, integer(channels)), count(channels, [1, 1, 1, channels]));
  const image = e.mul(count(batch, [batch, 1, 1, 1]), integer(height * width * channels));
  return [values, attrs.includeBatchInIndex ? e.add(inImage, image) : inImage];
}

export const poolingRecorders: Record<string, Recorder> = {
  MaxPool: pool("maxPool"),
  AvgPool: pool("averagePool"),
  MaxPool3D: pool("maxPool"),
  AvgPool3D: pool("averagePool"),
  MaxPoolGrad: ({ dy, input }, attrs) => maxGradient(dy, input, attrs),
  MaxPool3DGrad: ({ dy, input }, attrs) => maxGradient(dy, input, attrs),
  AvgPoolGrad: ({ dy, input }, attrs) => averageGradient(dy, input, attrs),
  AvgPool3DGrad: ({ dy, input }, attrs) => averageGradient(dy, input, attrs),
  MaxPoolWithArgmax: ({ x }, attrs) => maxWithArgmax(x, attrs),
};
