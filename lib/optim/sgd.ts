/**
 * Stochastic gradient descent with momentum, as PyTorch defines it: m ← μ·m + g, θ ← θ − η·m; with Nesterov's
 * look ahead θ ← θ − η·(g + μ·m) (Sutskever et al., ICML 2013).
 *
 * Weight decay is decoupled, θ ← θ·(1 − η·λ), as in the other optimizers here (Loshchilov & Hutter, arXiv
 * 1711.05101, call it SGDW); PyTorch's SGD adds λ·θ to the gradient instead.
 */
import { sgdUpdate, type tf } from "../engine/index.ts";
import { OptimizerMemory } from "./optimizer.ts";
import type { Optimizer, OptimizerGroup, OptimizerState, UpdateOptions } from "./optimizer.ts";

export interface SGDSettings {
  /** μ; 0: plain gradient descent. */
  momentum: number;
  nesterov: boolean;
}

export class SGD implements Optimizer {
  private readonly groups: readonly OptimizerGroup[];
  private readonly settings: SGDSettings;
  private readonly memory: OptimizerMemory<"momentum_buffer">;

  constructor(groups: readonly OptimizerGroup[], { momentum, nesterov }: SGDSettings) {
    this.groups = groups;
    this.settings = { momentum, nesterov };
    this.memory = new OptimizerMemory("SGD", groups, ["momentum_buffer"]);
  }

  update(gradients: readonly tf.Tensor[], options: UpdateOptions): void {
    const { learningRate, weightDecay, gradientScale } = options;
    this.memory.count();
    this.groups.forEach(({ decay, variable }, index) =>
      sgdUpdate({
        ...this.settings,
        parameters: variable,
        momentumBuffer: this.memory.buffers.momentum_buffer[index],
        gradient: gradients[index],
        learningRate,
        gradientScale,
        weightDecay: decay ? weightDecay : 0,
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
