/** Matrix products of bf16 numbers: rounded operands, exact sums, and a GPT that learns as well as in float32. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows } from "../../../lib/batches/index.ts";
import { compile, layerNorm, setRandomState, tf, useEngine } from "../../../lib/engine/index.ts";
import { GPT } from "../../../lib/models/index.ts";
import { Trainer } from "../../../lib/train/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const TEXT = Uint32Array.from("the whale swam and dived ".repeat(20), (c) => c.charCodeAt(0) % 32);
const STEPS = 200;

function losses(precision: "fp32" | "bf16"): number[] {
  useEngine("xla", { precision });
  setRandomState(1);
  const model = new GPT({ vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16 }, { seed: 1 });
  const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
  const trainer = new Trainer(model, loader, { steps: STEPS, learningRate: 1e-3, warmupSteps: 10 });
  const found = Array.from({ length: STEPS }, () => trainer.step().loss);
  trainer.dispose();
  model.dispose();
  return found;
}

it("is an option of XLA's alone, fp32 or bf16", () => {
  expect(() => useEngine("onnx", { precision: "bf16" })).toThrow("precision with the engine xla");
  expect(() => useEngine("xla", { precision: "fp8" as "bf16" })).toThrow("expected precision fp32, tf32 or bf16, got fp8"); // prettier-ignore
});

describe.skipIf(!cpuPlugin)("bf16", () => {
  onXla(beforeAll, afterAll);

  it("rounds what a product reads to 8 bits, and nothing else", () => {
    useEngine("xla", { precision: "bf16" });
    // 1 + 2⁻⁸ lies half-way between two bf16 numbers and becomes the even one; the sum of 300 ones needs more bits.
    const product = compile((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b));
    expect(product(tf.tensor2d([[1 + 2 ** -8]]), tf.tensor2d([[1]])).dataSync()[0]).toBe(1);
    // The result may be rounded, too, where that saves something; the CPU plugin leaves it whole.
    expect(product(tf.ones([1, 301]), tf.ones([301, 1])).dataSync()[0]).toBe(301);
    // A product by a transposed left side, as gradients of weights are, is asked for whole.
    const whole = compile((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, true));
    expect(whole(tf.ones([301, 1]), tf.ones([301, 1])).dataSync()[0]).toBe(301);
    const sum = compile((a: tf.Tensor) => tf.add(a, 2 ** -8));
    expect(sum(tf.tensor1d([1])).dataSync()[0]).toBe(1 + 2 ** -8);
    const x = tf.tensor2d([[1000, 1000.5, 1001]]);
    const norm = compile(() => layerNorm(x, tf.ones([3])));
    expect(norm().dataSync()[2]).toBeCloseTo(1.2247, 2);
  });

  it("trains a GPT to float32's loss within 0.02 nats, on the way within 0.05", () => {
    const [full, half] = [losses("fp32"), losses("bf16")];
    expect(half).not.toEqual(full);
    expect(full.at(-1)).toBeLessThan(full[0] - 0.5);
    const apart = half.map((loss, step) => Math.abs(loss - full[step]));
    expect(Math.max(...apart)).toBeLessThan(0.05);
    const mean = (list: number[]): number => list.slice(-20).reduce((a, b) => a + b, 0) / 20;
    expect(Math.abs(mean(half) - mean(full))).toBeLessThan(0.02);
  });
});
