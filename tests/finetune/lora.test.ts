import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { conversationBatches, randomWindows } from "../../lib/batches/index.ts";
import {
  loadCheckpoint,
  loadTrainingState,
  loadWeights,
  saveCheckpoint,
} from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { combinedAdapters, loadAdapter, mergedGPT, saveAdapter, withLora } from "../../lib/finetune/index.ts";
import { GPT, modernGPT } from "../../lib/models/index.ts";
import type { ParameterValues } from "../../lib/nn/index.ts";
import { trainBpe } from "../../lib/tokenizers/index.ts";
import { Trainer } from "../../lib/train/index.ts";
import { expectSlopes, moveWeights } from "../models/slopes.ts";

const config = { vocabSize: 13, contextLength: 8, layers: 2, heads: 2, width: 16 };
const TEXT = Uint32Array.from({ length: 500 }, (_, i) => (i * i) % 13);
const logitsOf = (model: GPT): Float32Array =>
  tf.tidy(() =>
    model
      .logits(tf.tensor2d([[1, 2, 3, 4, 5]], undefined, "int32"))
      .dataSync()
      .slice(),
  ) as Float32Array;
const train = (model: GPT, steps = 20): void => {
  const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
  const trainer = new Trainer(model, loader, { steps, learningRate: 1e-2, warmupSteps: 0 });
  for (let i = 0; i < steps; i++) trainer.step();
  trainer.dispose();
};
/** Trains the adapter; everything else must stay to the bit. Returns the values. */
function trainedAlone(model: GPT): ParameterValues {
  const before = model.parameters.read();
  train(model);
  const after = model.parameters.read();
  for (const name of Object.keys(before)) {
    if (name.includes("lora_")) expect(after[name], name).not.toEqual(before[name]);
    else expect(after[name], name).toEqual(before[name]);
  }
  return after;
}
const close = (a: Float32Array, b: Float32Array): void => a.forEach((x, i) => expect(x).toBeCloseTo(b[i], 4));

describe.each([
  ["GPT-2", {}],
  ["LLaMA's parts", modernGPT],
])("LoRA on %s", (_, parts) => {
  const base = new GPT({ ...config, ...parts }, { seed: 1 });

  it("begins where the model is, trains the adapter alone, and few numbers", () => {
    const model = withLora(base, { rank: 2 });
    expect(logitsOf(model)).toEqual(logitsOf(base));
    expect(model.parameters.count).toBeLessThan(base.parameters.count / 3);
    trainedAlone(model);
    expect(logitsOf(model)).not.toEqual(logitsOf(base));
  });

  it("can be merged into a plain model that says the same", () => {
    const settings = { rank: 3, alpha: 6, rankStabilized: true };
    const model = withLora(base, settings);
    train(model);
    const merged = mergedGPT(model);
    expect([...merged.parameters.specs.keys()]).toEqual([...base.parameters.specs.keys()]);
    close(logitsOf(merged), logitsOf(model));
  });

  it("DoRA begins where the model is, trains lengths beside directions, and can be merged and saved", () => {
    const settings = { rank: 2, dora: true };
    const model = withLora(base, settings);
    close(logitsOf(model), logitsOf(base));
    const after = trainedAlone(model);
    close(logitsOf(mergedGPT(model)), logitsOf(model));
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "adapter");
    saveAdapter(folder, model, settings);
    expect(loadAdapter(folder, base).model.parameters.read()).toEqual(after);
  });

  it.each(["int8", "nf4"] as const)(
    "QLoRA over %s keeps the base in few bits and trains beside it",
    (quantization) => {
      const settings = { rank: 2, quantization };
      const model = withLora(base, settings);
      const error = logitsOf(model).reduce(
        (most, x, i) => Math.max(most, Math.abs(x - logitsOf(base)[i])),
        0,
      );
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(quantization === "int8" ? 0.01 : 0.1);
      expect(model.parameters.bytes).toBeLessThan(withLora(base, { rank: 2 }).parameters.bytes);
      const before = model.parameters.read();
      train(model);
      const after = model.parameters.read();
      for (const name of Object.keys(before)) {
        if (name.includes("lora_")) expect(after[name], name).not.toEqual(before[name]);
        else expect(after[name], name).toEqual(before[name]);
      }
      const merged = mergedGPT(model);
      close(logitsOf(merged), logitsOf(model));
      const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "adapter");
      saveAdapter(folder, model, settings);
      expect(loadAdapter(folder, base).model.parameters.read()).toEqual(after);
      const other = new GPT({ ...config, ...parts }, { seed: 2 });
      expect(() => loadAdapter(folder, other)).toThrow("expected the model that the adapter was trained on");
    },
  );

  it("is saved as the adapter alone, and belongs to its base", () => {
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "adapter");
    const settings = { rank: 2, targets: "attention" } as const;
    const model = withLora(base, settings);
    train(model);
    saveAdapter(folder, model, settings);
    const loaded = loadAdapter(folder, base);
    expect(loaded.config).toMatchObject(settings);
    expect(loaded.model.parameters.read()).toEqual(model.parameters.read());
    const other = new GPT({ ...config, ...parts }, { seed: 2 });
    expect(() => loadAdapter(folder, other)).toThrow("expected the model that the adapter was trained on");
    expect(() => saveAdapter(folder, base)).toThrow(
      "expected a model of withLora, got one without an adapter",
    );
    expect(() => loadAdapter(join(folder, "none"), base)).toThrow("expected an adapter at");
  });

  it.each([
    [{ rank: 8 }, "rank is 4, got rank 8"],
    [{ alpha: 4 }, "is 2, got scale (of alpha, rank and rankStabilized) 1"],
    [{ rankStabilized: true }, "is 2, got scale (of alpha, rank and rankStabilized) 4"],
    [{ dora: true }, "dora is false, got dora true"],
    [{ quantization: "nf4" }, "quantization is none, got quantization nf4"],
    [{ targets: "attention" }, "targets is all, got targets attention"],
  ] as const)("is not saved under settings that it was not made with: %o", (other, message) => {
    const made = { rank: 4, alpha: 8 } as const;
    const model = withLora(new GPT({ ...config }, { seed: 1 }), made);
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "adapter");
    expect(() => saveAdapter(folder, model, { ...made, ...other })).toThrow(message);
    expect(existsSync(folder)).toBe(false);
    saveAdapter(folder, model, { rank: 4, alpha: 4, rankStabilized: true });
    expect(existsSync(folder)).toBe(true);
  });
});

describe("several adapters of one base", () => {
  const base = new GPT(config, { seed: 1 });
  const [first, second] = [{ rank: 2 }, { rank: 3, rankStabilized: true, targets: "attention" as const }].map(
    (settings, seed) => {
      const model = withLora(base, settings, { seed });
      train(model);
      return model;
    },
  );

  it("add up by their weights, in one adapter that can be saved and merged", () => {
    close(logitsOf(combinedAdapters(base, [{ model: first, weight: 1 }, { model: second, weight: 0 }]).model), logitsOf(first)); // prettier-ignore
    const { model, config: settings } = combinedAdapters(base, [{ model: first, weight: 0.5 }, { model: second, weight: -2 }]); // prettier-ignore
    const [plain, one, two, sum] = [base, mergedGPT(first), mergedGPT(second), mergedGPT(model)].map(({ parameters }) => parameters.read()); // prettier-ignore
    for (const [name, values] of Object.entries(sum))
      values.forEach((value, i) => {
        const wanted = plain[name][i] + 0.5 * (one[name][i] - plain[name][i]) - 2 * (two[name][i] - plain[name][i]); // prettier-ignore
        expect(value).toBeCloseTo(wanted, 5);
      });
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "adapter");
    saveAdapter(folder, model, settings);
    expect(logitsOf(loadAdapter(folder, base).model)).toEqual(logitsOf(model));
  });

  it("of different kinds or bases are refused", () => {
    const other = withLora(new GPT(config, { seed: 2 }), { rank: 2 });
    const weight = 1;
    expect(() => combinedAdapters(base, [{ model: first, weight }, { model: other, weight }])).toThrow("adapter 1: expected an adapter of this base"); // prettier-ignore
    expect(() => combinedAdapters(base, [{ model: withLora(base, { dora: true }), weight }])).toThrow("expected LoRA, got DoRA"); // prettier-ignore
    expect(() => combinedAdapters(base, [{ model: base, weight }])).toThrow("got one without an adapter");
    expect(() => combinedAdapters(base, [{ model: first, weight: NaN }])).toThrow("expected a finite weight, got NaN"); // prettier-ignore
    expect(() => combinedAdapters(base, [])).toThrow("expected at least one adapter");
  });
});

it.each([{}, { dora: true }, { dora: true, quantization: "nf4" as const }])(
  "an adapter has the gradient that finite differences find (%o)",
  (kind) => {
    const model = withLora(new GPT(config, { seed: 3 }), { rank: 2, alpha: 2, ...kind });
    const variables = model.parameters.groups.map(({ variable }) => variable);
    // B starts at zero, where A has no slope.
    moveWeights(variables, 0.3);
    const batch = (...rows: number[][]) => tf.tensor2d(rows, undefined, "int32");
    const loss = (): tf.Scalar => model.loss(batch([1, 2, 3, 4, 5], [6, 0, 1, 1, 2]), batch([2, 3, 4, 5, 6], [0, 1, 1, 2, 0])); // prettier-ignore
    const { grads } = tf.variableGrads(loss, variables);
    // DoRA holds the lengths that it divides by constant (arXiv 2402.09353, 4.3), which differences of A and B would not.
    // Lengths do not decay, A and B do.
    const checked = model.parameters.groups.filter(({ decay }) => decay !== ("dora" in kind)).map(({ variable }) => variable); // prettier-ignore
    expect(checked).toHaveLength(1);
    for (const variable of checked) {
      const gradient = grads[variable.name].dataSync();
      expect(gradient.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
      expectSlopes(variable, gradient, loss, 11);
    }
    model.dispose();
  },
);

it("a second adapter stands on the first one merged", () => {
  const base = new GPT(config, { seed: 1 });
  const first = withLora(base, { rank: 2 });
  train(first);
  expect(() => withLora(first)).toThrow("withLora: expected a model without an adapter");
  const second = withLora(mergedGPT(first), { rank: 2 });
  close(logitsOf(second), logitsOf(first));
});

it.each([{}, { dora: true }, { quantization: "int8" as const }, { quantization: "nf4" as const }])(
  "a run over an adapted model goes on to the same bits (%o)",
  (kind) => {
    const base = new GPT(config, { seed: 1 });
    const settings = { steps: 8, learningRate: 1e-2, warmupSteps: 0 };
    const loader = () => randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
    const whole = withLora(base, { rank: 2, ...kind });
    const trainer = new Trainer(whole, loader(), settings);
    for (let i = 0; i < 8; i++) trainer.step();
    const first = withLora(base, { rank: 2, ...kind });
    const half = new Trainer(first, loader(), settings);
    for (let i = 0; i < 5; i++) half.step();
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "run");
    saveCheckpoint(folder, { model: first, training: half.state() });
    expect(() => loadCheckpoint(folder)).toThrow("make the model with withLora and fill it with loadWeights");
    const second = withLora(base, { rank: 2, ...kind });
    loadWeights(second, folder);
    const rest = new Trainer(second, loader(), settings, loadTrainingState(folder));
    for (let i = 0; i < 3; i++) rest.step();
    expect(second.parameters.read()).toEqual(whole.parameters.read());
  },
);

it("a model learns to answer, from the assistant's words alone", () => {
  const tokenizer = trainBpe(["ping pong hello there user assistant".repeat(20)], {
    vocabSize: 300,
    special: ["<|im_start|>", "<|im_end|>"],
  });
  const examples = [
    { messages: [{ role: "user", content: "ping" }, { role: "assistant", content: "pong" }] }, // prettier-ignore
    { messages: [{ role: "user", content: "hello" }, { role: "assistant", content: "there" }] }, // prettier-ignore
  ];
  const loader = conversationBatches(examples, {
    tokenizer,
    contextLength: 64,
    batchSize: 1,
    format: "chatml",
  });
  const model = new GPT(
    { vocabSize: tokenizer.vocabSize, contextLength: 64, layers: 2, heads: 2, width: 32 },
    { seed: 1 },
  );
  const trainer = new Trainer(model, loader, { steps: 150, learningRate: 1e-2, warmupSteps: 5 });
  const losses = Array.from({ length: 150 }, () => trainer.step().loss);
  expect(losses.at(-1)).toBeLessThan(0.05);
});
