/** Losses of preference learning and of reward models against PyTorch in double precision; golden/make.py makes the numbers. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, engineStats, tf } from "../../lib/engine/index.ts";
import { bradleyTerryLoss } from "../../lib/rlhf/losses/bradley-terry.ts";
import { ktoLoss, type KtoBatch, type KtoSettings } from "../../lib/rlhf/losses/kto.ts";
import type { PairLogProbs } from "../../lib/rlhf/losses/pair.ts";
import { plackettLuceLoss } from "../../lib/rlhf/losses/plackett-luce.ts";
import {
  parsePreferences,
  PREFERENCE_LOSSES,
  preferenceLoss,
  type PreferenceSettings,
} from "../../lib/rlhf/losses/preference-loss.ts";
import { expectNear } from "../engine/near.ts";

interface Case {
  name: string;
  settings: PreferenceSettings;
  loss: number;
  metrics: Record<string, number>;
  gradients: { chosen: number[]; rejected: number[] };
}
interface RewardCase {
  inputs: { chosen: number[]; rejected: number[] };
  margins?: number[];
  centering: number;
  loss: number;
  metrics: Record<string, number>;
  gradients: { chosen: number[]; rejected: number[] };
}
interface Golden {
  trl: { version: string; agree: string[] };
  pairs: Record<keyof PairLogProbs, number[]>;
  losses: Case[];
  kto: {
    inputs: Record<keyof KtoBatch, number[]>;
    settings: KtoSettings;
    loss: number;
    metrics: Record<string, number>;
    gradient: number[];
  };
  reward: RewardCase[];
  ranking: { rewards: number[][]; loss: number; gradient: number[][] }[];
}

const golden = JSON.parse(readFileSync(new URL("golden/losses.json", import.meta.url), "utf8")) as Golden;

const tensors = <K extends string>(values: Record<K, number[]>): Record<K, tf.Tensor1D> =>
  Object.fromEntries(
    Object.entries<number[]>(values).map(([name, numbers]) => [name, tf.tensor1d(numbers, "float32")]),
  ) as Record<K, tf.Tensor1D>;

function expectNumbers(found: Record<string, tf.Tensor>, expected: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected))
    expect(found[name].dataSync()[0], name).toBeCloseTo(value, 5);
}

it("has golden numbers for every loss, and TRL agreed with all but the one it does not have", () => {
  expect(golden.losses.map(({ name }) => name)).toEqual([...PREFERENCE_LOSSES]);
  expect(PREFERENCE_LOSSES.filter((name) => !golden.trl.agree.includes(name))).toEqual(["conservative"]);
});

describe.each(golden.losses)("the loss $name", ({ settings, loss, metrics, gradients }) => {
  const pairs = tensors(golden.pairs);

  it("has the value of its definition, and plots what TRL plots", () => {
    const found = preferenceLoss(pairs, parsePreferences(settings));
    expectNear(found.loss.dataSync(), [loss]);
    expectNumbers(found.metrics, metrics);
  });

  it("has PyTorch's gradients, recorded and compiled", () => {
    const of = (chosen: tf.Tensor, rejected: tf.Tensor): tf.Tensor[] =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => {
        // Zero times the answers keeps both on the tape where a loss looks at one alone.
        const both = tf.mul(tf.sum(tf.add(a, b)), 0);
        return tf.add(preferenceLoss({ ...pairs, chosen: a, rejected: b }, settings).loss, both);
      })([chosen, rejected]);
    const compiled = compile(of);
    for (const [chosen, rejected] of [
      of(pairs.chosen, pairs.rejected),
      compiled(pairs.chosen, pairs.rejected),
    ]) {
      expectNear(chosen.dataSync(), gradients.chosen);
      expectNear(rejected.dataSync(), gradients.rejected);
    }
    compiled.dispose();
  });
});

it("KTO has the value of its definition and PyTorch's gradient, none of it through the KL", () => {
  const { inputs, settings, loss, metrics, gradient } = golden.kto;
  const batch = tensors(inputs);
  const found = ktoLoss(batch, settings);
  expectNear(found.loss.dataSync(), [loss]);
  expectNumbers(found.metrics, metrics);
  const gradients = tf.grads((logps: tf.Tensor, klLogps: tf.Tensor) => ktoLoss({ ...batch, logps, klLogps }, settings).loss)([batch.logps, batch.klLogps]); // prettier-ignore
  expectNear(gradients[0].dataSync(), gradient);
  expect(Array.from(gradients[1].dataSync())).toEqual([0, 0, 0, 0]);
});

it("KTO on good answers alone is a number", () => {
  const batch = tensors(golden.kto.inputs);
  const { loss, metrics } = ktoLoss({ ...batch, labels: tf.onesLike(batch.labels) }, golden.kto.settings);
  expect(Number.isFinite(loss.dataSync()[0])).toBe(true);
  expect(metrics["rewards/rejected"].dataSync()[0]).toBeCloseTo(0, 9);
});

it.each(golden.reward)("Bradley–Terry with centering $centering and margins $margins", (example) => {
  const { chosen, rejected } = tensors(example.inputs);
  const margins = example.margins && tf.tensor1d(example.margins);
  const of = (a: tf.Tensor, b: tf.Tensor) => bradleyTerryLoss(a, b, example, margins);
  expectNear(of(chosen, rejected).loss.dataSync(), [example.loss]);
  expectNumbers(of(chosen, rejected).metrics, example.metrics);
  const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => of(a, b).loss)([chosen, rejected]);
  expectNear(gradients[0].dataSync(), example.gradients.chosen);
  expectNear(gradients[1].dataSync(), example.gradients.rejected);
});

it("Plackett–Luce is minus the log-likelihood of the ranking; for two answers Bradley–Terry", () => {
  for (const { rewards, loss, gradient } of golden.ranking) {
    const given = tf.tensor2d(rewards);
    expectNear(plackettLuceLoss(given).dataSync(), [loss]);
    expectNear(tf.grad(plackettLuceLoss)(given).dataSync(), gradient.flat());
  }
  const [best, other] = tf.unstack(tf.tensor2d(golden.ranking[0].rewards), 1);
  expectNear(bradleyTerryLoss(best, other, { centering: 0 }).loss.dataSync(), [golden.ranking[0].loss]);
  expect(() => plackettLuceLoss(tf.ones([3, 1]))).toThrow(
    "expected rewards [rankings, answers ≥ 2], got [3,1]",
  );
});

it("stays a number when probabilities are extreme", () => {
  const far = tensors({
    ...golden.pairs,
    chosen: [-1e-9, -900, 0, -1, -500],
    rejected: [-900, -1e-9, 0, -500, -1],
  });
  for (const name of PREFERENCE_LOSSES) {
    const settings = parsePreferences({ loss: name, ...(name === "exo_pair" && { labelSmoothing: 0.01 }) });
    const value = preferenceLoss(far, settings).loss.dataSync()[0];
    if (name === "discopop") continue; // e^−Δ is its definition
    expect(Number.isFinite(value), name).toBe(true);
  }
});

it("refuses label smoothing where it would be ignored, and exo_pair without it", () => {
  expect(() => parsePreferences({ loss: "sigmoid", labelSmoothing: 0.1 })).toThrow(
    "expected labelSmoothing 0 with the loss sigmoid",
  );
  expect(() => parsePreferences({ loss: "exo_pair" })).toThrow("labelSmoothing above 0 with exo_pair");
  expect(() => parsePreferences({ loss: "dpo" as "sigmoid" })).toThrow(
    "preferences: expected loss to be 'sigmoid' or 'conservative'",
  );
});

it("computes nothing outside of the engine's graph", () => {
  expect(Object.keys(engineStats.fallbacks)).toEqual([]);
});
