/** PPO over tokens and the GRPO family against PyTorch (golden/make-online.py), values and gradients. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { groupAdvantages, type Scaling } from "../../lib/rlhf/grpo/group-advantages.ts";
import { GROUP_LOSSES, groupLoss } from "../../lib/rlhf/grpo/group-loss.ts";
import { klController } from "../../lib/rlhf/kl-controller.ts";
import { KL_ESTIMATORS, klEstimate, klOf } from "../../lib/rlhf/kl-estimators.ts";
import { tokenLogProbs } from "../../lib/rlhf/log-probs.ts";
import { ppoTokenLoss } from "../../lib/rlhf/ppo/ppo-loss.ts";
import { tokenAdvantages } from "../../lib/rlhf/ppo/token-advantages.ts";

const golden = JSON.parse(readFileSync(new URL("golden/online.json", import.meta.url), "utf8"));
const { inputs } = golden;
const floats = (values: number[] | number[][]): tf.Tensor => tf.tensor(values, undefined, "float32");
const targets = tf.tensor2d(inputs.targets, undefined, "int32");
const [logits, oldLogps, refLogps, values, oldValues, mask] = ["logits", "old", "ref", "values", "oldValues", "mask"].map((name) => floats(inputs[name])); // prettier-ignore

function close(got: ArrayLike<number>, expected: (number | number[] | number[][])[], digits = 5): void {
  const flat = expected.flat(2) as number[];
  expect(got.length).toBe(flat.length);
  flat.forEach((value, i) => expect(got[i], `at ${i}`).toBeCloseTo(value, digits));
}

const scalars = (losses: object): Record<string, number> =>
  Object.fromEntries(Object.entries(losses).map(([name, tensor]) => [name, tensor.dataSync()[0]]));

describe("PPO as InstructGPT", () => {
  const numbers = {
    kl: (golden.estimates.k1 as number[][]).flat(),
    values: (inputs.oldValues as number[][]).flat(),
    mask: (inputs.mask as number[][]).flat(),
    scores: inputs.scores,
  };

  it.each([false, true])("advantages and returns, rewards whitened: %s", (whitenRewards) => {
    const { advantages, returns } = tokenAdvantages(numbers, { ...golden.settings, whitenRewards });
    const [expectedAdvantages, expectedReturns] = golden.advantages[whitenRewards ? "whitened" : "plain"];
    close(advantages, expectedAdvantages);
    close(returns, expectedReturns);
  });

  it("loss, what is logged, and the gradients", () => {
    const [advantages, returns] = golden.advantages.plain.map(floats);
    const lossOf = (z: tf.Tensor, v: tf.Tensor) =>
      ppoTokenLoss(
        { logps: tokenLogProbs(z, targets), oldLogps, values: v, oldValues, advantages, returns, mask },
        golden.clips,
      );
    const got = scalars(lossOf(logits, values));
    expect(Object.keys(got)).toEqual(Object.keys(golden.ppo.losses));
    for (const [name, value] of Object.entries<number>(golden.ppo.losses))
      expect(got[name], name).toBeCloseTo(value, 5);
    const [byLogits, byValues] = tf.grads((z, v) => lossOf(z, v).loss)([logits, values]);
    close(byLogits.dataSync(), golden.ppo.gradients.logits);
    close(byValues.dataSync(), golden.ppo.gradients.values);
  });

  it("says which numbers do not fit together", () => {
    const settings = { ...golden.settings, whitenRewards: false };
    expect(() => tokenAdvantages({ ...numbers, kl: [1] }, settings)).toThrow("rows × time");
  });
});

describe("the GRPO family", () => {
  it.each(["group", "none", "leave-one-out"] as Scaling[])("advantages, scaled by %s", (scaling) => {
    close(groupAdvantages(inputs.scores, 2, scaling).advantages, golden.groupAdvantages[scaling]);
  });

  it("equal rewards of a prompt teach nothing", () => {
    const told = groupAdvantages([1, 1, 0, 1], 2, "group");
    expect([...told.advantages.subarray(0, 2)]).toEqual([0, 0]);
    expect(told.zeroDeviation).toBe(0.5);
    expect(() => groupAdvantages([1, 2, 3], 2, "group")).toThrow("whole groups");
  });

  it.each(GROUP_LOSSES)("%s: loss, what is logged, and the gradient", (lossType) => {
    const scaling = lossType === "dr_grpo" ? "none" : lossType === "rloo" ? "leave-one-out" : "group";
    const advantages = floats(golden.groupAdvantages[scaling]);
    const settings = { ...golden.groupSettings, lossType };
    const lossOf = (z: tf.Tensor) =>
      groupLoss({ logps: tokenLogProbs(z, targets), oldLogps, refLogps, advantages, mask }, settings);
    const expected = golden.groupLosses[lossType];
    const got = scalars(lossOf(logits));
    expect(Object.keys(got)).toEqual(Object.keys(expected.losses));
    for (const [name, value] of Object.entries<number>(expected.losses))
      expect(got[name], name).toBeCloseTo(value, 5);
    close(
      tf
        .grad((z) => lossOf(z).loss)(logits)
        .dataSync(),
      expected.gradient,
    );
  });
});

it.each(KL_ESTIMATORS)("%s estimates the KL as PyTorch", (kind) => {
  close(klEstimate(kind, oldLogps, refLogps).dataSync(), golden.estimates[kind]);
  expect(klOf(kind, inputs.old[0][0], inputs.ref[0][0])).toBeCloseTo(golden.estimates[kind][0][0], 6);
});

it("the price of a nat follows its target: by at most a fifth of n/horizon, and not at all without one", () => {
  const settings = { klCoefficient: 0.2, klTarget: 6, klHorizon: 10_000 };
  const follows = klController(settings);
  follows.update(12, 256);
  expect(follows.coefficient).toBeCloseTo(0.2 * (1 + (0.2 * 256) / 10_000), 12);
  follows.restore(0.2);
  follows.update(5.7, 256);
  expect(follows.coefficient).toBeCloseTo(0.2 * (1 - (0.05 * 256) / 10_000), 12);
  const stays = klController({ ...settings, klTarget: 0 });
  stays.update(100, 256);
  expect(stays.coefficient).toBe(0.2);
});
