import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCheckpoint, loadTrainingState, loadWeights } from "../../lib/checkpoint/index.ts";
import { engineStats, tf } from "../../lib/engine/index.ts";
import { SequenceModel } from "../../lib/models/index.ts";
import { encodeRankings, rewardModel, rewardScorer, trainReward } from "../../lib/rlhf/index.ts";
import type { StepMetrics, TrainObserver } from "../../lib/train/index.ts";
import { CONTEXT, examples, pairs, tinyGPT, tokenizer } from "./pairs.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));
const quiet: TrainObserver = {};
const data = { train: pairs.slice(3), validation: pairs.slice(0, 3) };
const settings = { steps: 6, batchSize: 4, learningRate: 3e-3, warmupSteps: 0, evaluateEvery: 0 };
const { rankings } = encodeRankings(
  [..."abcdef"].map((letter) => ({ prompt: `${letter}>`, answers: [`${letter}.`, "gh.", "ijk."] })),
  { tokenizer, contextLength: CONTEXT },
);

function watcher(last = Infinity): TrainObserver & { seen: (StepMetrics & Record<string, number>)[] } {
  const seen: (StepMetrics & Record<string, number>)[] = [];
  return {
    seen,
    onStep: (metrics) => void seen.push(metrics as StepMetrics & Record<string, number>),
    get stopRequested() {
      return seen.length >= last;
    },
  };
}

describe.each([
  ["pairs", pairs.slice(0, 4), {}],
  ["pairs with margins", pairs.slice(0, 4).map((pair) => ({ ...pair, margin: 1 })), { centering: 0.01 }],
  ["all pairs of rankings", rankings, { centering: 0.01 }],
  ["rankings, pick by pick", rankings, { loss: "plackett_luce" as const }],
])("a reward model of %s", (_, given, more) => {
  it("puts one batch into the right order", async () => {
    const watch = watcher();
    const overfit = { steps: 60, batchSize: given.length, learningRate: 1e-2, warmupSteps: 0, evaluateEvery: 0, ...more }; // prettier-ignore
    await trainReward(rewardModel(tinyGPT()), { train: given, validation: given }, overfit, { observer: watch, directory: folder() }); // prettier-ignore
    const [first, last] = [watch.seen[0], watch.seen.at(-1)!];
    expect(last.accuracy).toBe(1);
    expect(last.margin).toBeGreaterThan(first.margin + 0.5);
    expect(last.loss).toBeLessThan(first.loss / 2);
    expect(last.min_reward).toBeLessThan(last.max_reward);
  });
});

it("training changes every weight, leaves the base alone, and no tensor behind", async () => {
  const base = tinyGPT();
  const before = base.parameters.read();
  const model = rewardModel(base);
  const start = model.parameters.read();
  const tensors = tf.memory().numTensors;
  await trainReward(model, data, settings, { observer: quiet, directory: folder() });
  expect(tf.memory().numTensors).toBe(tensors);
  const after = model.parameters.read();
  for (const name of Object.keys(start)) {
    // A bias on every reward changes no difference: without centering it has no gradient.
    if (name === "score.bias") continue;
    expect(after[name], name).not.toEqual(start[name]);
  }
  expect(base.parameters.read()).toEqual(before);
  expect(Object.keys(engineStats.fallbacks)).toEqual([]);
});

it("stopped and resumed, it comes to the same bits", async () => {
  const whole = rewardModel(tinyGPT());
  await trainReward(whole, data, settings, { observer: quiet, directory: folder() });
  const half = rewardModel(tinyGPT());
  const run = await trainReward(half, data, settings, { observer: watcher(3), directory: folder() });
  expect(run.step).toBe(3);
  const rest = rewardModel(tinyGPT(5));
  loadWeights(rest, run.checkpoint);
  await trainReward(rest, data, settings, { observer: quiet, directory: folder(), resume: loadTrainingState(run.checkpoint) }); // prettier-ignore
  expect(rest.parameters.read()).toEqual(whole.parameters.read());
});

describe("scoring", () => {
  it("gives what the training batches got, alone or in company, and again when loaded", async () => {
    const model = rewardModel(tinyGPT());
    const run = await trainReward(model, data, settings, { observer: quiet, directory: folder() });
    const scorer = rewardScorer(model, { tokenizer, rows: 4 });
    const answers = examples.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, answer: chosen },
      { prompt, answer: rejected },
    ]);
    const scores = scorer.score(answers);
    expect(scores).toHaveLength(answers.length);
    answers.slice(0, 3).forEach((answer, i) => expect(scorer.score([answer])[0]).toBeCloseTo(scores[i], 5));
    const again = rewardScorer(loadCheckpoint(run.checkpoint, "sequence").model, { tokenizer, rows: 4 });
    again.score(answers).forEach((score, i) => expect(score).toBeCloseTo(scores[i], 6));
    const margins = examples.slice(0, 3).map((_, i) => scores[2 * i] - scores[2 * i + 1]);
    const log = readFileSync(join(run.directory, "log.jsonl"), "utf8").trim().split("\n");
    const last = log.map((line) => JSON.parse(line)).findLast(({ event }) => event === "evaluate");
    expect(last.eval_margin).toBeCloseTo(margins.reduce((sum, margin) => sum + margin, 0) / 3, 5);
    scorer.dispose();
    again.dispose();
  });

  it("reads an answer that is empty, and refuses one that is too long", () => {
    const scorer = rewardScorer(rewardModel(tinyGPT()), { tokenizer });
    expect(scorer.score([{ prompt: "a>", answer: "" }])).toHaveLength(1);
    expect(() => scorer.score([{ prompt: "a>", answer: "b" }, { prompt: "a>", answer: "bcdefghij" }])).toThrow("rewardScorer, answer 1: expected 1 to 8 tokens with its prompt, got 11"); // prettier-ignore
    scorer.dispose();
  });
});

it("refuses a model with several outputs, and margins where nothing would come of them", async () => {
  const classifier = SequenceModel.of(tinyGPT(), { outputs: 2 });
  await expect(trainReward(classifier, data, settings)).rejects.toThrow(
    "expected a model with one output, got 2",
  );
  expect(() => rewardScorer(classifier, { tokenizer })).toThrow("expected a model with one output");
  const withMargins = data.train.map((pair) => ({ ...pair, margin: 1 }));
  await expect(trainReward(rewardModel(tinyGPT()), { ...data, train: withMargins }, { ...settings, loss: "plackett_luce" })).rejects.toThrow("expected margins with pairs and bradley_terry alone"); // prettier-ignore
});

it("refuses a setting that its loss would not look at", async () => {
  const run = (more: object) => trainReward(rewardModel(tinyGPT()), data, { ...settings, ...more }, { observer: quiet, directory: folder() }); // prettier-ignore
  await expect(run({ labelSmoothing: 0.1 })).rejects.toThrow("train: expected only known settings, got labelSmoothing"); // prettier-ignore
  await expect(run({ neftuneAlpha: 5 })).rejects.toThrow("got neftuneAlpha");
});
