/** compile(): one program per shape, variables as state, and clear errors for what cannot be traced. */
import { describe, expect, test } from "vitest";
import { compile, engineStats, tf } from "../../lib/engine/index.ts";
import { expectNear } from "./near.ts";

const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

describe("a compiled function", () => {
  test("computes what the function computes", () => {
    const f = (x: tf.Tensor): tf.Tensor => tf.softmax(tf.add(tf.mul(x, 2), 1));
    const x = tf.tensor2d([[1, 2, 3]]);
    expectNear(compile(f)(x).dataSync(), f(x).dataSync());
  });

  test("is traced once for each combination of shapes and dtypes", () => {
    let runs = 0;
    const f = compile((x: tf.Tensor) => {
      runs++;
      return tf.add(x, x);
    });
    f(tf.zeros([2]));
    f(tf.ones([2]));
    expect([runs, f.traces]).toEqual([1, 1]);
    expect(f(tf.ones([3])).shape).toEqual([3]);
    expect(f(tf.ones([2], "int32")).dtype).toBe("int32");
    expect([runs, f.traces]).toEqual([3, 3]);
  });

  test("takes and returns nested structures", () => {
    const f = compile(({ a, list }: { a: tf.Tensor; list: tf.Tensor[] }) => ({
      sum: tf.add(a, list[0]),
      parts: [tf.neg(a), { deep: list[1] }],
      nothing: null,
    }));
    const result = f({ a: tf.scalar(1), list: [tf.scalar(2), tf.scalar(3)] });
    expect(numbers(result.sum)).toEqual([3]);
    expect(numbers(result.parts[0] as tf.Tensor)).toEqual([-1]);
    expect(numbers((result.parts[1] as { deep: tf.Tensor }).deep)).toEqual([3]);
    expect(result.nothing).toBeNull();
  });

  test("has a program of its own for each fixed argument", () => {
    const f = compile((x: tf.Tensor, negate: boolean) => (negate ? tf.neg(x) : x));
    expect([numbers(f(tf.scalar(4), true)), numbers(f(tf.scalar(4), false))]).toEqual([[-4], [4]]);
  });

  test("keeps tensors it captured as they were", () => {
    const captured = tf.tensor1d([1, 2, 3]);
    const f = compile((x: tf.Tensor) => tf.mul(x, captured));
    f(tf.scalar(1));
    captured.dispose();
    expect(numbers(f(tf.scalar(2)))).toEqual([2, 4, 6]);
  });

  test("is inlined into another compiled function", () => {
    const double = compile((x: tf.Tensor) => tf.mul(x, 2));
    const quadruple = compile((x: tf.Tensor) => double(double(x)));
    expect(numbers(quadruple(tf.scalar(3)))).toEqual([12]);
    expect(double.traces).toBe(0);
  });
});

describe("variables of a compiled function", () => {
  test("may hold a tensor that is alive elsewhere and was not computed yet", () => {
    const variable = tf.variable(tf.scalar(1));
    variable.assign(tf.tidy(() => tf.add(variable, 1)) as tf.Scalar);
    const next = tf.add(variable, 1);
    variable.assign(next as tf.Scalar);
    const times = compile((x: tf.Tensor) => tf.mul(variable, x));
    expect(numbers(times(tf.scalar(10)))).toEqual([30]);
    expect(numbers(next)).toEqual([3]);
    variable.dispose();
  });

  test("are read at their present value", () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const f = compile((x: tf.Tensor) => tf.mul(x, weight));
    expect(numbers(f(tf.scalar(10)))).toEqual([10, 20]);
    weight.assign(tf.tensor1d([5, 6]));
    expect(numbers(f(tf.scalar(10)))).toEqual([50, 60]);
  });

  test("that it assigns keep their new value", () => {
    const count = tf.variable(tf.scalar(0));
    const next = compile(() => {
      count.assign(tf.add(count, 1));
      return count.clone();
    });
    expect([next(), next(), next()].map((tensor) => numbers(tensor)[0])).toEqual([1, 2, 3]);
    expect(numbers(count)).toEqual([3]);
  });

  test("leave clones, pending tensors and arrays read before alone", () => {
    const state = tf.variable(tf.tensor1d([1, 1]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    const array = state.dataSync();
    const clone = state.clone();
    const pending = tf.add(state, 0.25);
    for (let i = 0; i < 3; i++) double();
    expect(Array.from(array)).toEqual([2, 2]);
    expect(numbers(clone)).toEqual([2, 2]);
    expect(numbers(pending)).toEqual([2.25, 2.25]);
    expect(numbers(state)).toEqual([16, 16]);
  });

  test("do not write into the array they were made from", () => {
    const array = Float32Array.of(1, 2);
    const state = tf.variable(tf.tensor1d(array));
    const increment = compile(() => state.assign(tf.add(state, 1)));
    for (let i = 0; i < 4; i++) increment();
    expect(Array.from(array)).toEqual([1, 2]);
    expect(numbers(state)).toEqual([5, 6]);
  });

  test("are shared by several compiled functions", () => {
    const state = tf.variable(tf.scalar(1));
    const add = compile((x: tf.Tensor) => state.assign(tf.add(state, x)));
    const read = compile(() => tf.neg(state));
    add(tf.scalar(2));
    expect(numbers(read())).toEqual([-3]);
    add(tf.tensor1d([3]).reshape([]));
    expect(numbers(read())).toEqual([-6]);
  });

  test.each([
    ["sgd", () => tf.train.sgd(0.1)],
    ["momentum", () => tf.train.momentum(0.1, 0.9)],
    ["adam", () => tf.train.adam(0.1)],
    ["rmsprop", () => tf.train.rmsprop(0.1)],
    ["adagrad", () => tf.train.adagrad(0.1)],
    ["adadelta", () => tf.train.adadelta(0.1)],
    ["adamax", () => tf.train.adamax(0.1)],
  ])("of tfjs's optimizer %s move as they do uncompiled", (_name, make) => {
    const run = (wrap: (step: () => tf.Scalar) => () => tf.Scalar): number[] => {
      const weight = tf.variable(tf.tensor1d([1, -2]));
      const optimizer = make();
      const step = wrap(() => optimizer.minimize(() => tf.sum(tf.square(weight)), true, [weight])!);
      for (let i = 0; i < 5; i++) step().dispose();
      return numbers(weight);
    };
    expectNear(
      run(compile),
      run((step) => step),
      1e-6,
    );
  });

  test("that were disposed are named", () => {
    const gone = tf.variable(tf.scalar(1), true, "gone");
    const f = compile((x: tf.Tensor) => tf.add(x, gone));
    f(tf.scalar(1));
    gone.dispose();
    expect(() => f(tf.scalar(1))).toThrow(/disposed variable gone/);
  });
});

describe("memory", () => {
  test("stays flat over thousands of steps", () => {
    const state = tf.variable(tf.zeros([64]));
    const step = compile((x: tf.Tensor) => {
      state.assign(tf.add(state, tf.mul(x, 0.5)));
      return tf.mean(state);
    });
    const x = tf.ones([64]);
    step(x).dispose();
    const before = tf.memory();
    for (let i = 0; i < 3000; i++) step(x).dispose();
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    expect([numTensors, numBytes, numDataBuffers]).toEqual([before.numTensors, before.numBytes, before.numDataBuffers]); // prettier-ignore
  });

  test("tensors made while tracing are gone afterwards", () => {
    const x = tf.ones([2]);
    const before = tf.memory().numTensors;
    const result = compile((input: tf.Tensor) => tf.exp(tf.sin(tf.add(input, 1))))(x);
    expect(tf.memory().numTensors).toBe(before + 1);
    result.dispose();
  });
});

describe("errors of compile", () => {
  test("reading a tensor inside says what to do", () => {
    const f = compile((x: tf.Tensor) => (x.dataSync()[0] > 0 ? x : tf.neg(x)), { name: "absolute" });
    expect(() => f(tf.scalar(1))).toThrow(/compile absolute: expected no tensor to be read.*tf\.where/);
  });

  test("an error inside leaves the variables as they were", () => {
    const state = tf.variable(tf.scalar(7));
    const before = tf.memory().numTensors;
    const f = compile(() => {
      state.assign(tf.scalar(8));
      throw new Error("no");
    });
    expect(f).toThrow("no");
    expect(numbers(state)).toEqual([7]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("numbers are refused", () => {
    const f = compile((x: tf.Tensor, _rate: number) => x, { name: "step" });
    expect(() => f(tf.scalar(1), 0.1)).toThrow(/compile step: .*got 0.1; pass tf.scalar\(number\)/);
  });

  test("async functions are refused", () => {
    expect(() => compile(async (x: tf.Tensor) => x)(tf.scalar(1))).toThrow(/got a promise; async/);
  });

  test("an operation without a lowering is named", () => {
    const f = compile((x: tf.Tensor) => tf.spectral.fft(tf.complex(x, x)), { name: "spectrum" });
    expect(() => f(tf.ones([4]))).toThrow(
      /compile spectrum: expected operations that can be compiled, got Complex/,
    );
  });
});

test("counters tell what the engine did", () => {
  const { traces, runs, sessions } = engineStats;
  const f = compile((x: tf.Tensor) => tf.mul(x, 3));
  f(tf.scalar(1));
  f(tf.scalar(2));
  expect([engineStats.traces - traces, engineStats.runs - runs, engineStats.sessions - sessions]).toEqual([
    1, 2, 1,
  ]);
});
