import { expect, expectTypeOf, test } from "vitest";
import {
  boolean,
  choice,
  defineConfig,
  integer,
  number,
  text,
  type ConfigValues,
} from "../../lib/core/config.ts";
import { fieldRange, labelOf, readField } from "../../lib/core/field.ts";

const train = defineConfig("gpt.train", {
  learningRate: number({ default: 1e-3, min: 1e-6, max: 1, scale: "log", description: "Peak step size." }),
  steps: integer({ default: 100, min: 1, unit: "steps", description: "Optimizer steps." }),
  schedule: choice(["cosine", "constant"], {
    default: "cosine",
    description: "Course of the learning rate.",
  }),
  resume: boolean({ default: false, description: "Go on from the last checkpoint." }),
  prompt: text({ default: "Call me", label: "start", description: "Text to continue." }),
});

test("parse fills in the defaults", () => {
  expect(train.parse({ steps: 5 })).toEqual({
    learningRate: 0.001,
    steps: 5,
    schedule: "cosine",
    resume: false,
    prompt: "Call me",
  });
  expect(train.parse()).toEqual(train.defaults);
});

test("fields are properties, and are called by their label or by their name in words", () => {
  expect(train.learningRate).toMatchObject({ kind: "number", max: 1, scale: "log" });
  expect(labelOf("learningRate", train.learningRate)).toBe("learning rate");
  expect(labelOf("prompt", train.prompt)).toBe("start");
  expect(Object.keys(train.fields)).toEqual(["learningRate", "steps", "schedule", "resume", "prompt"]);
});

test("the values are typed by the declaration", () => {
  type Values = ConfigValues<typeof train>;
  expectTypeOf<Values["schedule"]>().toEqualTypeOf<"cosine" | "constant">();
  expectTypeOf<Values["learningRate"]>().toEqualTypeOf<number>();
  expectTypeOf<Values["resume"]>().toEqualTypeOf<boolean>();
});

test.each([
  [{ learningRate: 3 }, "gpt.train: expected learningRate to be a number from 0.000001 to 1, got 3"],
  [{ learningRate: NaN }, "gpt.train: expected learningRate to be a number from 0.000001 to 1, got NaN"],
  [{ steps: 1.5 }, "gpt.train: expected steps to be a whole number ≥ 1, got 1.5"],
  [{ schedule: "linear" }, "gpt.train: expected schedule to be 'cosine' or 'constant', got 'linear'"],
  [{ resume: "yes" }, "gpt.train: expected resume to be true or false, got 'yes'"],
  [{ prompt: null }, "gpt.train: expected prompt to be a text, got null"],
  [
    { learning_rate: 1 },
    "gpt.train: expected only known settings, got learning_rate; did you mean learningRate?",
  ],
  [{ momentum: 1 }, /got momentum; known: learningRate, steps, schedule, resume, prompt$/],
])("%o is refused with a sentence that says what would be right", (given, sentence) => {
  expect(() => train.parse(given as object)).toThrow(sentence);
});

test("a declaration that contradicts itself is refused", () => {
  expect(() => number({ default: 2, max: 1, description: "" })).toThrow(
    "number: expected default to be a number ≤ 1",
  );
  expect(() => number({ default: 0, min: 0, max: 1, scale: "log", description: "" })).toThrow(
    'min > 0 and a max with scale: "log"',
  );
  expect(() => number({ default: 1, min: 1, max: 2, step: 0.5, scale: "log", description: "" })).toThrow(
    'number: expected no step with scale: "log", got 0.5',
  );
  expect(() => defineConfig("c", { parse: boolean({ default: true, description: "" }) })).toThrow(
    "got parse",
  );
});

test("readField turns words from a command line into values", () => {
  expect(readField("run", "learningRate", train.learningRate, "3e-4")).toBe(0.0003);
  expect(readField("run", "resume", train.resume, "true")).toBe(true);
  expect(readField("run", "prompt", train.prompt, 7)).toBe("7");
  expect(readField("run", "width", choice([64, 128], { default: 64, description: "" }), "128")).toBe(128);
  expect(() => readField("run", "steps", train.steps, "many")).toThrow("got 'many'");
  expect(() => readField("run", "steps", train.steps, "")).toThrow("got ''");
});

test("fieldRange words every kind of bound", () => {
  const bounded = (min?: number, max?: number) =>
    fieldRange(number({ default: 1, min, max, description: "" }));
  expect([bounded(), bounded(0), bounded(undefined, 2), bounded(0, 2)]).toEqual([
    "a number",
    "a number ≥ 0",
    "a number ≤ 2",
    "a number from 0 to 2",
  ]);
});
