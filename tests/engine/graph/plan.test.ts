/** The graph: what is simplified while recording, and what planning makes of it. */
import { describe, expect, test } from "vitest";
import * as e from "../../../lib/engine/graph/elementwise.ts";
import * as layout from "../../../lib/engine/graph/layout.ts";
import { plan } from "../../../lib/engine/graph/plan.ts";
import { reduce } from "../../../lib/engine/graph/reduce.ts";
import { leaf, placeholder, type Value } from "../../../lib/engine/graph/value.ts";

const input = (...shape: number[]): Value => placeholder(shape, "float32");
const ops = (...outputs: Value[]): string[] => plan(outputs).nodes.map(({ op }) => op);

describe("recording simplifies", () => {
  const x = input(2, 3);

  test.each([
    ["x · 1", () => e.mul(x, e.scalar(1))],
    ["1 · x", () => e.mul(e.fill([2, 3], 1), x)],
    ["x + 0", () => e.add(x, e.fill([3], 0))],
    ["x − 0", () => e.sub(x, e.scalar(0))],
    ["x / 1", () => e.div(x, e.scalar(1))],
    ["a reshape to its own shape", () => layout.reshape(x, [2, 3])],
    ["two transposes that undo each other", () => layout.transpose(layout.transpose(x, [1, 0]), [1, 0])],
    ["a slice of everything", () => layout.slice(x, [0, 0], [2, 3])],
    ["a cast to its own dtype", () => e.cast(x, "float32")],
  ])("%s to x", (_what, make) => {
    expect(make()).toBe(x);
  });

  test("but not 1 · x where the one makes it larger", () => {
    expect(e.mul(e.fill([4, 2, 3], 1), x).shape).toEqual([4, 2, 3]);
  });

  test("arithmetic on uniform values to a uniform value", () => {
    const sum = e.add(e.fill([2], 1.5), e.scalar(2));
    expect([sum.producer?.op, e.uniformValue(sum)]).toEqual(["fill", 3.5]);
  });

  test("a filled operand to a scalar", () => {
    expect(e.mul(x, e.fill([2, 3], 3)).producer?.inputs[1].shape).toEqual([]);
  });

  test("a chain of reshapes to one", () => {
    expect(ops(layout.reshape(layout.reshape(e.unary("exp", x), [6]), [3, 2]))).toEqual(["exp", "reshape"]);
  });

  test("a transpose that moves only extents of one to a reshape", () => {
    expect(layout.transpose(input(1, 3, 1), [1, 0, 2]).producer?.op).toBe("reshape");
  });

  test("the sum of nothing to zero", () => {
    expect(e.uniformValue(reduce("reduceSum", input(0, 2), [0]))).toBe(0);
  });
});

describe("planning", () => {
  test("orders nodes after what they read and leaves dead ones out", () => {
    const x = input(2);
    const y = e.unary("exp", x);
    e.unary("sin", y); // nobody wants it
    expect(ops(e.add(e.unary("cos", y), y))).toEqual(["exp", "cos", "add"]);
  });

  test("merges nodes that compute the same", () => {
    const x = input(2);
    expect(ops(e.add(e.unary("exp", x), e.unary("exp", x)))).toEqual(["exp", "add"]);
  });

  test("gives equal programs equal keys, whatever the data", () => {
    const program = (data: number): string =>
      plan([e.mul(leaf(Float32Array.of(data), [1], "float32"), e.scalar(3))]).key;
    expect(program(1)).toBe(program(2));
  });

  test.each([
    ["constants", e.mul(input(2), e.scalar(3)), e.mul(input(2), e.scalar(4))],
    ["shapes", e.unary("exp", input(2)), e.unary("exp", input(3))],
    ["operations", e.unary("exp", input(2)), e.unary("sin", input(2))],
    ["attributes", reduce("reduceSum", input(2, 2), [0]), reduce("reduceSum", input(2, 2), [1])],
    ["signs of zero", e.fill([2], 0), e.fill([2], -0)],
    ["infinities", e.fill([2], Infinity), e.fill([2], -Infinity)],
  ])("gives different keys for different %s", (_what, a, b) => {
    expect(plan([a]).key).not.toBe(plan([b]).key);
  });

  test("copes with graphs deeper than the call stack", () => {
    let x: Value = input(1);
    for (let i = 0; i < 20_000; i++) x = e.unary("sin", x);
    expect(plan([x]).nodes.length).toBe(20_000);
  });
});
