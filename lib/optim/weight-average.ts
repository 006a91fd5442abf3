/**
 * An average of the weights over the last steps, which often does better than the weights of any one step:
 * a ← d·a + (1 − d)·θ (Polyak & Juditsky 1992; for networks: Tarvainen & Valpola, arXiv 1703.01780).
 *
 * Early on the decay is lower, min(d, (1 + t)/(10 + t)), so that the random start is forgotten quickly
 * (TensorFlow's `ExponentialMovingAverage`).
 */
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";
import type { OptimizerGroup, OptimizerState } from "./optimizer.ts";

export class WeightAverage {
  private readonly parts: readonly { name: string; group: OptimizerGroup; average: tf.Variable }[];

  constructor(groups: readonly OptimizerGroup[]) {
    this.parts = groups.map((group) => ({
      name: `ema.${group.decay ? "decay" : "no_decay"}`,
      group,
      average: tf.tidy(() => tf.variable(tf.clone(group.variable), false)),
    }));
  }

  /** One update, for use inside `compile`, after the optimizer's. @param decay scalar */
  update(decay: tf.Tensor): void {
    const share = tf.sub(1, decay);
    for (const { group, average } of this.parts)
      average.assign(tf.add(tf.mul(average, decay), tf.mul(group.variable, share)));
  }

  /** Runs `look` with the average in the place of the weights, and puts the weights back. */
  async during<T>(look: () => T | Promise<T>): Promise<T> {
    const kept = this.parts.map(({ group }) => tf.clone(group.variable));
    for (const { group, average } of this.parts) group.variable.assign(average);
    try {
      return await look();
    } finally {
      this.parts.forEach(({ group }, i) => group.variable.assign(kept[i]));
      tf.dispose(kept);
    }
  }

  /** As plain data, for checkpoints. */
  state(): OptimizerState["moments"] {
    const entries = this.parts.map(({ name, average }) => [name, average.dataSync().slice()]);
    return Object.fromEntries(entries) as OptimizerState["moments"];
  }

  /** @throws GradbookError when the state has no average of this model's size */
  restore(moments: OptimizerState["moments"]): void {
    for (const { name, average } of this.parts)
      if (moments[name]?.length !== average.size)
        fail("WeightAverage.restore", {
          expected: `${average.size} numbers in ${name}`,
          got: `${moments[name]?.length ?? "none"}`,
          hint: "the run was begun without emaDecay, or with another model",
        });
    for (const { name, average } of this.parts) tf.tidy(() => average.assign(tf.tensor1d(moments[name])));
  }

  dispose(): void {
    tf.dispose(this.parts.map(({ average }) => average));
  }
}

/** The decay of update number `step` (1 at the first). */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
