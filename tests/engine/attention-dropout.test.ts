/** Dropout on attention weights: what is dropped, what it does to gradients, and that each run drops others. */
import { describe, expect, test } from "vitest";
import { attention, compile, randomNormal, selfAttention, setRandomState, tf } from "../../lib/engine/index.ts"; // prettier-ignore
import { expectNear } from "./near.ts";

const [BATCH, HEADS, TIME, CHANNELS] = [2, 2, 6, 6];
const RATE = 0.4;

/** With the identity as values the result is the weights themselves. */
const identity = (): tf.Tensor => tf.tile(tf.eye(TIME).reshape([1, 1, TIME, TIME]), [BATCH, HEADS, 1, 1]);
const normal = (...shape: number[]): tf.Tensor => {
  const drawn = randomNormal(shape);
  drawn.dataSync();
  return drawn;
};

describe("attention with dropout", () => {
  test("drops about its rate of the weights and divides the others by what stays", () => {
    setRandomState(1);
    const [q, k] = [normal(8, 8, 16, 8), normal(8, 8, 16, 8)];
    const v = tf.tile(tf.eye(16).reshape([1, 1, 16, 16]), [8, 8, 1, 1]);
    const whole = attention(q, k, v).dataSync();
    const dropped = attention(q, k, v, { dropout: RATE }).dataSync();
    const zeros = dropped.filter((weight) => weight === 0).length;
    expect(Math.abs(zeros / dropped.length - RATE)).toBeLessThan(0.02);
    const expected = whole.map((weight, i) => (dropped[i] === 0 ? 0 : weight / (1 - RATE)));
    expectNear(dropped, expected, 1e-5);
  });

  test("has the gradients of tfjs's own operations with the same mask", () => {
    setRandomState(2);
    const [q, k, v] = [0, 1, 2].map(() => normal(BATCH, HEADS, TIME, CHANNELS));
    const weight = normal(BATCH, HEADS, TIME, CHANNELS);
    const options = { causal: true, dropout: RATE };
    setRandomState(3);
    const kept = attention(tf.zerosLike(q), tf.zerosLike(k), identity(), { dropout: RATE }).mul(TIME);
    const hidden = tf.linalg
      .bandPart(tf.ones([TIME, TIME]), -1, 0)
      .sub(1)
      .mul(1e9);
    const composed = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor => {
      const scores = tf.matMul(q, k, false, true).div(Math.sqrt(CHANNELS)).add(hidden);
      return tf.matMul(tf.softmax(scores).mul(kept), v).mul(weight).sum();
    };
    const fusedLoss = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor =>
      attention(q, k, v, options).mul(weight).sum();
    const expected = tf.valueAndGrads(composed)([q, k, v]);
    setRandomState(3);
    const actual = tf.valueAndGrads(fusedLoss)([q, k, v]);
    expectNear(actual.value.dataSync(), expected.value.dataSync(), 1e-4);
    actual.grads.forEach((gradient, i) =>
      expectNear(gradient.dataSync(), expected.grads[i].dataSync(), 1e-4),
    );
  });

  test("computes the same packed and apart, gradients included", () => {
    setRandomState(4);
    const qkv = normal(BATCH, TIME, 3 * HEADS * CHANNELS);
    const apart = (x: tf.Tensor): tf.Tensor => {
      const heads = x.reshape([BATCH, TIME, 3, HEADS, CHANNELS]).transpose([2, 0, 3, 1, 4]);
      const [q, k, v] = tf.unstack(heads);
      return attention(q, k, v, { causal: true, dropout: RATE }).square().sum();
    };
    const packed = (x: tf.Tensor): tf.Tensor =>
      selfAttention(x, { heads: HEADS, causal: true, dropout: RATE }).square().sum();
    const [a, b] = [apart, packed].map((loss) => {
      setRandomState(5);
      const { value, grad } = tf.valueAndGrad(loss)(qkv);
      return [value.dataSync(), grad.dataSync()];
    });
    expectNear(a[0], b[0], 1e-4);
    expectNear(a[1], b[1], 1e-4);
  });

  test("drops others at each run of a compiled step", () => {
    const step = compile((qkv: tf.Tensor) => selfAttention(qkv, { heads: 1, dropout: 0.5 }));
    const qkv = tf.ones([1, 8, 6]);
    expect(step(qkv).dataSync()).not.toEqual(step(qkv).dataSync());
  });

  test("refuses a rate of one", () => {
    const x = tf.ones([1, 2, 3]);
    expect(() => selfAttention(x, { heads: 1, dropout: 1 })).toThrow(/selfAttention: expected a dropout rate in \[0, 1\), got 1/); // prettier-ignore
  });
});
