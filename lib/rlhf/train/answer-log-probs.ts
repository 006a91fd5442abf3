/**
 * ln π(answer | prompt) of rows as ranking-batches.ts lays them out. `R` rows, `T` time.
 */
import { IGNORED, type Batch } from "../../batches/random-windows.ts";
import { compile, tf } from "../../engine/index.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { ANSWER, rankingSequence } from "../data/ranking-batches.ts";
import type { TokenRanking } from "../data/rankings.ts";
import { sequenceLogProbs, tokenLogProbs } from "../log-probs.ts";

/** A model that preferences can be trained into: a GPT, with or without an adapter. */
export interface PolicyModel extends TrainableModel {
  /** int32 `[R, T]` → `[R, T, V]`. */
  logits(ids: tf.Tensor, call?: { training?: boolean }): tf.Tensor;
}

/**
 * Sums over the answer of each row, and how many tokens it has.
 *
 * @param ids, segments int32 `[R, T]`
 * @returns both `[R]`
 */
export function answerLogProbs(
  model: PolicyModel,
  ids: tf.Tensor,
  segments: tf.Tensor,
  training: boolean,
): { logps: tf.Tensor; tokens: tf.Tensor } {
  const { targets, mask } = answerTargets(ids, segments);
  const logs = tokenLogProbs(model.logits(ids, { training }), targets);
  return { logps: sequenceLogProbs(logs, mask), tokens: tf.sum(mask, 1) };
}

/**
 * The token that each place predicts, and whether it is one of the answer (`IGNORED` where it is not).
 *
 * @param ids, segments int32 `[R, T]`
 * @returns int32 and float32 `[R, T]`
 */
export function answerTargets(ids: tf.Tensor, segments: tf.Tensor): { targets: tf.Tensor; mask: tf.Tensor } {
  const following = next(ids);
  const answers = tf.equal(next(segments), ANSWER);
  const nothing = tf.onesLike(following).mul(tf.scalar(IGNORED, "int32"));
  return { targets: tf.where(answers, following, nothing), mask: tf.cast(answers, "float32") };
}

/** What stands one place later; nothing after the last. */
function next(x: tf.Tensor): tf.Tensor {
  const [rows, time] = x.shape as number[];
  return tf.concat([tf.slice(x, [0, 1], [rows, time - 1]), tf.zeros([rows, 1], "int32")], 1);
}

/**
 * ln π of all answers, computed once: for each ranking its answers in their order.
 *
 * @param batchSize rankings at a time
 */
export function rankingLogProbs(
  model: PolicyModel,
  rankings: readonly TokenRanking[],
  batchSize = 8,
): Float32Array[] {
  const program = compile(
    (ids: tf.Tensor, segments: tf.Tensor) => answerLogProbs(model, ids, segments, false).logps,
    { name: `${model.kind} answers` },
  );
  try {
    return rankingSequence(rankings, { batchSize }).flatMap((batch) => byRanking(batch, program, rankings));
  } finally {
    program.dispose();
  }
}

function byRanking(
  { inputs, segments, batchSize, contextLength }: Batch,
  program: (ids: tf.Tensor, segments: tf.Tensor) => tf.Tensor,
  rankings: readonly TokenRanking[],
): Float32Array[] {
  const answers = rankings[0].answers.length;
  const values = tf.tidy(() => {
    const shape: [number, number] = [batchSize, contextLength];
    return program(tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(segments!, shape, "int32"))
      .dataSync()
      .slice();
  });
  const count = batchSize / answers;
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: answers }, (_, j) => values[j * count + i]),
  );
}
