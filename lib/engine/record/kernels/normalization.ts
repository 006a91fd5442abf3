/** Batch normalization at inference, and local response normalization with its gradient. */
import * as e from "../../graph/elementwise.ts";
import { matmul } from "../../graph/linear.ts";
import type { Value } from "../../graph/value.ts";
import type { Attrs, Recorder } from "../register.ts";

/** [C, C], one where two channels are at most `radius` apart. */
function band(channels: number, radius: number): Value {
  const near = Array.from({ length: channels * channels }, (_, i) => {
    const [row, column] = [Math.floor(i / channels), i % channels];
    return Number(Math.abs(row - column) <= radius);
  });
  return e.literal(near, [channels, channels]);
}

/** bias + alpha · the sum of squares of the neighbouring channels. */
function responseNorm(x: Value, { depthRadius, bias, alpha }: Attrs): Value {
  const sums = matmul(e.mul(x, x), band(x.shape[x.shape.length - 1], depthRadius));
  return e.shift(e.scale(sums, alpha), bias);
}

export const normalizationRecorders: Record<string, Recorder> = {
  FusedBatchNorm: ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
    const deviation = e.unary("sqrt", e.shift(variance, varianceEpsilon ?? 0.001));
    const factor = scale ? e.div(scale, deviation) : e.unary("reciprocal", deviation);
    const normalized = e.mul(e.sub(x, mean), factor);
    return offset ? e.add(normalized, offset) : normalized;
  },
  LRN: ({ x }, attrs) => e.mul(x, e.binary("pow", responseNorm(x, attrs), e.scalar(-attrs.beta))),
  LRNGrad: ({ x, y, dy }, attrs) => {
    const norm = responseNorm(x, attrs);
    const own = e.mul(dy, e.binary("pow", norm, e.scalar(-attrs.beta)));
    const shared = matmul(e.div(e.mul(dy, y), norm), band(x.shape[x.shape.length - 1], attrs.depthRadius));
    return e.sub(own, e.scale(e.mul(x, shared), 2 * attrs.alpha * attrs.beta));
  },
};
