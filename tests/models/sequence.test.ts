/** A head on a GPT or BERT: what it looks at, what it learns, how it is kept. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Batch, BatchLoader } from "../../lib/batches/index.ts";
import { loadCheckpoint, saveCheckpoint } from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { Bert, GPT, modernGPT, SequenceModel } from "../../lib/models/index.ts";
import { Trainer } from "../../lib/train/index.ts";

const shape = { vocabSize: 11, contextLength: 6, layers: 1, heads: 2, width: 16 };
const bodies: [string, () => GPT | Bert][] = [
  ["GPT-2", () => new GPT(shape, { seed: 1 })],
  ["LLaMA's parts, untied", () => new GPT({ ...shape, ...modernGPT, tied: false }, { seed: 1 })],
  ["BERT", () => new Bert(shape, { seed: 1 })],
];

/** Texts of 3 to 5 ids that end in 0s; class 1 where a 7 is in them. */
const TEXTS = [[3, 7, 5], [4, 2, 5, 9], [7, 1, 2, 3, 4], [1, 2, 8], [5, 5, 7, 2], [9, 8, 6, 4, 3]]; // prettier-ignore
const batch: Batch = {
  inputs: Int32Array.from(TEXTS.flatMap((text) => [...text, 0, 0, 0].slice(0, 6))),
  segments: Int32Array.from(TEXTS.flatMap((text) => [...text.map(() => 1), 0, 0, 0].slice(0, 6))),
  targets: Int32Array.from(TEXTS, (text) => Number(text.includes(7))),
  ...{ batchSize: 6, contextLength: 6, targetLength: 1 },
};
const loader = (one: Batch): BatchLoader => ({
  ...one,
  next: () => one,
  state: () => ({ random: [0, 0, 0, 0] as never, batches: 0 }),
  restore: () => undefined,
});
const scoresOf = (model: SequenceModel, ids: number[], text: number[]): number[] =>
  tf.tidy(() => {
    const [input, segments] = [ids, text].map((row) => tf.tensor2d([row], undefined, "int32"));
    return [...model.scores(input, { segments }).dataSync()];
  });

describe.each(bodies)("a head on %s", (_, make) => {
  const body = make();

  it.each(["last", "mean", "max"] as const)("looks past what fills a row up (%s)", (pooling) => {
    const model = SequenceModel.of(body, { pooling, outputs: 3 });
    const short = scoresOf(model, [3, 4, 5], [1, 1, 1]);
    scoresOf(model, [3, 4, 5, 0, 0, 0], [1, 1, 1, 0, 0, 0]).forEach((score, i) =>
      expect(score).toBeCloseTo(short[i], 5),
    );
    expect(scoresOf(model, [3, 4, 6], [1, 1, 1])[0]).not.toBeCloseTo(short[0], 5);
  });

  it("learns one batch by heart, changes every weight, and reports its accuracy", () => {
    const model = SequenceModel.of(body, { pooling: "mean" }, { seed: 2 });
    const before = model.parameters.read();
    const trainer = new Trainer(model, loader(batch), { steps: 100, learningRate: 1e-2, warmupSteps: 0 });
    const steps = Array.from({ length: 100 }, () => trainer.step());
    trainer.dispose();
    expect(steps.at(-1)!.loss).toBeLessThan(0.05);
    expect(steps.at(-1)).toMatchObject({ accuracy: 1 });
    const after = model.parameters.read();
    for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
  });

  it("counts texts whose class is ignored neither as right nor as wrong", () => {
    const model = SequenceModel.of(body, { pooling: "mean" }, { seed: 2 });
    const ids = tf.tensor2d([[3, 4, 5], [3, 4, 5], [3, 4, 5], [3, 4, 5]], undefined, "int32"); // prettier-ignore
    const accuracyOf = (classes: number[]): number =>
      tf.tidy(() => model.losses(ids, tf.tensor2d(classes, [4, 1], "int32")).accuracy.dataSync()[0]);
    const [likelier] = tf.tidy(() => Array.from(model.scores(ids).argMax(-1).dataSync()));
    expect(accuracyOf([likelier, -100, -100, 1 - likelier])).toBeCloseTo(0.5);
    expect(accuracyOf([likelier, -100, likelier, -100])).toBeCloseTo(1);
    expect(accuracyOf([-100, -100, -100, -100])).toBe(0);
  });

  it("comes close to quantities, and is saved with its settings", () => {
    const model = SequenceModel.of(body, { pooling: "last", outputs: 1, objective: "regression" });
    const values = Float32Array.from(TEXTS, (text) => text.length / 10);
    const quantities = { ...batch, values };
    const trainer = new Trainer(model, loader(quantities), {
      steps: 150,
      learningRate: 1e-2,
      warmupSteps: 0,
    });
    const losses = Array.from({ length: 150 }, () => trainer.step().loss);
    trainer.dispose();
    expect(losses.at(-1)).toBeLessThan(1e-3);
    const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "head");
    saveCheckpoint(folder, { model });
    const loaded = loadCheckpoint(folder, "sequence").model;
    expect(loaded.config).toEqual(model.config);
    expect(loaded.parameters.read()).toEqual(model.parameters.read());
  });
});

it("says what does not fit", () => {
  const body = new GPT(shape);
  expect(() => SequenceModel.of(body, { outputs: 3, labels: "bad|good" })).toThrow(
    "expected 3 labels, one for each output, got bad|good",
  );
  const model = SequenceModel.of(body, { objective: "regression", outputs: 1 });
  expect(() => model.loss(tf.zeros([1, 3], "int32"), tf.zeros([1, 1], "int32"))).toThrow(
    "expected float32 targets for regression, got int32",
  );
});
