/** explain, locateNonFinite, exportOnnx and engineReport on small functions. */
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compile, engineReport, explain, exportOnnx, locateNonFinite, randomUniform, selfAttention, tf } from "../../lib/engine/index.ts"; // prettier-ignore
import { expectNear } from "./near.ts";

describe("explain", () => {
  test("lists operations by time, and leaves variables as they were", () => {
    const weight = tf.variable(tf.ones([64, 64]));
    const step = (x: tf.Tensor): void => weight.assign(tf.matMul(x, tf.softmax(weight)));
    const { nodes, ms, rows } = explain(step, tf.ones([64, 64]));
    expect(nodes).toBe(2);
    expect(rows.map(({ op }) => op).sort()).toEqual(["Gemm", "Softmax"]);
    expect(ms).toBeGreaterThan(0);
    expect(rows.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1);
    expect(weight.dataSync()[0]).toBe(1);
  });
});

describe("locateNonFinite", () => {
  test("names the operation that first makes a NaN", () => {
    const f = (x: tf.Tensor): tf.Tensor => tf.exp(tf.log(tf.sub(x, 2)));
    expect(locateNonFinite(f, tf.tensor1d([1, 3]))).toMatchObject({
      op: "log",
      shape: [2],
      count: 1,
      fromInput: false,
    });
  });

  test("tells when an input was broken already", () => {
    expect(locateNonFinite((x: tf.Tensor) => tf.add(x, 1), tf.tensor1d([NaN]))).toMatchObject({ op: "add", fromInput: true }); // prettier-ignore
  });

  test("finds nothing in a sound function, masks included", () => {
    const f = (x: tf.Tensor): tf.Tensor => selfAttention(x, { heads: 1, causal: true });
    expect(locateNonFinite(f, tf.ones([1, 3, 6]))).toBeUndefined();
  });
});

describe("exportOnnx", () => {
  test("writes a model of standard operators that computes the same", async () => {
    const weight = tf.variable(tf.tensor2d([[1, 2, 3, 4, 5, 6]]));
    const f = (x: tf.Tensor3D): tf.Tensor => selfAttention(tf.mul(x, weight), { heads: 1, causal: true });
    const x = tf.tensor3d([[[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]]]); // prettier-ignore
    const bytes = exportOnnx(f, [x], { inputs: ["x"], outputs: ["y"] });
    expect(Buffer.from(bytes).includes("com.microsoft")).toBe(false);
    const session = await ort.InferenceSession.create(bytes);
    const data = x.dataSync() as Float32Array;
    const { y } = await session.run({ x: new ort.Tensor("float32", data, x.shape) });
    expectNear(y.data as Float32Array, f(x).dataSync(), 1e-5);
  });

  test("lists the inputs in the function's order, whichever is used first", async () => {
    const f = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor => tf.sub(tf.mul(c, b), a);
    const one = tf.ones([2]);
    const inputs = ["a", "b", "c"];
    const session = await ort.InferenceSession.create(exportOnnx(f, [one, one, one], { inputs }));
    expect(session.inputNames).toEqual(inputs);
  });

  test("refuses functions with state or randomness", () => {
    const count = tf.variable(tf.scalar(0), false, "exported-count");
    expect(() => exportOnnx(() => count.assign(tf.add(count, 1)), [])).toThrow(
      /one that assigns exported-count/,
    );
    expect(() => exportOnnx(() => randomUniform([2]), [])).toThrow(/draws random numbers/);
  });
});

test("engineReport tells what computes and with what", () => {
  compile((x: tf.Tensor) => tf.add(x, 1))(tf.scalar(1));
  const report = engineReport();
  expect(report).toMatchObject({ engine: "graph/onnx", versions: { tfjs: "4.22.0", onnxruntime: "1.30.0" } });
  expect(report.threads).toBeGreaterThan(0);
  expect(report.kernels.compiled).toBeGreaterThan(report.kernels.fallback * 3);
});
