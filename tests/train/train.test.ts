import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { IGNORED, randomWindows, sequentialWindows, type BatchLoader } from "../../lib/batches/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { readRun } from "../../lib/notebook/runs/read-runs.ts";
import { OPTIMIZERS } from "../../lib/optim/index.ts";
import { crc32c } from "../../lib/train/tensorboard.ts";
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
      "learningRate to be a number from 0.000001 to 1, got 5",
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

  it("without a checkpoint stops at a loss that is no number, names the step and saves nothing", async () => {
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

/** Lines of a run's log. */
const logOf = (directory: string): { event: string; step: number; to?: number }[] =>
  readFileSync(join(directory, "log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a step of several batches", () => {
  it("changes the weights as one large batch would", () => {
    const large = randomWindows(TEXT, { batchSize: 8, contextLength: 8, seed: 1 });
    const whole = makeModel();
    const wholeTrainer = new Trainer(whole, large, { warmupSteps: 0 });
    const wholeLosses = losses(wholeTrainer, 3);
    const parts = makeModel();
    const partsTrainer = new Trainer(parts, makeLoader(), { warmupSteps: 0, accumulate: 2 });
    expect(partsTrainer.tokensPerStep).toBe(64);
    losses(partsTrainer, 3).forEach((loss, i) => expect(loss).toBeCloseTo(wholeLosses[i], 5));
    const [a, b] = [whole, parts].map((model) => model.parameters.read());
    for (const name of Object.keys(a))
      a[name].forEach((value, i) => expect(Math.abs(value - b[name][i]), name).toBeLessThan(2e-4));
  });

  it("counts targets, not batches: what is ignored has no weight", () => {
    const { inputs, targets, ...rest } = makeLoader().next();
    const few = targets.map((id, place) => (place < 4 ? id : IGNORED));
    const many = targets.map((id, place) => (place < 4 ? IGNORED : id));
    const of = (...list: Int32Array[]): BatchLoader => {
      let next = 0;
      return { ...makeLoader(), next: () => ({ inputs, targets: list[next++ % list.length], ...rest }) };
    };
    const whole = new Trainer(makeModel(), of(targets), {}).step();
    const parts = new Trainer(makeModel(), of(few, many), { accumulate: 2 }).step();
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    expect(parts.grad_norm).toBeCloseTo(whole.grad_norm, 4);
  });

  it("may become larger while it trains", () => {
    const trainer = new Trainer(makeModel(), makeLoader());
    expect(trainer.step().num_tokens).toBe(32);
    expect(trainer.step({ accumulate: 3 })).toMatchObject({
      num_tokens: 32 + 96,
      changes: { accumulate: { from: 1, to: 3 } },
    });
  });
});

describe("a run", () => {
  const run = (settings: object, options: object = {}, model = makeModel()): ReturnType<typeof train> =>
    train(model, { train: makeLoader(), validation }, settings, {
      observer: quiet,
      directory: newFolder(),
      ...options,
    });

  it("ends early when the validation loss no longer falls, and keeps the best weights", async () => {
    const ended = await run({
      ...{ steps: 300, learningRate: 1, warmupSteps: 0, schedule: "constant" },
      ...{ evaluateEvery: 5, patience: 3, keepBest: true },
    });
    expect(ended.reason).toBe("early stop");
    expect(ended.step).toBeLessThan(300);
    const evaluations = logOf(ended.directory).filter(({ event }) => event === "evaluate");
    const found = evaluations.map((entry) => (entry as { eval_loss?: number }).eval_loss!);
    // The first is of the untrained model, which is not kept.
    const trained = found.slice(1);
    const kept = loadCheckpoint(ended.best!);
    expect(await evaluate(kept.model, validation)).toBe(Math.min(...trained));
    expect(kept.training!.step).toBe(5 * (1 + trained.indexOf(Math.min(...trained))));
  });

  it("measures what it is told to at every evaluation", async () => {
    const seen: object[] = [];
    const ended = await run(
      { steps: 4, evaluateEvery: 2 },
      {
        evaluate: async (model: GPT) => ({ parameters: model.parameters.count }),
        observer: { onEvaluate: (metrics: object) => void seen.push(metrics) },
      },
    );
    const entries = logOf(ended.directory).filter(({ event }) => event === "evaluate");
    expect(entries).toHaveLength(3);
    for (const entry of [...entries, ...seen]) expect(entry).toMatchObject({ eval_parameters: 7232 });
  });

  it("also averages the weights, evaluates and saves them, and goes on with the same average", async () => {
    const settings = { steps: 12, learningRate: 1e-2, warmupSteps: 2, emaDecay: 0.9, evaluateEvery: 4 };
    const seen: number[] = [];
    const observer: TrainObserver = { onEvaluate: ({ eval_loss_ema }) => void seen.push(eval_loss_ema!) };
    const whole = await run(settings, { observer });
    expect(seen.at(-1)).not.toBe(whole.eval_loss);
    expect(await evaluate(loadCheckpoint(whole.averaged!).model, validation)).toBe(seen.at(-1));

    const first = await run({ ...settings, steps: 8, schedule: "constant" });
    const rest = loadCheckpoint(first.checkpoint);
    const resumed = await run(
      { ...settings, schedule: "constant" },
      { resume: rest.training, directory: first.directory },
      rest.model,
    );
    const alone = await run({ ...settings, schedule: "constant" });
    const averages = [resumed, alone].map(({ averaged }) =>
      loadCheckpoint(averaged!).model.parameters.read(),
    );
    expect(averages[0]).toEqual(averages[1]);
  });

  it("forks a run: to the same bits as the parent, whose name stays in log and checkpoint", async () => {
    const settings = { steps: 8, schedule: "constant" as const };
    const parent = await run({ ...settings, steps: 5 });
    const fork = async (parentId?: string) => {
      const { model, training } = loadCheckpoint(parent.checkpoint);
      return run(settings, { resume: training, parent: parentId, directory: newFolder() }, model);
    };
    const [child, plain, alone] = [await fork("mother"), await fork(), await run(settings)];
    const [forked, other, whole] = [child, plain, alone].map(({ checkpoint }) => loadCheckpoint(checkpoint));
    expect(forked.model.parameters.read()).toEqual(whole.model.parameters.read());
    expect(forked.manifest.training?.parent).toEqual({ run: "mother", step: 5 });
    expect(other.manifest.training?.parent).toBeUndefined();
    expect(readRun(join(child.directory, "log.jsonl")).parent).toEqual({ run: "mother", step: 5 });
    const later = await run({ ...settings, steps: 9 }, { resume: forked.training }, forked.model);
    expect(loadCheckpoint(later.checkpoint).training?.parent).toEqual({ run: "mother", step: 5 });
    await expect(run(settings, { parent: "mother" })).rejects.toThrow(
      "train: expected resume, the state to fork from, got parent mother alone",
    );
  });

  it("goes back to its checkpoint when the loss is no number, and on with other batches", async () => {
    const model = makeModel();
    let spoilt = false;
    const recoveries: object[] = [];
    const ended = await run(
      { steps: 10, saveEvery: 4 },
      {
        observer: {
          onStep({ step }: StepMetrics) {
            if (step !== 6 || spoilt) return;
            spoilt = true;
            spoilWeights(model);
          },
          onRecover: (recovery: object) => recoveries.push(recovery),
        },
      },
      model,
    );
    expect(ended).toMatchObject({ reason: "finished", step: 10 });
    expect(recoveries).toEqual([{ step: 7, to: 4 }]);
    const events = logOf(ended.directory).map(({ event, step }) => `${event} ${step}`);
    expect(events.slice(8, 11)).toEqual(["step 7", "recover 7", "step 5"]);
    expect(Number.isFinite(ended.eval_loss)).toBe(true);
  });

  it("gives up when going back does not help", async () => {
    const model = makeModel();
    const spoil = { onStep: ({ step }: StepMetrics) => step === 5 && spoilWeights(model) };
    await expect(run({ steps: 10, saveEvery: 4, recoveries: 2 }, { observer: spoil }, model)).rejects.toThrow(
      /got NaN or infinity at step 6, again after going back 2 times; lower learningRate or clipNorm and go on/,
    );
  });

  it("writes event files that TensorBoard reads", async () => {
    const { directory } = await run({ steps: 3, evaluateEvery: 2 }, { tensorboard: true });
    const name = readdirSync(directory).find((file) => file.startsWith("events.out.tfevents."))!;
    const text = readFileSync(join(directory, name)).toString("latin1");
    expect(text).toContain("brain.Event:2");
    for (const series of ["train/loss", "train/learning_rate", "train/grad_norm", "eval/loss"])
      expect(text).toContain(series);
  });

  it.each(OPTIMIZERS)("learns with %s", async (optimizer) => {
    const learningRate = { adamw: 1e-2, lion: 2e-3, sgd: 0.5, muon: 2e-2 }[optimizer];
    const ended = await run({ steps: 60, warmupSteps: 5, optimizer, learningRate, weightDecay: 0 });
    expect(ended.eval_loss).toBeLessThan(2.5);
  });
});

it("checksums of event files are CRC-32C", () => {
  // RFC 3720, B.4.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

function spoilWeights(model: GPT): void {
  const { variable } = model.parameters.groups[0];
  tf.tidy(() => variable.assign(tf.fill(variable.shape, NaN)));
}
