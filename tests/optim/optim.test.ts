import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import {
  AdamW,
  averageDecayAt,
  learningRateAt,
  Lion,
  makeOptimizer,
  Muon,
  orthogonalize,
  OPTIMIZERS,
  SGD,
  WeightAverage,
  type Optimizer,
  type OptimizerGroup,
} from "../../lib/optim/index.ts";

const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };
const schedule = { learningRate: 1, finalShare: 0.1, warmupSteps: 4, steps: 104 } as const;
const rates = (name: "cosine" | "linear" | "wsd" | "noam" | "constant", steps: number[]): number[] =>
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

  it("goes down with the root of the step after Noam's warm-up, whatever the last step", () => {
    expect(rates("noam", [3, 4, 19, 79, 499])).toEqual([0.8, 1, 0.5, 0.25, 0.1]);
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

const flat = (values: number[]): tf.Variable => tf.variable(tf.tensor1d(values));
const apply = (optimizer: Optimizer, gradients: number[], weightDecay = 0, rate = 0.1): void =>
  tf.tidy(() => optimizer.update([tf.tensor1d(gradients)], { learningRate: tf.scalar(rate), weightDecay }));
const rounded = (variable: tf.Variable): number[] =>
  [...variable.dataSync()].map((x) => Number(x.toFixed(5)));

// torch.optim.SGD([p], lr=0.1, momentum=0.9, nesterov=…), two steps with gradients [1, -2] and [0.5, 1].
describe("SGD", () => {
  it("follows the momentum as PyTorch's", () => {
    const variable = flat([1, 1]);
    const optimizer = new SGD([{ decay: true, variable }], { momentum: 0.9, nesterov: false });
    apply(optimizer, [1, -2]);
    apply(optimizer, [0.5, 1]);
    expect(rounded(variable)).toEqual([0.76, 1.28]);
  });

  it("looks ahead as PyTorch's", () => {
    const variable = flat([1, 1]);
    const optimizer = new SGD([{ decay: true, variable }], { momentum: 0.9, nesterov: true });
    apply(optimizer, [1, -2]);
    apply(optimizer, [0.5, 1]);
    expect(rounded(variable)).toEqual([0.634, 1.352]);
  });

  it("decays weights apart from the gradient", () => {
    const variable = flat([1]);
    apply(new SGD([{ decay: true, variable }], { momentum: 0, nesterov: false }), [0], 0.5);
    expect(rounded(variable)).toEqual([0.95]);
  });
});

describe("Lion", () => {
  it("moves every weight by the learning rate, where gradient and momentum agree", () => {
    const variable = flat([1, 1, 1]);
    const optimizer = new Lion([{ decay: true, variable }], { beta1: 0.9, beta2: 0.99 });
    apply(optimizer, [100, -0.001, 0]);
    expect(rounded(variable)).toEqual([0.9, 1.1, 1]);
    // Momentum is now 0.01 of the gradient: 0.9·1 against 0.1·(−5), 0.9·(−0.00001) against 0.1·5.
    apply(optimizer, [-5, 5, 0], 0.5);
    expect(rounded(variable)).toEqual([0.755, 0.945, 0.95]);
  });
});

describe("Muon", () => {
  const singularValues = (matrix: number[][]): number[] => {
    // Of a matrix with two rows: the roots of the eigenvalues of M·Mᵀ.
    const [a, b, d] = [
      [0, 0],
      [0, 1],
      [1, 1],
    ].map(([i, j]) => matrix[i].reduce((sum, x, k) => sum + x * matrix[j][k], 0));
    const [mean, spread] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
    return [Math.sqrt(mean + spread), Math.sqrt(mean - spread)];
  };

  it("makes a matrix nearly orthogonal, wide or tall", () => {
    const wide = tf.tensor2d([3, 0.2, -1, 0.5, 0.4, 0.3, 0.1, 2], [2, 4]);
    const values = singularValues(orthogonalize(wide).arraySync());
    for (const value of values) expect(Math.abs(value - 1)).toBeLessThan(0.35);
    const tall = tf.transpose(orthogonalize(tf.transpose(wide) as tf.Tensor2D)) as tf.Tensor2D;
    expect(singularValues(tall.arraySync())[0]).toBeCloseTo(values[0], 4);
  });

  const group = (): OptimizerGroup => ({
    decay: true,
    variable: flat([1, 0, 0, 1, 5, 5]),
    shapes: { matrix: [2, 2], table: [1, 2] },
    tables: new Set(["table"]),
  });
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.95 };

  it("moves a matrix along the orthogonal direction and a table as AdamW", () => {
    const { variable, ...rest } = group();
    const optimizer = new Muon([{ variable, ...rest }], settings);
    apply(optimizer, [2, 0, 0, 2, 3, -3], 0.5);
    const [a, b, c, d, ...table] = rounded(variable);
    // 0.1 · 0.2·√2 · (about 1, as the singular values of 2·I are equal) from 1·(1 − 0.1·0.5).
    expect(a).toBe(d);
    expect(Math.abs(0.95 - a - 0.02828)).toBeLessThan(0.01);
    expect([b, c]).toEqual([0, 0]);
    expect(table).toEqual([4.65, 4.85]);
  });

  it("needs to know which tensors there are", () => {
    const { decay, variable } = group();
    expect(() => new Muon([{ decay, variable }], settings)).toThrow("expected groups with the shapes");
  });
});

describe("every optimizer", () => {
  const make = (optimizer: (typeof OPTIMIZERS)[number], variable: tf.Variable): Optimizer =>
    makeOptimizer([{ decay: true, variable, shapes: { m: [2, 2] } }], {
      ...{ optimizer, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, momentum: 0.9, nesterov: true },
    });

  it.each(OPTIMIZERS)("goes down a valley and on from a saved state to the same bits: %s", (name) => {
    const [one, two] = [flat([3, -2, 1, 4]), flat([0, 0, 0, 0])];
    const first = make(name, one);
    const descend = (optimizer: Optimizer, variable: tf.Variable, steps: number): void => {
      for (let i = 0; i < steps; i++) apply(optimizer, [...variable.dataSync()], 0, 0.02);
    };
    const height = (): number => tf.norm(one).dataSync()[0];
    const start = height();
    descend(first, one, 20);
    expect(height()).toBeLessThan(start);
    const second = make(name, two);
    second.restore(structuredClone(first.state()));
    two.assign(tf.tensor1d(one.dataSync().slice()));
    descend(first, one, 5);
    descend(second, two, 5);
    expect(two.dataSync()).toEqual(one.dataSync());
    expect(second.state()).toEqual(first.state());
    expect(second.state().step).toBe(25);
  });
});

describe("averaged weights", () => {
  it("follow the weights slowly, and give them back", async () => {
    const variable = flat([1, 2]);
    const average = new WeightAverage([{ decay: true, variable }]);
    variable.assign(tf.tensor1d([2, 4]));
    tf.tidy(() => average.update(tf.scalar(0.75)));
    const seen = await average.during(() => rounded(variable));
    expect(seen).toEqual([1.25, 2.5]);
    expect(rounded(variable)).toEqual([2, 4]);
    const other = new WeightAverage([{ decay: true, variable }]);
    other.restore(average.state());
    expect(other.state()).toEqual({ "ema.decay": Float32Array.of(1.25, 2.5) });
    expect(() => other.restore({})).toThrow("the run was begun without emaDecay");
  });

  it("forget the start quickly", () => {
    expect([1, 10, 1000, 100_000].map((step) => averageDecayAt(step, 0.999))).toEqual([
      2 / 11,
      11 / 20,
      1001 / 1010,
      0.999,
    ]);
  });
});
