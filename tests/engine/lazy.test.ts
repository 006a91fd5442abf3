/** Plain tfjs code on the backend: recorded, run when read, each step once. */
import { describe, expect, test } from "vitest";
import { engineStats, tf } from "../../lib/engine/index.ts";
import { expectNear } from "./near.ts";

describe("plain tfjs code", () => {
  test("runs on the backend graph without being asked", () => {
    expect(tf.getBackend()).toBe("graph");
  });

  test("computes nothing until a value is read, and everything in one program then", () => {
    const runs = engineStats.runs;
    const y = tf.sum(tf.exp(tf.add(tf.tensor1d([0, 1]), 1)));
    expect(engineStats.runs).toBe(runs);
    expectNear(y.dataSync(), [Math.E + Math.E ** 2]);
    expect(engineStats.runs).toBe(runs + 1);
  });

  test("compiles equal code once, whatever the numbers", () => {
    const f = (x: number): number => tf.tanh(tf.mul(tf.scalar(x), tf.scalar(x + 3.3))).dataSync()[0];
    f(0.3);
    const sessions = engineStats.sessions;
    f(0.7);
    expect(engineStats.sessions).toBe(sessions);
  });

  test("trains a model with tfjs's optimizer, one program a step", () => {
    const weight = tf.variable(tf.tensor1d([3, -3]));
    const optimizer = tf.train.adam(0.2);
    const step = (): number => {
      const loss = optimizer.minimize(() => tf.sum(tf.square(weight)) as tf.Scalar, true, [weight])!;
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    };
    const first = step();
    for (let i = 0; i < 3; i++) step();
    const { runs, sessions } = engineStats;
    for (let i = 0; i < 20; i++) step();
    expect(engineStats.runs - runs).toBe(20);
    expect(engineStats.sessions - sessions).toBeLessThanOrEqual(1);
    expect(step()).toBeLessThan(first / 4);
  });

  test("that trains without reading anything still runs a program a step", () => {
    const weight = tf.variable(tf.tensor1d([3, -3]));
    const optimizer = tf.train.adam(0.2);
    const step = (): void =>
      void optimizer.minimize(() => tf.sum(tf.square(weight)) as tf.Scalar, false, [weight]);
    for (let i = 0; i < 4; i++) step();
    const { runs, sessions } = engineStats;
    for (let i = 0; i < 20; i++) step();
    expect(engineStats.runs - runs).toBe(20);
    expect(engineStats.sessions - sessions).toBe(0);
    expect(engineStats.nodes).toBeLessThan(60);
  });

  test("hands operations without a lowering to tfjs's CPU kernels and counts them", () => {
    const before = engineStats.fallbacks.Unique ?? 0;
    const { values } = tf.unique(tf.tensor1d([3, 1, 3], "int32"));
    expect(Array.from(values.dataSync())).toEqual([3, 1]);
    expect(engineStats.fallbacks.Unique).toBe(before + 1);
  });

  test("keeps strings and complex numbers", () => {
    expect(tf.tensor1d(["a", "bc"]).dataSync()).toEqual(["a", "bc"]);
    expectNear(tf.complex([1, 2], [3, 4]).dataSync() as Float32Array, [1, 3, 2, 4]);
  });

  test("frees what it disposes", () => {
    const before = tf.memory();
    tf.tidy(() => tf.sum(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8]))).dataSync());
    expect(tf.memory()).toEqual(before);
  });

  test("reports a disposed tensor", () => {
    const x = tf.scalar(1);
    x.dispose();
    expect(() => x.dataSync()).toThrow(/disposed/);
  });
});
