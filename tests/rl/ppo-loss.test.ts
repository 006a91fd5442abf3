/** PPO's loss against PyTorch, values and gradients. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { ppoLoss, type PpoBatch } from "../../lib/rl/agents/ppo-loss.ts";

const golden = JSON.parse(readFileSync(new URL("golden/ppo-loss.json", import.meta.url), "utf8"));

const batch = (): PpoBatch =>
  Object.fromEntries(
    Object.entries<number[]>(golden.inputs).map(([name, values]) => [
      name,
      tf.tensor(values, undefined, "float32"),
    ]),
  ) as object as PpoBatch;

it("PPO's losses are PyTorch's", () => {
  const losses = ppoLoss(batch(), golden.settings);
  expect(Object.keys(losses).sort()).toEqual(Object.keys(golden.losses).sort());
  for (const [name, value] of Object.entries<number>(golden.losses))
    expect(losses[name as keyof typeof losses].dataSync()[0], name).toBeCloseTo(value, 5);
});

it("PPO's gradients are PyTorch's, also where the ratio is clipped", () => {
  const inputs = batch();
  const gradients = tf.grads(
    (logits: tf.Tensor, values: tf.Tensor) => ppoLoss({ ...inputs, logits, values }, golden.settings).loss,
  )([inputs.logits, inputs.values]);
  const expected = [(golden.gradients.logits as number[][]).flat(), golden.gradients.values as number[]];
  gradients.forEach((gradient, i) =>
    Array.from(gradient.dataSync()).forEach((value, at) => expect(value).toBeCloseTo(expected[i][at], 5)),
  );
});
