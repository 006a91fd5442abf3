import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { expectSlopes, moveWeights } from "./slopes.ts";
import { countFlops, countParameters, estimateMemory, GPT, gptPreset } from "../../lib/models/index.ts";

const small = { vocabSize: 7, contextLength: 5, layers: 2, heads: 2, width: 8 };
const ids = (...rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, "int32");

describe("counting", () => {
  it("knows the sizes of GPT-2 and GPT-3", () => {
    const millions = (size: "small" | "medium" | "large" | "xl" | "gpt3"): number =>
      Math.round(countParameters(gptPreset(size)).total / 1e6);
    expect(countParameters(gptPreset("small")).total).toBe(124_439_808);
    expect([millions("medium"), millions("large"), millions("xl")]).toEqual([355, 774, 1558]);
    expect(millions("gpt3")).toBe(174_604);
  });

  it("agrees with the parameters that are made", () => {
    const model = new GPT(small);
    expect(model.parameters.count).toBe(countParameters(model.config).total);
    model.dispose();
  });

  it("counts 6 operations per parameter and token to train, and attention on top", () => {
    // 12·2·64 + 7·8 weights in matrices; attention 4·2·8·5.
    expect(countFlops(small)).toEqual({ forward: 2 * 1592 + 320, training: 3 * (2 * 1592 + 320) });
  });

  it("estimates the memory of weights, gradients and two moments", () => {
    const { parameters, state, total, activations } = estimateMemory(gptPreset("small"), 1);
    expect(parameters).toBe(4 * 124_439_808);
    expect(state).toBe(4 * parameters);
    expect(total).toBe(state + activations);
  });
});

describe("a GPT", () => {
  it("names its parameters as GPT-2 does", () => {
    const model = new GPT({ ...small, layers: 1 });
    expect([...model.parameters.specs].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
      "wte.weight 7,8",
      "wpe.weight 5,8",
      "h.0.ln_1.weight 8",
      "h.0.ln_1.bias 8",
      "h.0.attn.c_attn.weight 8,24",
      "h.0.attn.c_attn.bias 24",
      "h.0.attn.c_proj.weight 8,8",
      "h.0.attn.c_proj.bias 8",
      "h.0.ln_2.weight 8",
      "h.0.ln_2.bias 8",
      "h.0.mlp.c_fc.weight 8,32",
      "h.0.mlp.c_fc.bias 32",
      "h.0.mlp.c_proj.weight 32,8",
      "h.0.mlp.c_proj.bias 8",
      "ln_f.weight 8",
      "ln_f.bias 8",
    ]);
    model.dispose();
  });

  it("knows nothing at first: its loss is close to ln of the vocabulary", () => {
    const model = new GPT(small, { seed: 1 });
    const loss = tf.tidy(() => model.loss(ids([1, 2, 3, 4, 5]), ids([2, 3, 4, 5, 6])).dataSync()[0]);
    expect(loss).toBeCloseTo(Math.log(7), 1);
    model.dispose();
  });

  it("cannot see the future: a later token changes no earlier score", () => {
    const model = new GPT(small, { seed: 1 });
    const scores = (row: number[]): number[][] =>
      tf.tidy(() => (model.logits(ids(row)).arraySync() as number[][][])[0]);
    const [one, two] = [scores([1, 2, 3, 4, 5]), scores([1, 2, 3, 6, 6])];
    expect(one.slice(0, 3)).toEqual(two.slice(0, 3));
    expect(one[3]).not.toEqual(two[3]);
    // A shorter text is the beginning of a longer one.
    scores([1, 2])
      .flat()
      .forEach((score, i) => expect(score).toBeCloseTo(one.flat()[i], 5));
    model.dispose();
  });

  it("has the gradient that finite differences find", () => {
    const model = new GPT(small, { seed: 3 });
    const variables = model.parameters.groups.map(({ variable }) => variable);
    moveWeights(variables, 0.3);
    const loss = (): tf.Scalar =>
      model.loss(ids([1, 2, 3, 4, 5], [6, 0, 1, 1, 2]), ids([2, 3, 4, 5, 6], [0, 1, 1, 2, 0]));
    const { grads } = tf.variableGrads(loss, variables);
    for (const variable of variables) expectSlopes(variable, grads[variable.name].dataSync(), loss, 37);
    model.dispose();
  });

  it("shows attention that sums to one and never looks ahead", () => {
    const model = new GPT(small, { seed: 1 });
    const maps = model.attention([1, 2, 3]);
    expect([maps.length, maps[0].length, maps[0][0].length]).toEqual([2, 2, 3]);
    for (const rows of maps.flat())
      rows.forEach((row, query) => {
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(true);
      });
    model.dispose();
  });

  it("leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    const model = new GPT(small);
    tf.tidy(() => model.logits(ids([1, 2, 3])).dataSync());
    model.attention([1, 2]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("bad input", () => {
  it("names a setting that does not fit", () => {
    expect(() => new GPT({ ...small, heads: 3 })).toThrow(
      "gpt: expected a width that 3 heads divide evenly, got 8; try 9",
    );
    expect(() => new GPT({ ...small, layer: 2 } as never)).toThrow("did you mean layers?");
    expect(() => gptPreset("tinny" as never)).toThrow("did you mean tiny?");
  });

  it("refuses texts longer than the context", () => {
    const model = new GPT(small);
    expect(() => model.attention([1, 2, 3, 4, 5, 6])).toThrow("with time from 1 to 5, got [1,6]");
    model.dispose();
  });
});
