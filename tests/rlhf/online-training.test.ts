/** A model that learns from its own answers: to write one letter, as often as it can. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCheckpoint, loadTrainingState } from "../../lib/checkpoint/index.ts";
import { engineStats, tf } from "../../lib/engine/index.ts";
import { withLora } from "../../lib/finetune/index.ts";
import type { GPT } from "../../lib/models/index.ts";
import {
  GROUP_LOSSES,
  trainGroup,
  trainPPO,
  type AnswerToReward,
  type GroupLoss,
  type OnlineOptions,
  type Rollout,
} from "../../lib/rlhf/index.ts";
import type { StepMetrics, TrainObserver } from "../../lib/train/index.ts";
import { tinyGPT, tokenizer } from "./pairs.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));
const data = { train: [..."abcdefgh"].map((letter) => ({ prompt: `${letter}>` })) };
/** Share of the letter e: 1 in 18 by chance. */
const share = ({ answer }: AnswerToReward): number =>
  [...answer].filter((letter) => letter === "e").length / answer.length;

type Seen = Record<string, number>;
function watcher(last = Infinity): TrainObserver & { seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    onStep: (metrics: StepMetrics) => void seen.push(metrics as unknown as Seen),
    get stopRequested() {
      return seen.length >= last;
    },
  };
}
const options = (more: Partial<OnlineOptions> = {}): OnlineOptions => ({
  ...{ tokenizer, rewards: share, observer: {}, directory: folder() },
  ...more,
});
const common = { maxTokens: 4, learningRate: 1e-2, warmupSteps: 0, evaluateEvery: 0 };
const group = { ...common, steps: 6, prompts: 4, groupSize: 4 };
const ppo = { ...common, steps: 8, answers: 16, epochs: 2, minibatches: 2 };
const entriesOf = (directory: string, file: string): Record<string, unknown>[] =>
  readFileSync(join(directory, file), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore

const reached: Partial<Record<GroupLoss, object>> = { dr_grpo: { learningRate: 2e-2 }, rloo: { learningRate: 2e-2 } }; // prettier-ignore

describe.each(GROUP_LOSSES)("learning from groups by %s", (lossType) => {
  it("raises the reward of a toy task from chance to 0.9", async () => {
    const watch = watcher();
    const settings = {
      ...group,
      steps: 60,
      groupSize: 8,
      lossType,
      klCoefficient: 0.01,
      ...reached[lossType],
    };
    await trainGroup(tinyGPT(), data, settings, options({ observer: watch }));
    expect(watch.seen[0].reward).toBeLessThan(0.2);
    const last = watch.seen.slice(-5).map(({ reward }) => reward);
    expect(Math.min(...last)).toBeGreaterThan(0.9);
  });
});

describe("PPO", () => {
  it("raises the reward of a toy task from chance to 0.9", async () => {
    const watch = watcher();
    const settings = { ...ppo, steps: 160, answers: 32, klCoefficient: 0.01 };
    await trainPPO(tinyGPT(), data, settings, options({ observer: watch }));
    expect(watch.seen[0].reward).toBeLessThan(0.2);
    expect(watch.seen.at(-1)!.reward).toBeGreaterThan(0.9);
  });

  it("learns what to expect: the loss of the values falls", async () => {
    const watch = watcher();
    const settings = {
      ...ppo,
      steps: 80,
      answers: 32,
      learningRate: 3e-3,
      valueWeight: 1,
      klCoefficient: 0,
    };
    await trainPPO(tinyGPT(), data, settings, options({ observer: watch, rewards: () => 1 }));
    expect(watch.seen.at(-1)!["loss/value_avg"]).toBeLessThan(0.2 * watch.seen[0]["loss/value_avg"]);
  });
});

describe.each([
  {
    method: "groups of answers",
    train: (policy: GPT, more: object, given: OnlineOptions) =>
      trainGroup(policy, data, { ...group, ...more }, given),
    several: { iterations: 2, minibatches: 2, steps: 6 },
    kl: "kl",
    names: ["reward", "reward_std", "rewards/share/mean", "frac_reward_zero_std", "kl", "entropy", "completions/mean_length", "completions/clipped_ratio", "clip_ratio/low_mean", "clip_ratio/high_mean", "num_tokens", "grad_norm", "learning_rate"],
  },
  {
    method: "PPO",
    train: (policy: GPT, more: object, given: OnlineOptions) =>
      trainPPO(policy, data, { ...ppo, ...more }, given),
    several: { klTarget: 1, klHorizon: 20, steps: 8 },
    kl: "objective/kl",
    names: ["objective/kl", "objective/entropy", "objective/non_score_reward", "objective/rlhf_reward", "objective/scores", "policy/approxkl_avg", "policy/clipfrac_avg", "policy/entropy_avg", "loss/policy_avg", "loss/value_avg", "val/clipfrac_avg", "val/ratio", "val/num_eos_tokens", "num_tokens", "grad_norm", "learning_rate"],
  },
])("training on $method", ({ train, several, kl, names }) => {
  it("changes every weight, begins at the reference, and logs under TRL's names", async () => {
    const policy = tinyGPT();
    const before = policy.parameters.read();
    const watch = watcher();
    const run = await train(policy, {}, options({ observer: watch }));
    const after = policy.parameters.read();
    for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
    expect(watch.seen[0][kl]).toBeCloseTo(0, 4);
    const log = entriesOf(run.directory, "log.jsonl");
    const step = log.find(({ event }) => event === "step")!;
    for (const name of names) expect(step[name], name).toBeTypeOf("number");
    expect(log.findLast(({ event }) => event === "evaluate")!.eval_reward).toBeTypeOf("number");
    expect(log[0].config).toMatchObject({ rollout: { maxTokens: 4 } });
  });

  it("with an adapter trains that alone, and its reference is the model without it", async () => {
    const policy = withLora(tinyGPT(), { rank: 2 });
    const before = policy.parameters.read();
    const watch = watcher();
    await train(policy, {}, options({ observer: watch }));
    const after = policy.parameters.read();
    for (const name of Object.keys(before))
      if (name.includes("lora_")) expect(after[name], name).not.toEqual(before[name]);
      else expect(after[name], name).toEqual(before[name]);
    expect(watch.seen[0][kl]).toBeCloseTo(0, 4);
    expect(Math.abs(watch.seen.at(-1)![kl])).toBeGreaterThan(1e-3);
  });

  it.each([1, 3, 4])("stopped after step %i and resumed it comes to the same bits", async (stop) => {
    const whole = tinyGPT();
    const all = watcher();
    await train(whole, several, options({ observer: all }));
    const half = tinyGPT();
    const given = options({ observer: watcher(stop) });
    const run = await train(half, several, given);
    expect([run.reason, run.step]).toEqual(["stopped", stop]);
    const rest = tinyGPT(9);
    const watch = watcher();
    await train(rest, several, options({ observer: watch, directory: given.directory, resume: run.checkpoint })); // prettier-ignore
    expect(rest.parameters.read()).toEqual(whole.parameters.read());
    const { seconds: _, tokens_per_second: __, ...last } = watch.seen.at(-1)!;
    expect(all.seen.at(-1)).toMatchObject(last);
  });

  it("keeps the distance small where a nat is dear", async () => {
    const [near, far] = [watcher(), watcher()];
    const longer = { ...several, klTarget: undefined, klHorizon: undefined, steps: 40 };
    const settings = Object.fromEntries(Object.entries(longer).filter(([, value]) => value !== undefined));
    await train(tinyGPT(), { ...settings, klCoefficient: 10 }, options({ observer: near }));
    await train(tinyGPT(), { ...settings, klCoefficient: 0.001 }, options({ observer: far }));
    const most = (seen: Seen[]): number => Math.max(...seen.map((metrics) => metrics[kl]));
    expect(most(near.seen)).toBeLessThan(0.5);
    expect(most(far.seen)).toBeGreaterThan(0.7);
  });

  it("saves the run when a reward fails, and goes on from there as if nothing had been", async () => {
    let calls = 0;
    const failing = (answer: AnswerToReward): number => (++calls > 40 ? NaN : share(answer));
    const given = options({ rewards: failing });
    const policy = tinyGPT();
    await expect(train(policy, several, given)).rejects.toThrow(/^train: reward failing: expected a number for '.*', got NaN; the run is saved in .*checkpoint$/); // prettier-ignore
    expect(entriesOf(given.directory!, "log.jsonl").at(-1)).toMatchObject({ event: "end", reason: "failed" });
    const checkpoint = join(given.directory!, "checkpoint");
    expect(loadTrainingState(checkpoint)!.step).toBeGreaterThan(0);
    const [whole, rest] = [tinyGPT(), tinyGPT()];
    await train(whole, several, options());
    await train(rest, several, options({ directory: given.directory, resume: checkpoint }));
    expect(rest.parameters.read()).toEqual(whole.parameters.read());
  });

  it("leaves no tensor behind and falls back to nothing", async () => {
    const policy = tinyGPT();
    const before = tf.memory().numTensors;
    await train(policy, {}, options());
    expect(tf.memory().numTensors).toBe(before);
    expect(Object.keys(engineStats.fallbacks)).toEqual([]);
  });

  it("keeps every answer in the run's folder, and shows the rollouts as they come", async () => {
    const seen: Rollout[] = [];
    const given = options({ onRollout: (rollout) => seen.push(rollout) });
    await train(tinyGPT(), {}, given);
    expect(seen.map(({ rollout }) => rollout)).toEqual(seen.map((_, i) => i + 1));
    const lines = entriesOf(given.directory!, "completions.jsonl");
    expect(lines).toHaveLength(16 * seen.length);
    expect(lines[16]).toEqual({ rollout: 2, ...seen[1].answers[0] });
    expect(lines[0]).toMatchObject({ rollout: 1, prompt: expect.stringMatching(/^[a-h]>$/), reward: expect.any(Number), kl: expect.any(Number) }); // prettier-ignore
  });

  it("refuses what does not fit before the first answer is written", async () => {
    await expect(train(tinyGPT(), { minibatches: 3 }, options())).rejects.toThrow("expected minibatches that divide the 16 answers of a rollout, got 3"); // prettier-ignore
    await expect(train(tinyGPT(), { maxTokens: 7 }, options())).rejects.toThrow("the model's contextLength, got 2 + 7"); // prettier-ignore
    await expect(train(tinyGPT(), { klCoeficient: 1 }, options())).rejects.toThrow("expected only known settings, got klCoeficient"); // prettier-ignore
    await expect(train(tinyGPT(), {}, options({ rewards: {} }))).rejects.toThrow("expected at least one reward"); // prettier-ignore
  });
}); // prettier-ignore

it("a checkpoint of PPO holds the policy and its value head, and can write", async () => {
  const policy = tinyGPT();
  const run = await trainPPO(policy, data, ppo, options());
  const { model } = loadCheckpoint(run.checkpoint, "valued-gpt");
  expect(model.policy()).toEqual(policy.parameters.read());
  const ids = tf.tensor2d([[1, 2, 3]], [1, 3], "int32");
  expect(model.logits(ids).arraySync()).toEqual(policy.logits(ids).arraySync());
});

it("the price of a nat follows its target", async () => {
  const [dear, cheap] = [watcher(), watcher()];
  await trainPPO(tinyGPT(), data, { ...ppo, steps: 24, klCoefficient: 0.1, klTarget: 1e-6, klHorizon: 100 }, options({ observer: dear })); // prettier-ignore
  await trainPPO(tinyGPT(), data, { ...ppo, steps: 24, klCoefficient: 0.1, klTarget: 1000, klHorizon: 100 }, options({ observer: cheap })); // prettier-ignore
  expect(dear.seen.at(-1)!["objective/kl_coef"]).toBeGreaterThan(0.1);
  expect(cheap.seen.at(-1)!["objective/kl_coef"]).toBeLessThan(0.1);
});
