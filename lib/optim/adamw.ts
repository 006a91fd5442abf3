/**
 * AdamW with its memory: two moments for every parameter and the number of updates so far.
 *
 * Paper: Loshchilov & Hutter, arXiv 1711.05101. The update itself is the engine's `adamwUpdate`, one fused pass
 * over each flat parameter buffer; weight decay applies to the buffer of matrices only.
 */
import { adamwUpdate, type tf } from "../engine/index.ts";
import { OptimizerMemory } from "./optimizer.ts";
import type { Optimizer, OptimizerGroup, OptimizerState, UpdateOptions } from "./optimizer.ts";

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

export class AdamW implements Optimizer {
  private readonly groups: readonly OptimizerGroup[];
  private readonly settings: AdamWSettings;
  private readonly memory: OptimizerMemory<"exp_avg" | "exp_avg_sq">;

  constructor(groups: readonly OptimizerGroup[], { beta1, beta2, epsilon }: AdamWSettings) {
    this.groups = groups;
    this.settings = { beta1, beta2, epsilon };
    this.memory = new OptimizerMemory("AdamW", groups, ["exp_avg", "exp_avg_sq"]);
  }

  update(gradients: readonly tf.Tensor[], options: UpdateOptions): void {
    const { learningRate, weightDecay, gradientScale } = options;
    const { step, buffers } = this.memory;
    this.memory.count();
    this.groups.forEach((group, index) =>
      adamwUpdate({
        ...this.settings,
        parameters: group.variable,
        firstMoment: buffers.exp_avg[index],
        secondMoment: buffers.exp_avg_sq[index],
        gradient: gradients[index],
        learningRate,
        step,
        gradientScale,
        weightDecay: group.decay ? weightDecay : 0,
      }),
    );
  }

  state(): OptimizerState {
    return this.memory.state();
  }

  restore(state: OptimizerState): void {
    this.memory.restore(state);
  }

  dispose(): void {
    this.memory.dispose();
  }
}
