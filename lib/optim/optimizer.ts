/**
 * What all optimizers have in common: they update flat parameter buffers, and remember things between updates.
 *
 * What is remembered is plain data for a checkpoint, named as in PyTorch (`exp_avg`, `exp_avg_sq`,
 * `momentum_buffer`) with the group's name behind: `exp_avg.decay`.
 */
import { fail } from "../core/errors.ts";
import { tf, type Shapes } from "../engine/index.ts";

/** Parameters that are treated alike, in one `[n]` variable. */
export interface OptimizerGroup {
  readonly decay: boolean;
  readonly variable: tf.Variable;
  /** The tensors inside, in order; optimizers that treat matrices as such need them. */
  readonly shapes?: Shapes;
  /** Those of them that are tables of vectors, one for each token: embeddings, scores of the vocabulary. */
  readonly tables?: ReadonlySet<string>;
}

/** An optimizer's memory as plain data. */
export interface OptimizerState {
  /** Updates so far. */
  step: number;
  moments: Record<string, Float32Array>;
}

export interface UpdateOptions {
  /** Scalar tensor. */
  learningRate: tf.Tensor;
  weightDecay: number;
  /** Scalar tensor; multiplies the gradients. */
  gradientScale?: tf.Tensor;
}

export interface Optimizer {
  /**
   * One update of all groups, for use inside `compile`.
   *
   * @param gradients flat, one for each group, in the groups' order
   */
  update(gradients: readonly tf.Tensor[], options: UpdateOptions): void;
  state(): OptimizerState;
  /** @throws GradbookError when the state is of an optimizer over other parameters; nothing is changed then */
  restore(state: OptimizerState): void;
  dispose(): void;
}

/** The variables in which an optimizer remembers: a count of updates, and for each group some `[n]` buffers. */
export class OptimizerMemory<Name extends string> {
  /** Scalar: updates so far. */
  readonly step: tf.Variable;
  /** By name, in the groups' order; zeros at first. */
  readonly buffers: Readonly<Record<Name, readonly tf.Variable[]>>;
  private readonly owner: string;
  private readonly named: readonly [name: string, variable: tf.Variable][];

  /** @param owner the optimizer's name, for errors */
  constructor(owner: string, groups: readonly OptimizerGroup[], names: readonly Name[]) {
    this.owner = owner;
    this.step = memory(tf.scalar(0));
    const make = ({ variable }: OptimizerGroup): tf.Variable => memory(tf.zeros([variable.size]));
    const entries = names.map((name): [Name, tf.Variable[]] => [name, groups.map(make)]);
    this.buffers = Object.fromEntries(entries) as Record<Name, tf.Variable[]>;
    this.named = entries.flatMap(([name, variables]) =>
      variables.map((variable, i): [string, tf.Variable] => [`${name}.${suffix(groups[i])}`, variable]),
    );
  }

  /** Counts one update; call it first, inside the compiled step. */
  count(): void {
    this.step.assign(tf.add(this.step, 1));
  }

  state(): OptimizerState {
    const moments = this.named.map(([name, variable]) => [
      name,
      (variable.dataSync() as Float32Array).slice(),
    ]);
    return { step: this.step.dataSync()[0], moments: Object.fromEntries(moments) };
  }

  restore(state: OptimizerState): void {
    const where = `${this.owner}.restore`;
    for (const [name, { size }] of this.named)
      if (state.moments[name]?.length !== size)
        fail(where, {
          expected: `${size} numbers in ${name}`,
          got: `${state.moments[name]?.length ?? "none"}`,
          hint: "the state belongs to a model of another shape, or to another optimizer",
        });
    for (const [name, variable] of this.named) assign(variable, tf.tensor1d(state.moments[name]));
    assign(this.step, tf.scalar(state.step));
  }

  dispose(): void {
    tf.dispose([this.step, ...this.named.map(([, variable]) => variable)]);
  }
}

const suffix = ({ decay }: OptimizerGroup): string => (decay ? "decay" : "no_decay");

/** A variable that the tape does not differentiate by. */
function memory(initial: tf.Tensor): tf.Variable {
  const variable = tf.variable(initial, false);
  initial.dispose();
  return variable;
}

function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}
