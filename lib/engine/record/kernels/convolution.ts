/**
 * tfjs's convolutions as graph nodes: channels move first, the graph convolves, channels move back.
 *
 * tfjs keeps channels last (or first, by `dataFormat`) and kernels as [K…, C, O]; depthwise ones as
 * [K…, C, multiplier], which are grouped convolutions with one group for each channel.
 */
import * as e from "../../graph/elementwise.ts";
import * as g from "../../graph/convolution.ts";
import { reshape, transpose } from "../../graph/layout.ts";
import { sameShape } from "../../graph/shape.ts";
import type { Shape, Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Attrs, Recorder } from "../register.ts";
import { activate } from "./activation.ts";

const { computeConv2DInfo, computeConv3DInfo, convertConv2DDataFormat } = tf.backend_util;
type Conv2DInfo = ReturnType<typeof computeConv2DInfo>;
type Conv3DInfo = ReturnType<typeof computeConv3DInfo>;

const spatial = (rank: number): number[] => Array.from({ length: rank - 2 }, (_, i) => i);

/** [N, S…, C] → [N, C, S…]. */
export const channelsFirst = (x: Value): Value =>
  transpose(x, [0, x.shape.length - 1, ...spatial(x.shape.length).map((i) => i + 1)]);
/** [N, C, S…] → [N, S…, C]. */
export const channelsLast = (x: Value): Value =>
  transpose(x, [0, ...spatial(x.shape.length).map((i) => i + 2), 1]);

/** [K…, C, O] → [O, C, K…]. */
function kernelFirst(kernel: Value): Value {
  const rank = kernel.shape.length;
  return transpose(kernel, [rank - 1, rank - 2, ...spatial(rank)]);
}

/** [K…, C, M] → [C·M, 1, K…]. */
function depthwiseFirst(kernel: Value): Value {
  const rank = kernel.shape.length;
  const [channels, multiplier] = kernel.shape.slice(-2);
  const apart = transpose(kernel, [rank - 2, rank - 1, ...spatial(rank)]);
  return reshape(apart, [channels * multiplier, 1, ...kernel.shape.slice(0, -2)]);
}

/** The window of a 2-D or 3-D operation, from what tfjs works out about it. */
export function windowOf(info: Conv2DInfo | Conv3DInfo): g.Window {
  const { padInfo: pad } = info;
  const flat = {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [pad.top, pad.left],
    after: [pad.bottom, pad.right],
  };
  if (!("strideDepth" in info)) return flat;
  return {
    strides: [info.strideDepth, ...flat.strides],
    dilations: [info.dilationDepth, ...flat.dilations],
    before: [info.padInfo.front, ...flat.before],
    after: [info.padInfo.back, ...flat.after],
  };
}

interface Plan2D {
  info: Conv2DInfo;
  window: g.Window;
  channelsAreLast: boolean;
}

/** Everything about a 2-D convolution of an input of `shape`. */
function plan2D(shape: Shape, filter: Shape, attrs: Attrs, depthwise = false): Plan2D {
  const { strides, pad, dimRoundingMode, dataFormat = "NHWC" } = attrs;
  const info = computeConv2DInfo(
    shape as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    attrs.dilations ?? [1, 1],
    pad,
    dimRoundingMode,
    depthwise,
    convertConv2DDataFormat(dataFormat),
  );
  return { info, window: windowOf(info), channelsAreLast: info.dataFormat === "channelsLast" };
}

const enter = (x: Value, { channelsAreLast }: Plan2D): Value => (channelsAreLast ? channelsFirst(x) : x);
const leave = (x: Value, { channelsAreLast }: Plan2D): Value => (channelsAreLast ? channelsLast(x) : x);

/** A convolution whose extents came out as tfjs wants them; its rounding modes other than floor do not. */
const checked = (result: Value, shape: Shape): Value | undefined =>
  sameShape(result.shape, shape) ? result : undefined;

function convolve2D(x: Value, filter: Value, attrs: Attrs, depthwise: boolean): Value | undefined {
  const planned = plan2D(x.shape, filter.shape, attrs, depthwise);
  const kernel = depthwise ? depthwiseFirst(filter) : kernelFirst(filter);
  const groups = planned.info.inChannels / kernel.shape[1];
  return checked(leave(g.convolve(enter(e.cast(x, "float32"), planned), kernel, planned.window, groups), planned), planned.info.outShape); // prettier-ignore
}

function inputGradient2D(dy: Value, filter: Value, attrs: Attrs, depthwise: boolean): Value | undefined {
  const planned = plan2D(attrs.inputShape, filter.shape, attrs, depthwise);
  if (!sameShape(dy.shape, planned.info.outShape)) return undefined;
  const { inHeight, inWidth, inChannels } = planned.info;
  const kernel = depthwise ? depthwiseFirst(filter) : kernelFirst(filter);
  const groups = inChannels / kernel.shape[1];
  return leave(g.convolveInputGradient(enter(dy, planned), kernel, [inHeight, inWidth], planned.window, groups), planned); // prettier-ignore
}

function filterGradient2D(x: Value, dy: Value, attrs: Attrs, depthwise: boolean): Value {
  const planned = plan2D(x.shape, attrs.filterShape, attrs, depthwise);
  const { filterHeight, filterWidth, inChannels } = planned.info;
  const extents = [filterHeight, filterWidth];
  const groups = depthwise ? inChannels : 1;
  const kernel = g.convolveKernelGradient(
    enter(x, planned),
    enter(dy, planned),
    extents,
    planned.window,
    groups,
  );
  if (!depthwise) return transpose(kernel, [2, 3, 1, 0]);
  return transpose(reshape(kernel, [inChannels, kernel.shape[0] / inChannels, ...extents]), [2, 3, 0, 1]);
}

const fusedConvolution =
  (depthwise: boolean): Recorder =>
  ({ x, filter, bias, preluActivationWeights }, attrs) => {
    const result = convolve2D(x, filter, attrs, depthwise);
    if (!result) return undefined;
    const first = attrs.dataFormat === "NCHW";
    const along = (v: Value): Value => (first && v.shape.length === 1 ? reshape(v, [v.shape[0], 1, 1]) : v);
    return activate(bias ? e.add(result, along(bias)) : result, attrs, preluActivationWeights && along(preluActivationWeights)); // prettier-ignore
  };

function plan3D(shape: Shape, filter: Shape, { strides, pad, dilations = [1, 1, 1] }: Attrs): g.Window {
  type Five = [number, number, number, number, number];
  return windowOf(computeConv3DInfo(shape as Five, filter as Five, strides, dilations, pad));
}

export const convolutionRecorders: Record<string, Recorder> = {
  Conv2D: ({ x, filter }, attrs) => convolve2D(x, filter, attrs, false),
  DepthwiseConv2dNative: ({ x, filter }, attrs) => convolve2D(x, filter, attrs, true),
  Conv2DBackpropInput: ({ dy, filter }, attrs) => inputGradient2D(dy, filter, attrs, false),
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }, attrs) => inputGradient2D(dy, filter, attrs, true),
  Conv2DBackpropFilter: ({ x, dy }, attrs) => filterGradient2D(x, dy, attrs, false),
  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }, attrs) => filterGradient2D(x, dy, attrs, true),
  FusedConv2D: fusedConvolution(false),
  FusedDepthwiseConv2D: fusedConvolution(true),
  Conv3D: ({ x, filter }, attrs) =>
    channelsLast(g.convolve(channelsFirst(x), kernelFirst(filter), plan3D(x.shape, filter.shape, attrs))),
  Conv3DBackpropInputV2: ({ dy, filter }, attrs) => {
    const window = plan3D(attrs.inputShape, filter.shape, attrs);
    const extents = attrs.inputShape.slice(1, -1);
    return channelsLast(g.convolveInputGradient(channelsFirst(dy), kernelFirst(filter), extents, window));
  },
  Conv3DBackpropFilterV2: ({ x, dy }, attrs) => {
    const window = plan3D(x.shape, attrs.filterShape, attrs);
    const extents = attrs.filterShape.slice(0, 3);
    const kernel = g.convolveKernelGradient(channelsFirst(x), channelsFirst(dy), extents, window);
    return transpose(kernel, [2, 3, 4, 1, 0]);
  },
};
