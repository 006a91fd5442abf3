import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { randomWindows, sequentialWindows } from "../../lib/batches/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { randomState, setRandomState } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { readRun, readRuns } from "../../lib/notebook/runs/read-runs.ts";
import { train, type LiveSettings, type Rewind, type RewindPoint } from "../../lib/train/index.ts";

const TEXT = Uint32Array.from("the whale swam and the whale dived ".repeat(20), (c) => c.charCodeAt(0) % 32);
const windows = { batchSize: 4, contextLength: 8 };
// Dropout draws from the engine's random numbers, which a rewind has to put back too.
const makeModel = (): GPT =>
  new GPT({ vocabSize: 32, contextLength: 8, layers: 1, heads: 2, width: 16, dropout: 0.2 }, { seed: 1 });
const makeData = () => ({
  train: randomWindows(TEXT, { ...windows, seed: 1 }),
  validation: sequentialWindows(TEXT, { ...windows, maxBatches: 2 }),
});
const settings = { steps: 14, schedule: "constant" as const, warmupSteps: 0, evaluateEvery: 4 };

const drawn = randomState();
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** Runs with a slider that is moved, and a button that is pressed, after given steps; a step takes 600 ms. */
async function play(
  {
    moves = {},
    rewinds = {},
  }: { moves?: Record<number, Partial<LiveSettings>>; rewinds?: Record<number, number> },
  more: object = {},
) {
  setRandomState(drawn);
  let slider: Partial<LiveSettings> = { ...moves[0] };
  let points: readonly RewindPoint[] = [];
  const [events, left]: [Rewind[], Set<number>] = [[], new Set(Object.keys(rewinds).map(Number))];
  let wanted: number | undefined;
  const rates: number[] = [];
  const model = makeModel();
  const run = await train(
    model,
    makeData(),
    { ...settings, ...more },
    {
      directory: join(mkdtempSync(join(tmpdir(), "gradbook-")), "run"),
      live: () => slider,
      observer: {
        get rewindRequested() {
          return wanted;
        },
        onStep({ step, learning_rate }) {
          rates.push(learning_rate);
          vi.advanceTimersByTime(600);
          const branch = events.length;
          slider = { ...slider, ...(branch === 0 ? moves[step] : undefined) };
          if (left.delete(step)) wanted = rewinds[step];
        },
        onRewindPoints: (list) => (points = list),
        onRewind(event) {
          wanted = undefined;
          events.push(event);
        },
      },
    },
  );
  return { run, model, points, events, rates };
}

describe("rewinding", () => {
  it("saves before a step that takes up a change, and only then", async () => {
    const { run, points } = await play({ moves: { 5: { learningRate: 0.01 }, 9: { weightDecay: 0.3 } } });
    expect(points.map(({ step, changes }) => ({ step, changes }))).toEqual([
      { step: 5, changes: { learningRate: { from: 0.001, to: 0.01 } } },
      { step: 9, changes: { weightDecay: { from: 0.1, to: 0.3 } } },
    ]);
    expect(
      readdirSync(run.directory)
        .filter((name) => name.startsWith("before"))
        .sort(),
    ).toEqual(["before-step-10", "before-step-6"]);
    expect(loadCheckpoint(points[0].folder).training).toMatchObject({
      step: 5,
      settings: { learningRate: 0.001 },
    });
  });

  it("does not take a slider that stands elsewhere from the start for a change", async () => {
    const { points, rates } = await play({ moves: { 0: { learningRate: 0.01 } } });
    expect(points).toEqual([]);
    expect(rates[0]).toBe(0.01);
  });

  it("takes the changes of a drag as one, from the value before it", async () => {
    const { points } = await play({
      moves: { 5: { learningRate: 0.002 }, 6: { learningRate: 0.003 }, 7: { learningRate: 0.004 } },
    });
    expect(points).toMatchObject([{ step: 5, changes: { learningRate: { from: 0.001, to: 0.004 } } }]);
  });

  it("keeps as many points as it is told to", async () => {
    const moves = { 2: { learningRate: 0.002 }, 5: { learningRate: 0.003 }, 8: { learningRate: 0.004 } };
    const { run, points } = await play({ moves }, { rewindPoints: 2 });
    expect(points.map(({ step }) => step)).toEqual([5, 8]);
    expect(existsSync(join(run.directory, "before-step-3"))).toBe(false);
    const none = await play({ moves }, { rewindPoints: 0 });
    expect(none.points).toEqual([]);
    expect(readdirSync(none.run.directory).sort()).toEqual(["checkpoint", "log.jsonl"]);
  });

  it("goes back to the state before the change, and on as if it had not been made", async () => {
    const rewound = await play({ moves: { 5: { learningRate: 0.05 } }, rewinds: { 9: 5 } });
    const untouched = await play({});
    expect(rewound.rates).toEqual([...Array(5).fill(0.001), ...Array(4).fill(0.05), ...Array(9).fill(0.001)]);
    expect(rewound.events).toMatchObject([
      { step: 5, from: 9, changes: { learningRate: { from: 0.05, to: 0.001 } } },
    ]);
    expect(rewound.model.parameters.read()).toEqual(untouched.model.parameters.read());
    const [a, b] = [rewound, untouched].map(({ run }) => loadCheckpoint(run.checkpoint).training!);
    expect({ ...a, parent: undefined }).toEqual({ ...b, parent: undefined });
  });

  it("leaves the old branch whole, and its fork knows where it comes from", async () => {
    const { run, events } = await play({ moves: { 5: { learningRate: 0.05 } }, rewinds: { 9: 5 } });
    expect(basename(run.directory)).toBe("run-fork-1");
    expect(run.directory).toBe(events[0].directory);
    const [old, fork] = readRuns(dirname(run.directory)).toSorted((x, y) => x.id.length - y.id.length);
    expect(old).toMatchObject({ id: "run", status: "rewound", step: 9 });
    expect(loadCheckpoint(join(old.directory, "checkpoint")).training).toMatchObject({ step: 9 });
    expect(old.series.loss.x).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fork).toMatchObject({ id: "run-fork-1", status: "finished", parent: { run: "run", step: 5 } });
    expect(fork.series.loss.x).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(loadCheckpoint(run.checkpoint).manifest.training?.parent).toEqual({ run: "run", step: 5 });
  });

  it("equals a run that is resumed from the checkpoint, with another value too", async () => {
    let slider: Partial<LiveSettings> = {};
    let wanted: number | undefined;
    const model = makeModel();
    const run = await train(model, makeData(), settings, {
      directory: join(mkdtempSync(join(tmpdir(), "gradbook-")), "run"),
      live: () => slider,
      observer: {
        get rewindRequested() {
          return wanted;
        },
        onStep({ step }) {
          if (step === 5 && !wanted) slider = { learningRate: 0.05 };
          if (step === 8 && slider.learningRate === 0.05) wanted = 5;
        },
        onRewind() {
          wanted = undefined;
          slider = { learningRate: 0.004 };
        },
      },
    });
    const { parent } = readRun(join(run.directory, "log.jsonl"));
    const saved = loadCheckpoint(join(dirname(run.directory), parent!.run, "before-step-6"));
    await train(saved.model, makeData(), settings, {
      directory: join(dirname(run.directory), "resumed"),
      observer: {},
      resume: saved.training,
      live: () => ({ learningRate: 0.004 }),
    });
    expect(model.parameters.read()).toEqual(saved.model.parameters.read());
  });

  it("can be done again and again, from a fork too", async () => {
    const { run, events } = await play({ moves: { 5: { learningRate: 0.05 } }, rewinds: { 9: 5, 11: 5 } });
    expect(events.map(({ from, step }) => [from, step])).toEqual([
      [9, 5],
      [11, 5],
    ]);
    expect(basename(run.directory)).toBe("run-fork-2");
    expect(readRun(join(run.directory, "log.jsonl")).parent).toEqual({ run: "run-fork-1", step: 5 });
  });

  /** A run that has ended, its slider at 0.05 since step 6, and the way back into it. */
  async function ended(more: Parameters<typeof train>[3] = {}) {
    let slider: Partial<LiveSettings> = {};
    let again: ((step: number) => Promise<unknown>) | undefined;
    setRandomState(drawn);
    const model = makeModel();
    const events: object[] = [];
    const run = await train(model, makeData(), settings, {
      directory: join(mkdtempSync(join(tmpdir(), "gradbook-")), "run"),
      live: () => slider,
      observer: {
        onStep({ step }) {
          if (step === 5) slider = { learningRate: 0.05 };
        },
        onRewind: (event) => events.push(event),
        onEnd: (_, goBack) => (again = goBack),
      },
      ...more,
    });
    return { model, run, events, again: () => again, move: (to: Partial<LiveSettings>) => (slider = to) };
  }

  it("is possible after the end: equal to the bit to a run without the change", async () => {
    const { model, run, events, again } = await ended();
    const fork = (await again()!(5)) as typeof run;
    const untouched = await play({});
    expect(model.parameters.read()).toEqual(untouched.model.parameters.read());
    const [a, b] = [fork, untouched.run].map(({ checkpoint }) => loadCheckpoint(checkpoint).training!);
    expect({ ...a, parent: undefined }).toEqual({ ...b, parent: undefined });
    expect(events).toMatchObject([
      { id: "run-fork-1", step: 5, from: 14, changes: { learningRate: { from: 0.05, to: 0.001 } } },
    ]);
    const [old, young] = readRuns(dirname(run.directory)).toSorted((x, y) => x.id.length - y.id.length);
    expect(old).toMatchObject({ id: "run", status: "finished", step: 14 });
    expect(young).toMatchObject({ status: "finished", parent: { run: "run", step: 5 } });
  });

  it("after the end takes up what the slider says once it has moved, again and again", async () => {
    const { model, again, move } = await ended();
    const first = again()!(5);
    move({ learningRate: 0.004 });
    await first;
    const weights = model.parameters.read();
    move({ learningRate: 0.05 });
    const second = again()!(5);
    move({ learningRate: 0.004 });
    expect(((await second) as { directory: string }).directory).toMatch(/run-fork-2$/);
    expect(model.parameters.read()).toEqual(weights);
  });

  it("after the end is refused while another run trains the model, and to a step that is no rewind point", async () => {
    const { model, again } = await ended();
    const fork = again()!(5);
    await expect(train(model, makeData(), settings, { observer: {} })).rejects.toThrow(
      "train: expected a model that no other run trains at this moment, got one in the middle of a run",
    );
    await fork;
    await expect((async () => again()!(7))()).rejects.toThrow("to rewind to one of the steps 5, got 7");
  });

  it("ends with the run for callers that take its parts away", async () => {
    expect((await ended({ rewindAfterEnd: false })).again()).toBeUndefined();
  });

  it("refuses a step that is no rewind point, by name", async () => {
    await expect(play({ moves: { 5: { learningRate: 0.05 } }, rewinds: { 9: 7 } })).rejects.toThrow(
      "train: expected to rewind to one of the steps 5, got 7",
    );
  });

  it("is what the error advises when a change by hand has spoilt the loss", async () => {
    let slider: Partial<LiveSettings> = {};
    const model = makeModel();
    const spoil = () => {
      const values = model.parameters.read();
      for (const value of Object.values(values)) value.fill(NaN);
      model.parameters.write(values);
    };
    const run = train(model, makeData(), settings, {
      directory: join(mkdtempSync(join(tmpdir(), "gradbook-")), "run"),
      live: () => slider,
      observer: {
        onStep({ step }) {
          if (step === 5) slider = { learningRate: 1 };
          if (step === 7) spoil();
        },
      },
    });
    await expect(run).rejects.toThrow(
      /step 8; go on from .*before-step-6, saved before the last change by hand/,
    );
  });
});
