/** Kernels that few programs use: lowered, inside `compile` too, with the numbers of tfjs's own CPU backend. */
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, describe, expect, test } from "vitest";
import { compile, engineStats, randomNormal, setRandomState, tf } from "../../lib/engine/index.ts"; // prettier-ignore
import { expectNear } from "./near.ts";

afterEach(() => tf.setBackend("graph"));

/** Two projective transforms that leave the image on every side. */
const MATRICES = [
  [0.83, 0.41, -9.33, -0.37, 0.91, 2.7, 0, 0],
  [1.57, -0.73, 1.13, 0.29, 1.91, -11.14, 0.01, 0.02],
];

type Op = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
const list = (made: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(made) ? made : [made]);

/** The compiled results and the recorded ones are those of the CPU backend, and no fallback was needed. */
function expectLowered(op: Op, inputs: tf.Tensor[], tolerance = 1e-4): void {
  const plain = inputs.map((input) => ({ values: input.dataSync(), shape: input.shape, dtype: input.dtype }));
  const before = JSON.stringify(engineStats.fallbacks);
  const recorded = list(op(...inputs)).map((result) => [...result.dataSync()]);
  const compiled = list(compile(op)(...inputs)).map((result) => [...result.dataSync()]);
  expect(JSON.stringify(engineStats.fallbacks)).toBe(before);
  tf.setBackend("cpu");
  const expected = list(op(...plain.map(({ values, shape, dtype }) => tf.tensor(values, shape, dtype))));
  expected.forEach((result, i) => {
    expectNear(recorded[i], result.dataSync(), tolerance);
    expectNear(compiled[i], result.dataSync(), tolerance);
  });
  tf.setBackend("graph");
}

const normal = (...shape: number[]): tf.Tensor => {
  setRandomState(shape.reduce((a, b) => a * 31 + b, 7));
  return randomNormal(shape);
};

describe("dilation", () => {
  const settings = [
    { strides: 1, padding: "same", dilations: 1 },
    { strides: 2, padding: "same", dilations: 1 },
    { strides: 1, padding: "valid", dilations: 2 },
  ] as const;
  test.each(settings)("and its gradients: %o", ({ strides, padding, dilations }) => {
    const dilate = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, strides, padding, dilations);
    const gradients: Op = (x, filter) =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => dilate(a, b).square().sum())([x, filter]);
    expectLowered(dilate, [normal(2, 7, 6, 3), normal(3, 2, 3)]);
    expectLowered(gradients, [normal(2, 7, 6, 3), normal(3, 2, 3)]);
  });
});

describe("reading images at computed places", () => {
  const image = (): tf.Tensor => normal(2, 6, 5, 3);

  test.each(["bilinear", "nearest"] as const)("cropAndResize, %s", (method) => {
    const boxes = tf.tensor2d([0, 0, 1, 1, 0.21, 0.93, 0.72, 0.13, -0.3, 0.2, 0.6, 1.4], [3, 4]);
    const which = tf.tensor1d([1, 0, 1], "int32");
    const crop = (size: [number, number]): Op => {
      return (x, b, i) => tf.image.cropAndResize(x as tf.Tensor4D, b as tf.Tensor2D, i as tf.Tensor1D, size, method, 9); // prettier-ignore
    };
    expectLowered(crop([4, 7]), [image(), boxes, which]);
    expectLowered(crop([1, 1]), [image(), boxes, which]);
  });

  const modes = ["constant", "nearest", "reflect", "wrap"] as const;
  const cases = modes.flatMap((mode) =>
    (["bilinear", "nearest"] as const).map((how) => [mode, how] as const),
  );
  test.each(cases)("transform, filled by %s, %s", (mode, how) => {
    const move: Op = (x, t) => tf.image.transform(x as tf.Tensor4D, t as tf.Tensor2D, how, mode, 0.5, [8, 9]);
    // One image at a time: tfjs's CPU kernel returns after the first image of a batch.
    for (const matrix of MATRICES) expectLowered(move, [normal(1, 6, 5, 3), tf.tensor2d([matrix])]);
    const images = image();
    const together = move(images, tf.tensor2d(MATRICES)) as tf.Tensor;
    const second = move(images.slice([1], [1]), tf.tensor2d([MATRICES[1]])) as tf.Tensor;
    expectNear(together.slice([1], [1]).dataSync(), second.dataSync(), 1e-6);
  });
});

describe("sparse tensors", () => {
  test("sums and means of segments, empty ones among them", () => {
    const indices = tf.tensor1d([0, 3, 1, 1], "int32");
    const ids = tf.tensor1d([0, 0, 2, 3], "int32");
    const sum = (x: tf.Tensor): tf.Tensor => tf.sparse.sparseSegmentSum(x as tf.Tensor2D, indices, ids);
    const mean = (x: tf.Tensor): tf.Tensor => tf.sparse.sparseSegmentMean(x as tf.Tensor2D, indices, ids);
    const data = normal(4, 3);
    const [sums, means] = [sum, mean].map((op) => {
      const expected = [...op(data).dataSync()];
      expectNear([...compile(op)(data).dataSync()], expected, 1e-6);
      return expected;
    });
    const rows = data.arraySync() as number[][];
    const both = rows[0].map((value, i) => value + rows[3][i]);
    expectNear(sums, [...both, 0, 0, 0, ...rows[1], ...rows[1]], 1e-5);
    expectNear(means, [...both.map((value) => value / 2), 0, 0, 0, ...rows[1], ...rows[1]], 1e-5);
  });

  test("coordinates under another shape", () => {
    const shape = tf.tensor1d([2, 3, 6], "int32");
    const reshaped = compile((indices: tf.Tensor) => {
      const { outputIndices, outputShape } = tf.sparse.sparseReshape(indices as tf.Tensor2D, shape, [9, -1]) as Record<string, tf.Tensor>; // prettier-ignore
      return [outputIndices, outputShape];
    });
    const [indices, newShape] = reshaped(tf.tensor2d([0, 0, 0, 0, 1, 0, 1, 2, 3], [3, 3], "int32"));
    expect(indices.arraySync()).toEqual([[0, 0], [1, 2], [8, 1]]); // prettier-ignore
    expect(newShape.arraySync()).toEqual([9, 4]);
  });
});

test("bitwiseAnd of negative numbers too", () => {
  const [a, b] = [[12, -1, 2 ** 30, -8], [10, 77, -1, 5]].map((values) => tf.tensor1d(values, "int32")); // prettier-ignore
  expectLowered((x, y) => tf.bitwiseAnd(x, y), [a, b]);
});

describe("multinomial", () => {
  const logits = (): tf.Tensor2D => tf.log(tf.tensor2d([[0.1, 0.6, 0.3], [0.8, 0.1, 0.1]])); // prettier-ignore

  test("draws events as often as their probability says", () => {
    const drawn = tf.multinomial(logits(), 20_000, 3).arraySync() as number[][];
    const share = (row: number, event: number): number =>
      drawn[row].filter((one) => one === event).length / 20_000;
    expectNear([share(0, 0), share(0, 1), share(0, 2), share(1, 0)], [0.1, 0.6, 0.3, 0.8], 0.015);
  });

  test("repeats for a seed, and draws anew at each run of a compiled function", () => {
    const draw = (seed: number): Uint8Array | Float32Array | Int32Array =>
      tf.multinomial(logits(), 50, seed).dataSync();
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const step = compile((x: tf.Tensor) => tf.multinomial(x as tf.Tensor2D, 50));
    expect(step(logits()).dataSync()).not.toEqual(step(logits()).dataSync());
  });

  test("never draws an event of probability zero", () => {
    const probabilities = tf.tensor2d([[0, 0.5, 0, 0.5]]);
    const drawn = tf.multinomial(probabilities, 1000, 5, true).dataSync();
    expect(new Set(drawn)).toEqual(new Set([1, 3]));
  });
});
