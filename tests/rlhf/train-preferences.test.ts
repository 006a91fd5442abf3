import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTrainingState, loadWeights } from "../../lib/checkpoint/index.ts";
import { engineStats, tf } from "../../lib/engine/index.ts";
import { withLora } from "../../lib/finetune/index.ts";
import type { GPT } from "../../lib/models/index.ts";
import {
  PREFERENCE_LOSSES,
  rankingLogProbs,
  trainPreferences,
  type PreferenceLossName,
} from "../../lib/rlhf/index.ts";
import type { TrainObserver } from "../../lib/train/index.ts";
import { pairs, tinyGPT } from "./pairs.ts";
import { watcher } from "./watcher.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));
const settings = { steps: 6, batchSize: 4, learningRate: 3e-3, warmupSteps: 0, evaluateEvery: 0 };
const data = { train: pairs.slice(3), validation: pairs.slice(0, 3) };
const quiet: TrainObserver = {};

const overfit = (loss: PreferenceLossName) => ({
  loss,
  steps: 60,
  batchSize: 4,
  learningRate: 1e-2,
  warmupSteps: 0,
  ...(loss === "exo_pair" && { labelSmoothing: 0.01 }),
  ...(loss === "simpo" && { beta: 2 }),
  // With its authors' 0.05 the loss has a maximum at a margin of 0, and a batch may go down the wrong side.
  ...(loss === "discopop" && { tau: 1 }),
});

describe.each(PREFERENCE_LOSSES.filter((loss) => loss !== "sft"))("training with %s", (loss) => {
  it("tells one batch of pairs apart, the margin rising", async () => {
    const watch = watcher();
    const four = pairs.slice(0, 4);
    await trainPreferences(tinyGPT(), { train: four, validation: four }, overfit(loss), { observer: watch, directory: folder() }); // prettier-ignore
    const [first, last] = [watch.seen[0], watch.seen.at(-1)!];
    expect(last["rewards/accuracies"]).toBe(1);
    expect(last["rewards/margins"]).toBeGreaterThan(first["rewards/margins"] + 0.05);
    expect(last.loss).toBeLessThan(first.loss);
  });
});

it("sft writes the chosen answers likelier, whatever the rejected ones are", async () => {
  const watch = watcher();
  await trainPreferences(tinyGPT(), data, overfit("sft"), { observer: watch, directory: folder() });
  expect(watch.seen.at(-1)!["logps/chosen"]).toBeGreaterThan(watch.seen[0]["logps/chosen"] + 2);
});

describe("DPO", () => {
  it("begins at ln 2 with a margin of nothing, changes every weight, and logs under TRL's names", async () => {
    const policy = tinyGPT();
    const before = policy.parameters.read();
    const directory = folder();
    const watch = watcher();
    const run = await trainPreferences(policy, data, settings, { observer: watch, directory });
    expect(watch.seen[0].loss).toBeCloseTo(Math.LN2, 5);
    expect(watch.seen[0]["rewards/margins"]).toBeCloseTo(0, 5);
    const after = policy.parameters.read();
    for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
    const lines = readFileSync(join(run.directory, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    expect(lines[0].config.preferences).toMatchObject({ loss: "sigmoid", beta: 0.1 });
    const names = ["rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected"]; // prettier-ignore
    for (const name of names) {
      expect(lines.find(({ event }) => event === "step")[name], name).toBeTypeOf("number");
      expect(lines.findLast(({ event }) => event === "evaluate")[`eval_${name}`], name).toBeTypeOf("number");
    }
  });

  it("rewards are β times how much likelier answers became", async () => {
    const policy = tinyGPT();
    const before = rankingLogProbs(policy, data.validation);
    const directory = folder();
    await trainPreferences(policy, data, { ...settings, beta: 0.5 }, { observer: quiet, directory });
    const after = rankingLogProbs(policy, data.validation);
    const log = readFileSync(join(directory, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    const last = log.findLast(({ event }) => event === "evaluate");
    const mean = after.reduce((sum, [chosen], i) => sum + 0.5 * (chosen - before[i][0]), 0) / after.length;
    expect(last["eval_rewards/chosen"]).toBeCloseTo(mean, 4);
  });

  it("stopped and resumed in its folder, it comes to the same bits", async () => {
    const whole = tinyGPT();
    await trainPreferences(whole, data, settings, { observer: quiet, directory: folder() });
    const directory = folder();
    const half = tinyGPT();
    const run = await trainPreferences(half, data, settings, { observer: watcher(3), directory });
    expect([run.reason, run.step]).toEqual(["stopped", 3]);
    const rest = tinyGPT(9);
    loadWeights(rest, run.checkpoint);
    const resume = loadTrainingState(run.checkpoint);
    await trainPreferences(rest, data, settings, { observer: quiet, directory, resume });
    expect(rest.parameters.read()).toEqual(whole.parameters.read());
  });

  it("begun anew in a used folder, it is measured against the model that it begins with now", async () => {
    const directory = folder();
    await trainPreferences(tinyGPT(), data, settings, { observer: quiet, directory });
    const other = { ...data, train: data.train.slice(1) };
    const watch = watcher();
    await trainPreferences(tinyGPT(7), other, settings, { observer: watch, directory });
    expect(watch.seen[0].loss).toBeCloseTo(Math.LN2, 5);
  });

  it("resumed elsewhere it needs the model that it began with", async () => {
    const policy = tinyGPT();
    const run = await trainPreferences(policy, data, settings, { observer: watcher(3), directory: folder() });
    const resume = loadTrainingState(run.checkpoint);
    await expect(trainPreferences(policy, data, settings, { observer: quiet, directory: folder(), resume })).rejects.toThrow("expected reference, the model that the run began with"); // prettier-ignore
    const other = { ...data, train: data.train.slice(1) };
    await expect(trainPreferences(policy, other, settings, { observer: quiet, directory: run.directory, resume })).rejects.toThrow("expected log-probabilities of the preferences that are trained now"); // prettier-ignore
    const rest = tinyGPT();
    loadWeights(rest, run.checkpoint);
    const reference = tinyGPT();
    const after = await trainPreferences(rest, data, settings, { observer: quiet, directory: folder(), resume, reference }); // prettier-ignore
    expect(after.step).toBe(6);
  });

  it("with an adapter trains that alone; the reference is the model without it, also when resumed", async () => {
    const base = tinyGPT();
    const whole = withLora(base, { rank: 2 });
    const before = whole.parameters.read();
    await trainPreferences(whole, data, settings, { observer: quiet, directory: folder() });
    const after = whole.parameters.read();
    for (const name of Object.keys(before)) {
      if (name.includes("lora_")) expect(after[name], name).not.toEqual(before[name]);
      else expect(after[name], name).toEqual(before[name]);
    }
    const half = withLora(base, { rank: 2 });
    const run = await trainPreferences(half, data, settings, { observer: watcher(3), directory: folder() });
    const rest = withLora(base, { rank: 2 });
    loadWeights(rest, run.checkpoint);
    await trainPreferences(rest, data, settings, { observer: quiet, directory: folder(), resume: loadTrainingState(run.checkpoint) }); // prettier-ignore
    expect(rest.parameters.read()).toEqual(after);
  });

  it("leaves the reference as it was, and no tensor behind", async () => {
    const [policy, reference]: GPT[] = [tinyGPT(), tinyGPT(2)];
    const weights = reference.parameters.read();
    const before = tf.memory().numTensors;
    await trainPreferences(policy, data, settings, { observer: quiet, directory: folder(), reference });
    expect(tf.memory().numTensors).toBe(before);
    expect(reference.parameters.read()).toEqual(weights);
    expect(Object.keys(engineStats.fallbacks)).toEqual([]);
  });

  it("of micro-batches learns as of one batch", async () => {
    const [one, several] = [tinyGPT(), tinyGPT()];
    const eight = { train: pairs.slice(0, 8), validation: [pairs[0]] };
    const [a, b] = [watcher(), watcher()];
    await trainPreferences(one, eight, { ...settings, steps: 1, batchSize: 8 }, { observer: a, directory: folder() }); // prettier-ignore
    await trainPreferences(several, eight, { ...settings, steps: 1, batchSize: 2, accumulate: 4 }, { observer: b, directory: folder() }); // prettier-ignore
    expect(b.seen[0].loss).toBeCloseTo(a.seen[0].loss, 5);
    expect(b.seen[0]["logps/chosen"]).toBeCloseTo(a.seen[0]["logps/chosen"], 3);
    expect(b.seen[0].grad_norm).toBeCloseTo(a.seen[0].grad_norm, 4);
  });
});

it("refuses what is no pair, and settings nobody knows", async () => {
  const three = { ...pairs[0], answers: [...pairs[0].answers, pairs[1].answers[0]] };
  await expect(trainPreferences(tinyGPT(), { train: [three], validation: pairs }, settings)).rejects.toThrow("expected pairs of answers to train on, got 3 answers"); // prettier-ignore
  await expect(trainPreferences(tinyGPT(), data, { ...settings, betta: 1 } as object)).rejects.toThrow("expected only known settings, got betta"); // prettier-ignore
});
