/**
 * Log-probabilities of given tokens, and the entropy of the predictions: what preference and reinforcement learning
 * weigh, each with a gradient that costs one pass over the logits.
 *
 * `N` positions, `V` vocabulary. Both keep log softmax(logits) for the gradient; used together they share it.
 *
 *   ∂ log p(target) / ∂z = onehot(target) − p        ∂H / ∂z = −p ∘ (log p + H)
 */
import { fail } from "../../core/errors.ts";
import { add, cast, compare, mul, scalar, select, unary } from "../graph/elementwise.ts";
import { addAtColumn, pick } from "../graph/indexing.ts";
import { reshape } from "../graph/layout.ts";
import { logSoftmax, reduce } from "../graph/reduce.ts";
import type { Value } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { fused } from "./fused.ts";

interface Rows {
  /** Targets [N] that can be looked up: class 0 where one is negative. */
  known: Value;
  /** 1 where there is a target, 0 where it is negative; [N, 1]. */
  present: Value;
}

function rowsOf(targets: Value): Rows {
  const there = compare("greaterEqual", targets, scalar(0, "int32"));
  const known = select(there, targets, scalar(0, "int32"));
  return { known, present: reshape(cast(there, "float32"), [targets.shape[0], 1]) };
}

const logitsGradient = fused("TokenLogProbsGradient", ({ dy, targets, logProbabilities }) => {
  const { known, present } = rowsOf(targets);
  const rows = mul(reshape(dy, present.shape), present);
  const spread = mul(unary("exp", logProbabilities), unary("neg", rows));
  return addAtColumn(spread, known, rows);
});

const logProbsKernel = fused<tf.Tensor[]>(
  "TokenLogProbs",
  ({ logits, targets }) => {
    const { known, present } = rowsOf(targets);
    const logProbabilities = logSoftmax(logits);
    return [reshape(mul(pick(logProbabilities, known), present), targets.shape), logProbabilities];
  },
  {
    inputs: ["targets"],
    outputs: [false, true],
    of: (dy, [targets, logProbabilities]) => ({
      logits: () => logitsGradient({ dy, targets, logProbabilities }),
      targets: () => tf.zerosLike(targets),
    }),
  },
);

/** H [N, 1] of log-probabilities [N, V]. */
const entropyOf = (logProbabilities: Value): Value =>
  unary("neg", reduce("reduceSum", mul(unary("exp", logProbabilities), logProbabilities), [1], true));

const entropyGradient = fused("TokenEntropyGradient", ({ dy, logProbabilities }) => {
  const slope = mul(unary("exp", logProbabilities), add(logProbabilities, entropyOf(logProbabilities)));
  return mul(slope, unary("neg", reshape(dy, [logProbabilities.shape[0], 1])));
});

const entropyKernel = fused<tf.Tensor[]>(
  "TokenEntropy",
  ({ logits }) => {
    const logProbabilities = logSoftmax(logits);
    return [reshape(entropyOf(logProbabilities), [logits.shape[0]]), logProbabilities];
  },
  {
    inputs: [],
    outputs: [false, true],
    of: (dy, [logProbabilities]) => ({ logits: () => entropyGradient({ dy, logProbabilities }) }),
  },
);

/**
 * ln of the probability that logits give each target.
 *
 * @param logits [..., V]
 * @param targets int32, the shape of logits without its last axis, each below V; a negative one (−100) gives 0 and no
 *   gradient
 * @returns the shape of targets, in nats
 * @throws GradbookError when the shapes do not match or targets are not int32
 */
export function tokenLogProbs(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const vocabSize = logits.shape.at(-1)!;
  if (targets.dtype !== "int32") fail("tokenLogProbs", { expected: "int32 targets", got: targets.dtype });
  if (targets.shape.join() !== logits.shape.slice(0, -1).join())
    fail("tokenLogProbs", {
      expected: `targets [${logits.shape.slice(0, -1)}] for logits [${logits.shape}]`,
      got: `[${targets.shape}]`,
    });
  const flat = tf.reshape(logits, [-1, vocabSize]);
  return tf.reshape(logProbsKernel({ logits: flat, targets: tf.reshape(targets, [-1]) })[0], targets.shape);
}

/**
 * −Σ p·ln p of softmax(logits) at each position, in nats: 0 when the model is certain, ln V when it has no idea.
 *
 * @param logits [..., V]
 * @returns the shape of logits without its last axis
 */
export function tokenEntropy(logits: tf.Tensor): tf.Tensor {
  const flat = tf.reshape(logits, [-1, logits.shape.at(-1)!]);
  return tf.reshape(entropyKernel({ logits: flat })[0], logits.shape.slice(0, -1));
}
