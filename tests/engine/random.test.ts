/** Random numbers: repeatable from a seed, new at each run, and distributed as they should be. */
import { describe, expect, test } from "vitest";
import { compile, dropout, randomNormal, randomState, randomUniform, setRandomState, tf } from "../../lib/engine/index.ts"; // prettier-ignore

const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

describe("random numbers", () => {
  test("repeat when the seed is set again, and only then", () => {
    setRandomState(5);
    const first = numbers(randomUniform([4]));
    const second = numbers(randomUniform([4]));
    setRandomState(5);
    expect(numbers(randomUniform([4]))).toEqual(first);
    expect(second).not.toEqual(first);
  });

  test("in a compiled function are new at each call and differ between operations", () => {
    const f = compile(() => [randomUniform([3]), randomUniform([3])]);
    const drawn = [...f(), ...f()].map((tensor) => numbers(tensor).join());
    expect(new Set(drawn).size).toBe(4);
  });

  test("continue from a saved state", () => {
    const f = compile(() => randomNormal([3]));
    f();
    const saved = randomState();
    const expected = numbers(f());
    setRandomState(saved);
    expect(numbers(f())).toEqual(expected);
  });

  test("uniform ones fill [0, 1) evenly", () => {
    setRandomState(1);
    const drawn = numbers(randomUniform([100_000]));
    const tenths = new Array<number>(10).fill(0);
    for (const x of drawn) tenths[Math.floor(x * 10)]++;
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test("neighbours are uncorrelated", () => {
    setRandomState(2);
    const drawn = numbers(randomUniform([100_000], -1, 1));
    for (const lag of [1, 2, 256]) {
      const products = drawn.slice(lag).map((x, i) => x * drawn[i]);
      expect(Math.abs(mean(products))).toBeLessThan(0.01);
    }
  });

  test("normal ones have the mean and deviation asked for", () => {
    setRandomState(3);
    const drawn = numbers(randomNormal([100_000], 2, 3));
    expect(Math.abs(mean(drawn) - 2)).toBeLessThan(0.05);
    expect(Math.abs(Math.sqrt(mean(drawn.map((x) => (x - 2) ** 2))) - 3)).toBeLessThan(0.05);
  });

  test("of tfjs are refused in a compiled function, where they would be frozen", () => {
    const f = compile((x: tf.Tensor) => tf.mul(x, tf.randomUniform([4])), { name: "noisy" });
    expect(() => f(tf.scalar(1))).toThrow(/compile noisy: .*randomUniform.*use dropout, randomUniform/);
  });
});

describe("dropout", () => {
  test("zeroes about its rate and keeps the mean", () => {
    setRandomState(4);
    const dropped = numbers(dropout(tf.ones([100_000]), 0.25));
    expect(new Set(dropped)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(Math.abs(mean(dropped) - 1)).toBeLessThan(0.01);
  });

  test("passes gradients where it passed values", () => {
    setRandomState(6);
    const f = compile((x: tf.Tensor) => {
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => dropout(input, 0.5))(x);
      return { output: value, gradient: grad };
    });
    const { output, gradient } = f(tf.ones([64]));
    expect(numbers(gradient)).toEqual(numbers(output));
  });

  test("of rate zero is the identity; a rate of one is refused", () => {
    const x = tf.ones([2]);
    expect(dropout(x, 0)).toBe(x);
    expect(() => dropout(x, 1)).toThrow(/dropout: expected a dropout rate in \[0, 1\), got 1/);
  });
});
