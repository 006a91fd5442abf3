/** REINFORCE's and DQN's losses against PyTorch, values and gradients. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { dqnLoss, dqnTargets } from "../../lib/rl/agents/dqn-loss.ts";
import { reinforceLoss, type ReinforceBatch } from "../../lib/rl/agents/reinforce-loss.ts";

const golden = JSON.parse(readFileSync(new URL("golden/agent-losses.json", import.meta.url), "utf8"));

const tensors = (inputs: Record<string, number[]>): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => [name, tf.tensor(values, undefined, "float32")]),
  );

function expectClose(tensor: tf.Tensor, expected: number | number[] | number[][]): void {
  const numbers = Array.from(tensor.dataSync());
  [expected].flat(2).forEach((value, i) => expect(numbers[i]).toBeCloseTo(value, 5));
  expect(numbers).toHaveLength([expected].flat(2).length);
}

it.each(["baseline", "no baseline"])("REINFORCE with %s is PyTorch's; padding counts for nothing", (name) => {
  const inputs = tensors(golden.reinforce.inputs) as object as ReinforceBatch;
  const { loss, logits, values } = golden.reinforce.expected[name];
  const gradients = tf.valueAndGrads((l: tf.Tensor, v: tf.Tensor) =>
    reinforceLoss({ ...inputs, logits: l, values: v }, name === "baseline"),
  )([inputs.logits, inputs.values]);
  expectClose(gradients.value, loss);
  expectClose(gradients.grads[0], logits);
  expectClose(gradients.grads[1], values);
});

it.each(["double", "plain"])("DQN (%s) is PyTorch's, on both sides of Huber's bend", (name) => {
  const { worth, judged, chooser, rewards, actions, goesOn } = tensors(golden.dqn.inputs);
  const expected = golden.dqn.expected[name];
  const picks = name === "double" ? chooser : judged;
  const targets = dqnTargets({ judged, chooser: picks, rewards, goesOn }, golden.dqn.gamma);
  expectClose(targets, expected.targets);
  const gradient = tf.valueAndGrad((w: tf.Tensor) => dqnLoss(w, actions, targets))(worth);
  expectClose(gradient.value, expected.loss);
  expectClose(gradient.grad, expected.worth);
});
