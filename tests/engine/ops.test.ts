/** Each fused operation: its value and gradients are PyTorch's, and its gradient is the slope of its value. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import {
  adamwUpdate,
  attention,
  clipByGlobalNorm,
  compile,
  crossEntropy,
  embedding,
  engineStats,
  geglu,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  rmsNorm,
  rotary,
  selfAttention,
  silu,
  squaredRelu,
  swiglu,
  tf,
  tokenEntropy,
  tokenLogProbs,
} from "../../lib/engine/index.ts";
import { expectNear } from "./near.ts";

interface Plain {
  shape: number[];
  values: number[];
}
interface Case {
  name: string;
  options: object;
  inputs: Record<string, Plain>;
  output: Plain;
  weight: Plain;
  gradients: Record<string, Plain>;
}
interface Golden {
  cases: Case[];
  adamw: { start: Plain; gradients: Plain[]; after: Plain[] };
  clipping: { before: Plain[]; norm: number; after: Plain[] };
}

const golden = JSON.parse(readFileSync(new URL("golden/ops.json", import.meta.url), "utf8")) as Golden;

type Inputs = Record<string, tf.Tensor>;

const OPS: Record<string, (inputs: Inputs, options: never) => tf.Tensor> = {
  gelu: ({ x }) => gelu(x),
  geluErf: ({ x }) => gelu(x, { approximate: "none" }),
  silu: ({ x }) => silu(x),
  squaredRelu: ({ x }) => squaredRelu(x),
  swiglu: ({ x, y }) => swiglu(x, y),
  geglu: ({ x, y }) => geglu(x, y),
  rmsNorm: ({ x, gain }) => rmsNorm(x, gain),
  groupNorm: ({ x, gain, bias }, options) => groupNorm(x, gain, bias, options),
  rotary: ({ x }, options) => rotary(x, options),
  layerNorm: ({ x, gain, bias }) => layerNorm(x, gain, bias),
  linear: ({ x, weight, bias }, options) => linear(x, weight, bias, options),
  embedding: ({ table, ids }) => embedding(table, ids),
  crossEntropy: ({ logits, targets }, options) => crossEntropy(logits, targets, options),
  attention: ({ q, k, v }, options) => attention(q, k, v, options),
  selfAttention: ({ qkv }, options) => selfAttention(qkv, options),
  tokenLogProbs: ({ logits, targets }) => tokenLogProbs(logits, targets),
  tokenEntropy: ({ logits }) => tokenEntropy(logits),
};

const INTEGERS = ["ids", "targets"];
const tensor = ({ values, shape }: Plain, dtype: "float32" | "int32" = "float32"): tf.Tensor =>
  tf.tensor(values, shape, dtype);

/** The case's inputs as tensors, its scalar objective, and the names of what it can be differentiated by. */
function setUp({ name, options, inputs, weight, gradients }: Case) {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([key, plain]) => [
      key,
      tensor(plain, INTEGERS.includes(key) ? "int32" : "float32"),
    ]),
  );
  const run = (given: Inputs): tf.Tensor => OPS[name]({ ...tensors, ...given }, options as never);
  const objective = (given: Inputs): tf.Scalar => tf.sum(tf.mul(run(given), tensor(weight)));
  return { tensors, run, objective, names: Object.keys(gradients) };
}

const fallbacksBefore = JSON.stringify(engineStats.fallbacks);
afterAll(() => expect(JSON.stringify(engineStats.fallbacks)).toBe(fallbacksBefore));

describe.each(golden.cases)("$name $options", (example) => {
  test("has PyTorch's value", () => {
    const result = setUp(example).run({});
    expect(result.shape).toEqual(example.output.shape);
    expectNear(result.dataSync(), example.output.values);
  });

  test("has PyTorch's gradients, recorded and compiled", () => {
    const { tensors, objective, names } = setUp(example);
    const gradients = (...given: tf.Tensor[]): tf.Tensor[] =>
      tf.grads((...x: tf.Tensor[]) => objective(Object.fromEntries(names.map((key, i) => [key, x[i]]))))(
        given,
      );
    const given = names.map((key) => tensors[key]);
    for (const found of [gradients(...given), compile(gradients)(...given)])
      found.forEach((gradient, i) => expectNear(gradient.dataSync(), example.gradients[names[i]].values));
  });

  test("has a gradient that is the slope of its value", () => {
    const { tensors, objective, names } = setUp(example);
    const step = 1e-2;
    for (const key of names) {
      const [gradient] = tf.grads((x: tf.Tensor) => objective({ [key]: x }))([tensors[key]]);
      const values = Array.from(tensors[key].dataSync());
      const slope = values.map((_, i) => {
        const at = (offset: number): number => {
          const moved = values.map((value, j) => (i === j ? value + offset : value));
          return objective({ [key]: tf.tensor(moved, tensors[key].shape) }).dataSync()[0];
        };
        return (at(step) - at(-step)) / (2 * step);
      });
      expectNear(gradient.dataSync(), slope, 5e-3);
    }
  });
});

test("adamwUpdate follows PyTorch's AdamW over several steps", () => {
  const { start, gradients, after } = golden.adamw;
  const parameters = tf.variable(tensor(start));
  const [firstMoment, secondMoment] = [tf.variable(tf.zeros([5])), tf.variable(tf.zeros([5]))];
  const update = compile((gradient: tf.Tensor, step: tf.Tensor) =>
    adamwUpdate({
      parameters,
      firstMoment,
      secondMoment,
      gradient,
      step,
      learningRate: tf.scalar(0.1),
      beta1: 0.8,
      beta2: 0.9,
      epsilon: 1e-6,
      weightDecay: 0.2,
    }),
  );
  gradients.forEach((gradient, i) => {
    update(tensor(gradient), tf.scalar(i + 1));
    expectNear(parameters.dataSync(), after[i].values);
  });
});

test("adamwUpdate gives the same numbers on a buffer long enough to be updated in blocks", () => {
  const size = 3 * 64 * 1024;
  const numbers = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const run = (length: number): Float32Array => {
    const parameters = tf.variable(tf.tensor1d(numbers.subarray(0, length)));
    const [firstMoment, secondMoment] = [tf.variable(tf.zeros([length])), tf.variable(tf.zeros([length]))];
    const gradient = tf.tensor1d(numbers.map(Math.abs).subarray(0, length));
    adamwUpdate({
      parameters,
      firstMoment,
      secondMoment,
      gradient,
      step: tf.scalar(1),
      learningRate: tf.scalar(0.1),
    });
    return parameters.dataSync() as Float32Array;
  };
  expectNear(run(size).slice(0, 1000), run(1000).slice(0, 1000), 0);
});

test("a learning rate of zero changes nothing", () => {
  const parameters = tf.variable(tf.tensor1d([1, 2]));
  const [firstMoment, secondMoment] = [tf.variable(tf.zeros([2])), tf.variable(tf.zeros([2]))];
  const gradient = tf.tensor1d([0, 3]);
  adamwUpdate({
    parameters,
    firstMoment,
    secondMoment,
    gradient,
    step: tf.scalar(1),
    learningRate: tf.scalar(0),
  });
  expect(Array.from(parameters.dataSync())).toEqual([1, 2]);
});

test("clipByGlobalNorm shortens gradients as PyTorch does", () => {
  const { before, norm, after } = golden.clipping;
  const clipped = clipByGlobalNorm(before.map((plain) => tensor(plain)), 1); // prettier-ignore
  expectNear(clipped.norm.dataSync(), [norm]);
  clipped.grads.forEach((gradient, i) => expectNear(gradient.dataSync(), after[i].values));
});

test("clipByGlobalNorm leaves short gradients alone", () => {
  const { grads, norm } = clipByGlobalNorm([tf.tensor1d([0.3, 0.4])], 1);
  expectNear(grads[0].dataSync(), [0.3, 0.4]);
  expectNear(norm.dataSync(), [0.5]);
});

describe("wrong arguments are named", () => {
  const x = tf.zeros([2, 6]);
  test.each([
    ["layerNorm", () => layerNorm(x, tf.ones([5])), /layerNorm: expected gain of shape \[6\], got \[5\]/],
    ["linear", () => linear(x, tf.ones([5, 3])), /linear: expected a weight of shape \[6, out\]/],
    ["embedding", () => embedding(x, tf.zeros([2])), /embedding: expected int32 ids, got float32/],
    ["crossEntropy", () => crossEntropy(x, tf.zeros([3], "int32")), /one target for each of the 2 positions/],
    [
      "tokenLogProbs",
      () => tokenLogProbs(x, tf.zeros([3], "int32")),
      /tokenLogProbs: expected targets \[2\]/,
    ],
    ["tokenLogProbs", () => tokenLogProbs(x, tf.zeros([2])), /tokenLogProbs: expected int32 targets/],
    ["selfAttention", () => selfAttention(tf.zeros([1, 2, 12]), { heads: 3 }), /width that heads divides/],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(message);
  });
});
