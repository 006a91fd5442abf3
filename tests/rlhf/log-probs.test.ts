import { expect, it } from "vitest";
import { compile, tf } from "../../lib/engine/index.ts";
import { maskedMean, sequenceLogProbs, tokenEntropy, tokenLogProbs } from "../../lib/rlhf/log-probs.ts";

const half = Math.log(0.5);
const logits = tf.tensor3d([
  [
    [0, 0],
    [Math.log(3), 0],
    [0, 0],
  ],
  [
    [0, 0],
    [5, 5],
    [1, -1],
  ],
]);
const targets = tf.tensor2d([[0, 0, 1], [-100, 1, -100]], undefined, "int32"); // prettier-ignore

it("the log-probability of an answer is the sum over its tokens, or their mean", () => {
  const mask = tf.tensor2d([[0, 1, 1], [0, 1, 0]], undefined, "int32"); // prettier-ignore
  const logps = tokenLogProbs(logits, targets);
  expect(Array.from(logps.dataSync())).toEqual([half, Math.log(0.75), half, 0, half, 0].map((x) => expect.closeTo(x, 6))); // prettier-ignore
  const sums = sequenceLogProbs(logps, mask).dataSync();
  expect(sums[0]).toBeCloseTo(Math.log(0.75) + half, 6);
  expect(sums[1]).toBeCloseTo(half, 6);
  const means = sequenceLogProbs(logps, mask, { reduction: "mean" }).dataSync();
  expect(means[0]).toBeCloseTo((Math.log(0.75) + half) / 2, 6);
  expect(means[1]).toBeCloseTo(half, 6);
  expect(maskedMean(logps, mask).dataSync()[0]).toBeCloseTo((Math.log(0.75) + 2 * half) / 3, 6);
});

it("an answer without tokens is 0, not NaN", () => {
  const none = tf.zeros([2, 3]);
  const logps = tokenLogProbs(logits, targets);
  for (const value of sequenceLogProbs(logps, none, { reduction: "mean" }).dataSync())
    expect(value).toBeCloseTo(0, 9);
  expect(maskedMean(logps, none).dataSync()[0]).toBeCloseTo(0, 9);
  expect(() => sequenceLogProbs(logps, tf.zeros([2, 2]))).toThrow("of one shape [batch, time]");
});

it("log-probabilities and entropy together read the logits once, and leave no tensor behind", () => {
  const x = tf.randomNormal([2, 3, 7], 0, 1, "float32", 1);
  const ids = tf.tensor2d([[1, 2, 3], [4, 5, 6]], undefined, "int32"); // prettier-ignore
  const both = compile((logits: tf.Tensor, targets: tf.Tensor) => {
    const loss = (z: tf.Tensor): tf.Scalar =>
      tf.add(tf.sum(tokenLogProbs(z, targets)), tf.sum(tokenEntropy(z)));
    return tf.grad(loss)(logits);
  });
  const before = tf.memory().numTensors;
  const gradient = both(x, ids);
  expect(tf.memory().numTensors).toBe(before + 1);
  // The gradient of each row sums to zero: adding a constant to all logits changes no probability.
  for (const sum of tf.sum(gradient, -1).dataSync()) expect(sum).toBeCloseTo(0, 5);
  both.dispose();
});
