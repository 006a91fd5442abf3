/** tfjs's gather and scatter kernels as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import * as g from "../../graph/indexing.ts";
import type { Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import type { Recorder } from "../register.ts";

const asInt = (indices: Value): Value => e.cast(indices, "int32");

export const indexingRecorders: Record<string, Recorder> = {
  GatherV2: ({ x, indices }, { axis, batchDims }) => {
    const [along] = tf.util.parseAxisParam(axis, x.shape as number[]);
    return batchDims ? undefined : g.gather(x, asInt(indices), along);
  },
  GatherNd: ({ params, indices }) =>
    indices.shape.at(-1) === 0 ? undefined : g.gatherNd(params, asInt(indices)),
  ScatterNd: ({ indices, updates }, { shape }) =>
    g.scatterNd(e.fill(shape, 0, updates.dtype), asInt(indices), updates, "add"),
  TensorScatterUpdate: ({ tensor, indices, updates }) =>
    g.scatterNd(tensor, asInt(indices), updates, "replace"),
  OneHot: ({ indices }, { depth, onValue, offValue, dtype }) =>
    g.oneHot(asInt(indices), depth, onValue, offValue, dtype ?? "float32"),
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) => g.segmentSum(x, asInt(segmentIds), numSegments),
};
