/** A table of vectors, one for each id. */
import { embedding as embeddingOp, type tf } from "../engine/index.ts";
import { INITIAL_DEVIATION } from "./linear.ts";
import { normal, type TensorsOf } from "./parameter.ts";

/** @param size number of ids @param width channels of each vector */
export function embeddingParameters(size: number, width: number, deviation = INITIAL_DEVIATION) {
  return { weight: { ...normal([size, width], deviation), table: true } };
}

/** @param ids int32 `[batch, time]` @returns `[batch, time, width]` */
export function embedding(p: TensorsOf<ReturnType<typeof embeddingParameters>>, ids: tf.Tensor): tf.Tensor {
  return embeddingOp(p.weight, ids);
}
