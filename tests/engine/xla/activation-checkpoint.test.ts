/** Activations computed twice instead of kept: the same losses and gradients, on both engines, and less memory. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activationCheckpoint, compile, dropout, setRandomState, tf } from "../../../lib/engine/index.ts";
import { GPT } from "../../../lib/models/index.ts";
import { AdamW } from "../../../lib/optim/index.ts";
import { trainStep } from "../../../lib/train/step.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const CONFIG = { vocabSize: 32, contextLength: 64, layers: 6, heads: 4, width: 64, dropout: 0.1 };

function training(gradientCheckpointing: boolean) {
  setRandomState(3);
  const model = new GPT({ ...CONFIG, gradientCheckpointing }, { seed: 1 });
  const optimizer = new AdamW(model.parameters.groups, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 });
  const step = trainStep(model, optimizer, { weightDecay: 0.1, clipNorm: 1 });
  const ids = (by: number): tf.Tensor2D =>
    tf.tensor2d(Array.from({ length: 8 * 64 }, (_, i) => (i * 7 + by) % 32), [8, 64], "int32"); // prettier-ignore
  const batch = { inputs: ids(0), targets: ids(7) };
  const results = Array.from({ length: 4 }, () => {
    const { loss, gradNorm } = step(batch, { learningRate: tf.scalar(1e-2) });
    return [loss.dataSync()[0], gradNorm.dataSync()[0]];
  });
  const memory = step.temporaryBytes;
  const weights = [...model.parameters.groups[0].variable.dataSync()];
  step.dispose();
  model.dispose();
  return { results, memory, weights };
}

/** What the two trainings on each engine gave. */
const runs = new Map<string, ReturnType<typeof training>>();

function contract(engine: string): void {
  it("gradients go to the input and to every weight, and random numbers are drawn again", () => {
    const part = (x: tf.Tensor, { w, which }: { w: tf.Tensor; which: tf.Tensor }): tf.Tensor =>
      dropout(tf.tanh(tf.matMul(x, w)), 0.5).mul(tf.cast(which, "float32"));
    const of = (keep: boolean) =>
      compile((x: tf.Tensor, w: tf.Tensor, which: tf.Tensor) =>
        tf.grads((a, b) =>
          tf.sum(keep ? part(a, { w: b, which }) : activationCheckpoint(part, a, { w: b, which })),
        )([x, w]),
      );
    const args = [tf.ones([2, 3]), tf.ones([3, 4]), tf.tensor1d([1, 0, 2, 3], "int32")] as const;
    const [kept, again] = [true, false].map((keep) => {
      setRandomState(5);
      return (of(keep)(...args) as tf.Tensor[]).map((tensor) => [...tensor.dataSync()]);
    });
    expect(again).toEqual(kept);
    expect(kept[0].some((slope) => slope !== 0)).toBe(true);
  });

  it("a GPT with dropout learns the same", () => {
    const [kept, again] = [false, true].map((less) => {
      const run = training(less);
      runs.set(`${engine} ${less}`, run);
      return run;
    });
    expect(kept.results[3][0]).toBeLessThan(kept.results[0][0]);
    again.results.forEach((pair, i) =>
      pair.forEach((number, j) => expect(number).toBeCloseTo(kept.results[i][j], 4)),
    );
    const apart = kept.weights.map((weight, i) => Math.abs(weight - again.weights[i]));
    expect(apart.reduce((most, one) => Math.max(most, one), 0)).toBeLessThan(1e-3);
  });
}

describe("on ONNX Runtime", () => contract("ONNX"));

describe.skipIf(!cpuPlugin)("on XLA", () => {
  onXla(beforeAll, afterAll);
  contract("XLA");

  it("needs less than half of the memory for activations in six layers", () => {
    const [kept, again] = [runs.get("XLA false")!, runs.get("XLA true")!].map(({ memory }) => memory!);

    expect(again).toBeGreaterThan(0);
    expect(again / kept).toBeLessThan(0.5);
  });
});
