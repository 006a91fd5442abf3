import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomWindows, sequentialWindows, type BatchLoader } from "../../lib/batches/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { evaluate, train, Trainer, type StepMetrics, type TrainObserver } from "../../lib/train/index.ts";

const TEXT = Uint32Array.from(
  "the whale swam and the whale dived and ".repeat(20),
  (c) => c.charCodeAt(0) % 32,
);
const windows = { batchSize: 4, contextLength: 8 };
const makeModel = (seed = 1): GPT =>
  new GPT({ vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16 }, { seed });
const makeLoader = (seed = 1): BatchLoader => randomWindows(TEXT, { ...windows, seed });
const validation = sequentialWindows(TEXT, { ...windows, maxBatches: 3 });
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "gradbook-")), "run");
const quiet: TrainObserver = {};

const losses = (trainer: Trainer, steps: number): number[] =>
  Array.from({ length: steps }, () => trainer.step().loss);

describe("a trainer", () => {
  it("over-fits one batch", () => {
    const batch = makeLoader().next();
    const same: BatchLoader = { ...makeLoader(), next: () => batch };
    const model = makeModel();
    const trainer = new Trainer(model, same, {
      steps: 400,
      learningRate: 1e-2,
      warmupSteps: 10,
      weightDecay: 0,
    });
    expect(trainer.step().loss).toBeCloseTo(Math.log(32), 0);
    const last = losses(trainer, 399).at(-1);
    // What the first tokens of equal beginnings go on with cannot be known.
    expect(last).toBeLessThan(0.2);
    trainer.dispose();
    model.dispose();
  });

  it("changes every parameter", () => {
    const model = makeModel();
    const before = model.parameters.read();
    const trainer = new Trainer(model, makeLoader());
    losses(trainer, 2);
    const after = model.parameters.read();
    for (const name of model.parameters.specs.keys()) expect(after[name], name).not.toEqual(before[name]);
    trainer.dispose();
    model.dispose();
  });

  it("gives the same losses for the same seed, and others for another", () => {
    const run = (seed: number): number[] => {
      const model = makeModel(seed);
      const trainer = new Trainer(model, makeLoader(seed), { steps: 10 });
      const found = losses(trainer, 10);
      trainer.dispose();
      model.dispose();
      return found;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it("reports the gradient's length before clipping", () => {
    const [one, two] = [makeModel(), makeModel()];
    const clipped = new Trainer(one, makeLoader(), { clipNorm: 0.01 }).step();
    const free = new Trainer(two, makeLoader(), { clipNorm: 0 }).step();
    expect(clipped.grad_norm).toBeCloseTo(free.grad_norm, 5);
    expect(free.grad_norm).toBeGreaterThan(0.01);
  });

  it("follows a live change at once and says what changed", () => {
    const model = makeModel();
    const trainer = new Trainer(model, makeLoader(), {
      warmupSteps: 0,
      schedule: "constant",
      learningRate: 1e-3,
    });
    expect(trainer.step().learning_rate).toBe(1e-3);
    const changed = trainer.step({ learningRate: 1e-4, weightDecay: 0.2 });
    expect(changed.learning_rate).toBe(1e-4);
    expect(changed.changes).toEqual({
      learningRate: { from: 1e-3, to: 1e-4 },
      weightDecay: { from: 0.1, to: 0.2 },
    });
    expect(trainer.step({ learningRate: 1e-4 }).changes).toBeUndefined();
    expect(() => trainer.step({ learningRate: 5 })).toThrow(
      "learningRate to be a number from 0.000001 to 0.1, got 5",
    );
    trainer.dispose();
    model.dispose();
  });

  it("leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    const model = makeModel();
    const trainer = new Trainer(model, makeLoader());
    losses(trainer, 1);
    const during = tf.memory().numTensors;
    losses(trainer, 50);
    expect(tf.memory().numTensors).toBe(during);
    trainer.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("training", () => {
  it("lowers the loss on text it does not learn from, and saves", async () => {
    const model = makeModel();
    const untrained = await evaluate(model, validation);
    const run = await train(
      model,
      { train: makeLoader(), validation },
      { steps: 60, learningRate: 1e-2, warmupSteps: 5, evaluateEvery: 20 },
      { observer: quiet, directory: newFolder() },
    );
    expect(run).toMatchObject({ reason: "finished", step: 60, steps: 60, num_tokens: 60 * 32 });
    expect(run.eval_loss).toBeLessThan(untrained / 2);
    expect(await evaluate(model, validation)).toBe(run.eval_loss);
    expect(loadCheckpoint(run.checkpoint).model.parameters.read()).toEqual(model.parameters.read());
  });

  it("goes on from a checkpoint to the same bits as without a stop", async () => {
    const settings = { steps: 12, warmupSteps: 3, evaluateEvery: 5 };
    const whole = makeModel();
    const wholeLosses: number[] = [];
    await train(whole, { train: makeLoader(), validation }, settings, {
      observer: { onStep: ({ loss }) => wholeLosses.push(loss) },
      directory: newFolder(),
    });

    const first = makeModel();
    const parts: StepMetrics[] = [];
    const observer = {
      onStep: (metrics: StepMetrics) => void parts.push(metrics),
      get stopRequested() {
        return parts.length === 7;
      },
    };
    const stopped = await train(first, { train: makeLoader(), validation }, settings, {
      observer,
      directory: newFolder(),
    });
    expect(stopped).toMatchObject({ reason: "stopped", step: 7 });

    const saved = loadCheckpoint(stopped.checkpoint);
    const run = await train(saved.model, { train: makeLoader(99), validation }, settings, {
      observer: { onStep: (metrics) => parts.push(metrics) },
      resume: saved.training,
      directory: stopped.directory,
    });
    expect(run.reason).toBe("finished");
    expect(parts.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(parts.map(({ loss }) => loss)).toEqual(wholeLosses);
    expect(saved.model.parameters.read()).toEqual(whole.parameters.read());
  });

  it("writes a log that other programs can read", async () => {
    const directory = newFolder();
    await train(
      makeModel(),
      { train: makeLoader(), validation },
      { steps: 3, evaluateEvery: 2 },
      { observer: quiet, directory },
    );
    const lines = readFileSync(join(directory, "log.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event, step }) => `${event} ${step}`)).toEqual([
      "start 0",
      "evaluate 0",
      "step 1",
      "step 2",
      "evaluate 2",
      "step 3",
      "evaluate 3",
      "end 3",
    ]);
    expect(lines[0].config.model).toMatchObject({ kind: "gpt", layers: 2 });
    expect(Object.keys(lines[2])).toEqual([
      "event",
      "time",
      "step",
      "steps",
      "loss",
      "learning_rate",
      "grad_norm",
      "num_tokens",
      "tokens_per_second",
      "seconds",
    ]);
  });

  it("ends after the step in which its signal is aborted", async () => {
    const controller = new AbortController();
    const observer = { onStep: ({ step }: StepMetrics) => step === 2 && controller.abort() };
    const run = await train(
      makeModel(),
      { train: makeLoader(), validation },
      { steps: 50 },
      {
        observer: observer as TrainObserver,
        signal: controller.signal,
        directory: newFolder(),
      },
    );
    expect(run).toMatchObject({ reason: "stopped", step: 2 });
    expect(existsSync(run.checkpoint)).toBe(true);
  });

  it("stops at a loss that is no number, names the step and saves nothing", async () => {
    const model = makeModel();
    const directory = newFolder();
    const settings = {
      steps: 50,
      learningRate: 0.1,
      warmupSteps: 0,
      clipNorm: 0,
      weightDecay: 10,
      epsilon: 1e-16,
    };
    const spoil = { onStep: ({ step }: StepMetrics) => step === 3 && spoilWeights(model) };
    await expect(
      train(model, { train: makeLoader(), validation }, settings, {
        observer: spoil as TrainObserver,
        directory,
      }),
    ).rejects.toThrow(/expected a loss and a gradient that are numbers, got NaN or infinity at step 4/);
    expect(existsSync(join(directory, "checkpoint"))).toBe(false);
  });

  it("says what does not fit", async () => {
    const model = makeModel();
    const data = { train: makeLoader(), validation };
    const run = (settings: object, changes: object = {}): Promise<unknown> =>
      train(model, { ...data, ...changes }, settings, { observer: quiet, directory: newFolder() });
    await expect(run({ learningrate: 1 })).rejects.toThrow("did you mean learningRate?");
    await expect(run({ steps: 0 })).rejects.toThrow("steps to be a whole number from 1");
    const long = randomWindows(TEXT, { batchSize: 1, contextLength: 9, seed: 1 });
    await expect(run({}, { train: long })).rejects.toThrow("expected windows of at most 8 tokens");
    const foreign = randomWindows(new Uint32Array(100).fill(40), { ...windows, seed: 1 });
    await expect(run({}, { train: foreign })).rejects.toThrow(
      "expected token ids below the model's vocabSize 32, got 40",
    );
    await expect(run({}, { validation: [] })).rejects.toThrow("evaluate: expected at least one batch");
  });
});

function spoilWeights(model: GPT): void {
  const { variable } = model.parameters.groups[0];
  tf.tidy(() => variable.assign(tf.fill(variable.shape, NaN)));
}
