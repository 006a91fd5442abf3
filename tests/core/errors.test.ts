import { expect, test } from "vitest";
import { fail, GradbookError, nearest, shown } from "../../lib/core/errors.ts";

test("fail says where, what was expected, what came, and a hint", () => {
  const call = () =>
    fail("attention", { expected: "a width that heads divide", got: [384, 5], hint: "try 6" });
  expect(call).toThrow(GradbookError);
  expect(call).toThrow(/^attention: expected a width that heads divide, got \[ 384, 5 \]; try 6$/);
});

test("a cause is kept", () => {
  const cause = new Error("disk");
  let caught: unknown;
  try {
    fail("load", { expected: "a readable file", cause });
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({ where: "load", message: "load: expected a readable file", cause });
});

test("shown keeps large values on one short line", () => {
  expect(shown("a")).toBe("'a'");
  expect(shown(Array.from({ length: 1000 }, (_, i) => i))).toBe(
    "[ 0, 1, 2, 3, 4, 5, 6, 7, ... 992 more items ]",
  );
  expect(shown("x".repeat(500), 20)).toHaveLength(20);
});

test("nearest finds the name that was meant and stays silent otherwise", () => {
  const known = ["learningRate", "layers", "heads"];
  expect(nearest("learning_rate", known)).toBe("learningRate");
  expect(nearest("LAYERS", known)).toBe("layers");
  expect(nearest("head", known)).toBe("heads");
  expect(nearest("dropout", known)).toBeUndefined();
});
