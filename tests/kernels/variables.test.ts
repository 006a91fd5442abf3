/** What the variable panel is told about values. */
import { expect, test } from "vitest";
import { describe } from "../../kernels/typescript/session/variables.ts";
import { tf } from "../../lib/engine/index.ts";

const facts = (value: unknown) => {
  const { name: _name, ...rest } = describe("a", value);
  return rest;
};

test("a tensor: kind, shape, memory; nothing is read back from it", () => {
  const tensor = tf.zeros([2, 3, 4]);
  expect(facts(tensor)).toEqual({ kind: "Tensor float32", shape: [2, 3, 4], bytes: 96 });
  tensor.dispose();
  expect(facts(tensor)).toMatchObject({ bytes: 0, glance: "disposed" });
});

test("arrays, maps and sets have a length, numbers in one block their memory", () => {
  expect(facts(new Float64Array(10))).toEqual({ kind: "Float64Array", shape: [10], bytes: 80 });
  expect(facts([1, "two", { three: 3 }])).toEqual({ kind: "Array", shape: [3], glance: '1, "two", …' });
  expect(facts(new Map([[1, 2]]))).toEqual({ kind: "Map", shape: [1] });
});

test("plain values are shown, long ones cut", () => {
  expect(facts(0.001)).toEqual({ kind: "number", glance: "0.001" });
  expect(facts(null)).toEqual({ kind: "null", glance: "null" });
  expect(facts(12n)).toEqual({ kind: "bigint", glance: "12n" });
  expect(facts("x".repeat(1000)).glance).toHaveLength(60);
  expect(facts(class Whale {})).toEqual({ kind: "class", glance: "Whale" });
  expect(facts({ parameters: { count: 7232 } })).toEqual({
    kind: "Object",
    bytes: 28928,
    glance: "7,232 parameters",
  });
});

test("a value whose getters throw is still listed", () => {
  const trap = new Proxy(
    {},
    {
      get: () => {
        throw new Error("hands off");
      },
    },
  );
  expect(describe("trap", trap)).toEqual({ name: "trap", kind: "object" });
});
