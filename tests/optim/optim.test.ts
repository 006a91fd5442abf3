import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { AdamW, learningRateAt } from "../../lib/optim/index.ts";

const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };
const schedule = { learningRate: 1, finalShare: 0.1, warmupSteps: 4, steps: 104 } as const;
const rates = (name: "cosine" | "linear" | "wsd" | "constant", steps: number[]): number[] =>
  steps.map((step) => Number(learningRateAt(step, { ...schedule, schedule: name }).toFixed(4)));

describe("the learning rate", () => {
  it("climbs in a straight line", () => {
    expect(rates("cosine", [0, 1, 2, 3, 4])).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it("goes down along the curve asked for, to its final share", () => {
    expect(rates("cosine", [4, 54, 104, 200])).toEqual([1, 0.55, 0.1, 0.1]);
    expect(rates("linear", [4, 29, 104])).toEqual([1, 0.775, 0.1]);
    expect(rates("wsd", [4, 84, 94, 104])).toEqual([1, 1, 0.55, 0.1]);
    expect(rates("constant", [4, 54, 104])).toEqual([1, 1, 1]);
  });

  it("needs no warm-up", () => {
    expect(learningRateAt(0, { ...schedule, schedule: "cosine", warmupSteps: 0 })).toBe(1);
  });
});

describe("AdamW", () => {
  const groups = (): { decay: boolean; variable: tf.Variable }[] => [
    { decay: true, variable: tf.variable(tf.tensor1d([1, 1])) },
    { decay: false, variable: tf.variable(tf.tensor1d([1])) },
  ];
  const update = (optimizer: AdamW, gradients: number[][]): void =>
    tf.tidy(() =>
      optimizer.update(
        gradients.map((gradient) => tf.tensor1d(gradient)),
        { learningRate: tf.scalar(0.1), weightDecay: 0.5 },
      ),
    );

  it("moves against the gradient by the learning rate at first, and decays only what may decay", () => {
    const [matrices, rest] = groups();
    const optimizer = new AdamW([matrices, rest], settings);
    update(optimizer, [[3, -0.2], [0]]);
    // 1 · (1 − 0.1 · 0.5) ∓ 0.1: the first update is the sign of the gradient.
    expect([...matrices.variable.dataSync()].map((x) => x.toFixed(5))).toEqual(["0.85000", "1.05000"]);
    expect([...rest.variable.dataSync()]).toEqual([1]);
  });

  it("goes on from a saved state to the same bits", () => {
    const [one, two] = [groups(), groups()];
    const first = new AdamW(one, settings);
    update(first, [[3, -0.2], [1]]);
    const second = new AdamW(two, settings);
    second.restore(first.state());
    two.forEach(({ variable }, i) => variable.assign(tf.tensor1d(one[i].variable.dataSync().slice())));
    for (const optimizer of [first, second]) update(optimizer, [[-1, 0.5], [2]]);
    expect(two.map(({ variable }) => variable.dataSync())).toEqual(
      one.map(({ variable }) => variable.dataSync()),
    );
    expect(second.state()).toEqual(first.state());
    expect(second.state().step).toBe(2);
  });

  it("refuses the state of another model", () => {
    const optimizer = new AdamW(groups(), settings);
    const state = new AdamW(groups().slice(0, 1), settings).state();
    expect(() => optimizer.restore(state)).toThrow(
      "AdamW.restore: expected 1 numbers in exp_avg.no_decay, got none",
    );
  });
});
