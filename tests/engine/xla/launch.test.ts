/** Micro-batches and steps in one launch: the numbers of one launch after the other, in fewer launches. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows } from "../../../lib/batches/index.ts";
import {
  compile,
  engineStats,
  randomState,
  scan,
  setRandomState,
  tf,
  useEngine,
} from "../../../lib/engine/index.ts";
import { GPT } from "../../../lib/models/index.ts";
import { Trainer } from "../../../lib/train/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const TEXT = Uint32Array.from("the whale swam and dived ".repeat(20), (c) => c.charCodeAt(0) % 32);
const CONFIG = { vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16, dropout: 0.1 };

/** Twelve steps: losses, gradient lengths, weights, programs run. */
function trained(accumulate: number, stepsPerLaunch: number, emaDecay = 0) {
  setRandomState(1);
  const model = new GPT(CONFIG, { seed: 1 });
  const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
  const settings = { steps: 12, learningRate: 1e-2, warmupSteps: 3, accumulate, stepsPerLaunch, evaluateEvery: 0, emaDecay }; // prettier-ignore
  const trainer = new Trainer(model, loader, settings);
  const before = engineStats.runs;
  const numbers: number[] = [];
  while (trainer.steps < 12)
    for (const { loss, grad_norm, learning_rate } of trainer.launch(trainer.launchSize(12)))
      numbers.push(loss, grad_norm, learning_rate);
  const runs = engineStats.runs - before;
  const weights = [...model.parameters.groups[0].variable.dataSync()];
  const averaged = Object.values(trainer.state().optimizer.moments).map((moment) => moment[0]);
  const { draws } = randomState();
  trainer.dispose();
  model.dispose();
  return { numbers, weights, runs, averaged, draws };
}

const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((number, i) => Math.abs(number - b[i])));

const sums = compile((rows: tf.Tensor, items: tf.Tensor) => {
  const told = scan(3, items, rows, (item, row) => ({ product: tf.mul(item, tf.sum(row)), row }));
  return { ...told, last: tf.sum(told.product) };
});

function contract(): void {
  it("scan gives each call its pieces and stacks what the calls return", () => {
    const rows = tf.tensor2d([1, 2, 3, 10, 20, 30], [2, 3]);
    const { product, row, last } = sums(rows, tf.tensor1d([1, 2, 3]));
    expect([...product.dataSync()]).toEqual([11, 44, 99]);
    expect(row.arraySync()).toEqual([[1, 10], [2, 20], [3, 30]]); // prettier-ignore
    expect(last.dataSync()[0]).toBe(154);
  });

  it("a variable goes from one call to the next, and what is not assigned is read each time", () => {
    const [total, factor] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const grow = compile((items: tf.Tensor) => {
      total.assign(tf.add(total, 1));
      scan(4, items, {}, (item) => {
        scan(2, {}, {}, () => {
          total.assign(tf.add(tf.mul(total, factor), item));
          return {};
        });
        return {};
      });
      return tf.mul(total, 10);
    });
    const expected = (start: number): number =>
      [1, 2, 3, 4].reduce((sum, item) => (sum * 2 + item) * 2 + item, start + 1);
    const once = expected(1);
    expect(grow(tf.tensor1d([1, 2, 3, 4])).dataSync()[0]).toBe(10 * once);
    expect(total.dataSync()[0]).toBe(once);
    grow(tf.tensor1d([1, 2, 3, 4])).dispose();
    expect(total.dataSync()[0]).toBe(expected(once));
    expect(factor.dataSync()[0]).toBe(2);
  });
}

describe("scan on ONNX Runtime", contract);

describe.skipIf(!cpuPlugin)("on XLA", () => {
  onXla(beforeAll, afterAll);
  describe("scan", contract);

  it.each([
    [1, 4],
    [3, 1],
    [3, 4],
  ] as const)(
    "%i micro-batches a step, %i steps a launch: as one by one on ONNX Runtime",
    (accumulate, stepsPerLaunch) => {
      // prettier-ignore
      useEngine("onnx");
      const apart = trained(accumulate, 1, 0.9);
      useEngine("xla");
      const together = trained(accumulate, stepsPerLaunch, 0.9);
      expect(together.numbers).toHaveLength(36);
      expect(furthest(together.numbers, apart.numbers)).toBeLessThan(1e-3);
      expect(furthest(together.weights, apart.weights)).toBeLessThan(1e-3);
      expect(furthest(together.averaged, apart.averaged)).toBeLessThan(1e-3);
      expect(together.draws).toBe(apart.draws);
      expect(together.runs).toBe(12 / stepsPerLaunch);
      expect(apart.runs).toBe(accumulate === 1 ? 12 : 12 * (accumulate + 1));
    },
  );

  it("two devices share each batch of a launch", () => {
    const one = trained(2, 3);
    useEngine("xla", { mesh: { data: 2 } });
    const two = trained(2, 3);
    useEngine("xla");
    expect(furthest(two.numbers, one.numbers)).toBeLessThan(1e-3);
  });

  it("a launch ends where an evaluation is due", () => {
    const model = new GPT(CONFIG, { seed: 1 });
    const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
    const trainer = new Trainer(model, loader, { steps: 12, stepsPerLaunch: 5, evaluateEvery: 4 });
    const sizes: number[] = [];
    while (trainer.steps < 10) {
      sizes.push(trainer.launchSize(10));
      trainer.launch(sizes.at(-1)!);
    }
    expect(sizes).toEqual([4, 4, 2]);
    trainer.dispose();
    model.dispose();
  });
});
