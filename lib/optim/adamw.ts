/**
 * AdamW with its memory: two moments for every parameter and the number of updates so far.
 *
 * Paper: Loshchilov & Hutter, arXiv 1711.05101. The update itself is the engine's `adamwUpdate`, one fused pass
 * over each flat parameter buffer; weight decay applies to the buffer of matrices only.
 */
import { fail } from "../core/errors.ts";
import { adamwUpdate, tf } from "../engine/index.ts";

/** Parameters that are treated alike, in one `[n]` variable. */
export interface OptimizerGroup {
  readonly decay: boolean;
  readonly variable: tf.Variable;
}

/** The optimizer's memory as plain data, for checkpoints. Names of the moments as in PyTorch. */
export interface OptimizerState {
  /** Updates so far. */
  step: number;
  moments: Record<string, Float32Array>;
}

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

export interface AdamWUpdateOptions {
  /** Scalar tensor. */
  learningRate: tf.Tensor;
  weightDecay: number;
  /** Scalar tensor; multiplies the gradients. */
  gradientScale?: tf.Tensor;
}

interface Moments {
  group: OptimizerGroup;
  first: tf.Variable;
  second: tf.Variable;
}

export class AdamW {
  private readonly settings: AdamWSettings;
  private readonly step: tf.Variable;
  private readonly moments: readonly Moments[];

  constructor(groups: readonly OptimizerGroup[], settings: AdamWSettings) {
    this.settings = settings;
    this.step = variableOf(tf.scalar(0));
    this.moments = groups.map((group) => ({
      group,
      first: variableOf(tf.zeros([group.variable.size])),
      second: variableOf(tf.zeros([group.variable.size])),
    }));
  }

  /**
   * One update of all groups, for use inside `compile`.
   *
   * @param gradients flat, one for each group, in the groups' order
   */
  update(gradients: readonly tf.Tensor[], options: AdamWUpdateOptions): void {
    const { learningRate, weightDecay, gradientScale } = options;
    this.step.assign(tf.add(this.step, 1));
    this.moments.forEach(({ group, first, second }, index) =>
      adamwUpdate({
        ...this.settings,
        parameters: group.variable,
        firstMoment: first,
        secondMoment: second,
        gradient: gradients[index],
        learningRate,
        step: this.step,
        gradientScale,
        weightDecay: group.decay ? weightDecay : 0,
      }),
    );
  }

  state(): OptimizerState {
    const moments: Record<string, Float32Array> = {};
    for (const [name, variable] of this.named())
      moments[name] = (variable.dataSync() as Float32Array).slice();
    return { step: this.step.dataSync()[0], moments };
  }

  /** @throws GradbookError when the state is of an optimizer over other parameters; nothing is changed then */
  restore(state: OptimizerState): void {
    for (const [name, { size }] of this.named())
      if (state.moments[name]?.length !== size)
        fail("AdamW.restore", {
          expected: `${size} numbers in ${name}`,
          got: `${state.moments[name]?.length ?? "none"}`,
          hint: "the state belongs to a model of another shape",
        });
    for (const [name, variable] of this.named()) assign(variable, tf.tensor1d(state.moments[name]));
    assign(this.step, tf.scalar(state.step));
  }

  dispose(): void {
    tf.dispose([this.step, ...this.named().map(([, variable]) => variable)]);
  }

  private named(): [name: string, variable: tf.Variable][] {
    return this.moments.flatMap(({ group, first, second }): [string, tf.Variable][] => {
      const suffix = group.decay ? "decay" : "no_decay";
      return [
        [`exp_avg.${suffix}`, first],
        [`exp_avg_sq.${suffix}`, second],
      ];
    });
  }
}

/** A variable that the tape does not differentiate by. */
function variableOf(initial: tf.Tensor): tf.Variable {
  const variable = tf.variable(initial, false);
  initial.dispose();
  return variable;
}

function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}
