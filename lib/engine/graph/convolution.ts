/**
 * Convolution and pooling over any number of spatial axes, channels first.
 *
 * `N` batch, `C` input and `O` output channels, `G` groups, `S…` input, `P…` output and `K…` kernel extents:
 * x [N, C, S…], kernel [O, C/G, K…], result [N, O, P…].
 */
import { reshape, slice, transpose } from "./layout.ts";
import { node1, type Shape, type Value } from "./value.ts";

/** How a window moves, one number for each spatial axis. */
export interface Window {
  strides: Shape;
  dilations: Shape;
  before: Shape;
  after: Shape;
}

const attributesOf = ({ strides, dilations, before, after }: Window) => ({
  strides,
  dilations,
  before,
  after,
});
const spatialAxes = (x: Value): number[] => [...x.shape.keys()].slice(2);

/** Positions of a window of `kernel` elements along each spatial axis. */
function positions(input: Shape, kernel: Shape, { strides, dilations, before, after }: Window): number[] {
  return input.map((extent, i) => {
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    return Math.floor((extent + before[i] + after[i] - reach) / strides[i]) + 1;
  });
}

/** Cross-correlation of x with the kernel. */
export function convolve(x: Value, kernel: Value, window: Window, groups = 1): Value {
  const extents = positions(x.shape.slice(2), kernel.shape.slice(2), window);
  const shape = [x.shape[0], kernel.shape[0], ...extents];
  return node1("conv", [x, kernel], shape, "float32", { ...attributesOf(window), groups });
}

/** The gradient of `convolve` by x, from the gradient of its result; `extents` are x's spatial ones. */
export function convolveInputGradient(
  dy: Value,
  kernel: Value,
  extents: Shape,
  window: Window,
  groups = 1,
): Value {
  const shape = [dy.shape[0], kernel.shape[1] * groups, ...extents];
  return node1("convTranspose", [dy, kernel], shape, "float32", { ...attributesOf(window), groups });
}

/**
 * The gradient of `convolve` by its kernel: x correlated with dy, batch and channels trading places, strides
 * and dilations too.
 */
export function convolveKernelGradient(
  x: Value,
  dy: Value,
  extents: Shape,
  window: Window,
  groups = 1,
): Value {
  const [batch, channels] = x.shape;
  const outputs = dy.shape[1];
  const [spatial, perGroup] = [x.shape.slice(2), channels / groups];
  const axes = spatialAxes(x).map((axis) => axis + 1);
  const byGroup = transpose(reshape(x, [batch, groups, perGroup, ...spatial]), [2, 1, 0, ...axes]);
  const input = reshape(byGroup, [perGroup, groups * batch, ...spatial]);
  const filter = transpose(dy, [1, 0, ...spatialAxes(dy)]);
  const swapped = { ...window, strides: window.dilations, dilations: window.strides };
  const correlated = convolve(input, filter, swapped, groups);
  const kept = slice(correlated, correlated.shape.map(() => 0), [perGroup, outputs, ...extents]); // prettier-ignore
  return transpose(kept, [1, 0, ...spatialAxes(kept)]);
}

export type PoolOp = "maxPool" | "averagePool" | "maxPoolIndices";

/**
 * The largest or the average element in each window; padding does not count. `maxPoolIndices` gives the place
 * of the largest one in x's memory (int32).
 */
export function pool(op: PoolOp, x: Value, kernel: Shape, window: Window): Value {
  const shape = [x.shape[0], x.shape[1], ...positions(x.shape.slice(2), kernel, window)];
  const dtype = op === "maxPoolIndices" ? "int32" : "float32";
  return node1(op, [x], shape, dtype, { ...attributesOf(window), kernel });
}
