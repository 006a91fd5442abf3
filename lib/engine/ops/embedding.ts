/** Embedding: rows of a table by id. Its gradient adds the rows' gradients back into a table of zeros. */
import { fail } from "../../core/errors.ts";
import { gather, segmentSum } from "../graph/indexing.ts";
import { reshape } from "../graph/layout.ts";
import { sizeOf } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { fused } from "./fused.ts";

const tableGradient = fused("EmbeddingGradient", ({ dy, ids }, { rows }) => {
  const count = sizeOf(ids.shape);
  const width = dy.shape[dy.shape.length - 1];
  return segmentSum(reshape(dy, [count, width]), reshape(ids, [count]), rows);
});

const embeddingKernel = fused("Embedding", ({ table, ids }) => gather(table, ids, 0), {
  inputs: ["table", "ids"],
  of: (dy, [table, ids]) => ({
    table: () => tableGradient({ dy, ids }, { rows: table.shape[0] }),
    ids: () => tf.zerosLike(ids),
  }),
});

/**
 * The rows of `table` that `ids` name.
 *
 * @param table [vocabulary, channel]
 * @param ids int32 of any shape, each in [0, vocabulary)
 * @returns [...ids.shape, channel]
 * @throws GradbookError when ids are not int32
 */
export function embedding(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (ids.dtype !== "int32") fail("embedding", { expected: "int32 ids", got: ids.dtype });
  if (table.rank !== 2)
    fail("embedding", { expected: "a table [vocabulary, channel]", got: `[${table.shape}]` });
  return embeddingKernel({ table, ids });
}
