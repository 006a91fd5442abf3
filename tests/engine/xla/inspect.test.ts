/** explain and locateNonFinite look at XLA's program, and a step that does not fit into memory changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, explain, locateNonFinite, tf } from "../../../lib/engine/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

describe.skipIf(!cpuPlugin)("on XLA", () => {
  onXla(beforeAll, afterAll);

  it("explain lists the graph's operations by the time each takes alone", () => {
    const weight = tf.variable(tf.ones([64, 64]));
    const step = (x: tf.Tensor): void => weight.assign(tf.matMul(x, tf.softmax(weight)));
    const { nodes, ms, rows } = explain(step, tf.ones([64, 64]));
    expect(nodes).toBe(2);
    expect(rows.map(({ op, count }) => `${op} ${count}`).sort()).toEqual(["matmul 1", "softmax 1"]);
    expect(ms).toBeGreaterThan(0);
    expect(rows.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1);
    expect(weight.dataSync()[0]).toBe(1);
  });

  it("locateNonFinite names the operation that first makes a NaN", () => {
    const f = (x: tf.Tensor): tf.Tensor => tf.exp(tf.log(tf.sub(x, 2)));
    expect(locateNonFinite(f, tf.tensor1d([1, 3]))).toMatchObject({ op: "log", count: 1, fromInput: false });
    expect(locateNonFinite(f, tf.tensor1d([4, 3]))).toBeUndefined();
  });

  it("a step that runs out of memory says how much it asked for, and leaves the state as it was", () => {
    const state = tf.variable(tf.ones([1000]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    const huge = compile((column: tf.Tensor) => {
      const product = tf.matMul(column, column, false, true); // 400 TB
      state.assign(tf.add(state, tf.sum(product)));
    });
    expect(() => huge(tf.ones([10_000_000, 1]))).toThrow(
      /engine: expected enough memory for \d+ MiB more, got none; make the batch or the context smaller/,
    );
    expect(state.dataSync()[999]).toBe(2);
    double();
    expect(state.dataSync()[999]).toBe(4);
  });
});
