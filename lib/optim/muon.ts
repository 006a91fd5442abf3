/**
 * Muon: momentum whose direction is made orthogonal, for the matrices inside a model; AdamW for the rest.
 *
 * Sources: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the scale
 * 0.2·√max(rows, columns) is that of Liu et al., arXiv 2502.16982, with which a matrix moves as far per step as
 * under AdamW, so that AdamW's learning rate and weight decay carry over.
 * Tables of vectors (embeddings and what scores the vocabulary), biases and gains are AdamW's.
 * Left out: sharing the orthogonalization between devices.
 */
import { fail } from "../core/errors.ts";
import { adamwUpdate, flatLength, splitFlat, tf, type Shapes } from "../engine/index.ts";
import type { AdamWSettings } from "./adamw.ts";
import { OptimizerMemory } from "./optimizer.ts";
import type { Optimizer, OptimizerGroup, OptimizerState, UpdateOptions } from "./optimizer.ts";

export interface MuonSettings extends AdamWSettings {
  /** Share of the momentum that stays from step to step. */
  momentum: number;
}

type Views = Record<string, tf.Tensor>;

export class Muon implements Optimizer {
  private readonly groups: readonly OptimizerGroup[];
  private readonly settings: MuonSettings;
  private readonly memory: OptimizerMemory<"exp_avg" | "exp_avg_sq">;

  /** @throws GradbookError when a group of matrices does not say what its tensors are */
  constructor(groups: readonly OptimizerGroup[], { beta1, beta2, epsilon, momentum }: MuonSettings) {
    for (const { decay, shapes } of groups)
      if (decay && !shapes)
        fail("Muon", { expected: "groups with the shapes of their tensors", got: "a group without" });
    this.groups = groups;
    this.settings = { beta1, beta2, epsilon, momentum };
    // A matrix keeps its momentum in exp_avg and leaves exp_avg_sq at zero.
    this.memory = new OptimizerMemory("Muon", groups, ["exp_avg", "exp_avg_sq"]);
  }

  update(gradients: readonly tf.Tensor[], options: UpdateOptions): void {
    const { beta1, beta2, epsilon } = this.settings;
    const { learningRate, weightDecay, gradientScale } = options;
    const { step, buffers } = this.memory;
    this.memory.count();
    this.groups.forEach((group, index) => {
      const [first, second] = [buffers.exp_avg[index], buffers.exp_avg_sq[index]];
      const names = Object.keys(group.shapes ?? {}).filter((name) => isHidden(group, name));
      const before = names.length > 0 && hold(group.variable, first, group.shapes!);
      adamwUpdate({
        ...{ beta1, beta2, epsilon },
        parameters: group.variable,
        firstMoment: first,
        secondMoment: second,
        gradient: gradients[index],
        learningRate,
        step,
        gradientScale,
        weightDecay: group.decay ? weightDecay : 0,
      });
      if (before) this.moveMatrices(group, names, before, gradients[index], [first, second], options);
    });
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

  /** Puts Muon's result in the place of AdamW's for the named matrices. */
  private moveMatrices(
    { variable, shapes }: OptimizerGroup,
    names: readonly string[],
    before: { weights: Views; momenta: Views },
    gradient: tf.Tensor,
    [first, second]: readonly [tf.Variable, tf.Variable],
    { learningRate, weightDecay, gradientScale }: UpdateOptions,
  ): void {
    const { momentum } = this.settings;
    const scaled = gradientScale ? tf.mul(gradient, gradientScale) : gradient;
    const gradientViews = splitFlat(scaled, shapes!);
    const [weights, momenta, squares] = [variable, first, second].map((flat): Views =>
      splitFlat(flat, shapes!),
    );
    const keep = tf.sub(1, tf.mul(learningRate, weightDecay));
    for (const name of names) {
      const g = gradientViews[name];
      momenta[name] = tf.add(tf.mul(before.momenta[name], momentum), g);
      const direction = orthogonalize(tf.add(g, tf.mul(momenta[name], momentum)) as tf.Tensor2D);
      const distance = tf.mul(learningRate, 0.2 * Math.sqrt(Math.max(...shapes![name])));
      weights[name] = tf.sub(tf.mul(before.weights[name], keep), tf.mul(direction, distance));
      squares[name] = tf.zerosLike(squares[name]);
    }
    variable.assign(join(weights, shapes!));
    first.assign(join(momenta, shapes!));
    second.assign(join(squares, shapes!));
  }
}

/** A matrix inside the model: not a table of vectors, bias or gain. */
function isHidden({ decay, shapes, tables }: OptimizerGroup, name: string): boolean {
  return decay && shapes![name].length === 2 && !tables?.has(name);
}

function hold(
  weights: tf.Variable,
  momenta: tf.Variable,
  shapes: Shapes,
): { weights: Views; momenta: Views } {
  return { weights: splitFlat(weights, shapes), momenta: splitFlat(momenta, shapes) };
}

function join(views: Views, shapes: Shapes): tf.Tensor {
  const parts = Object.keys(shapes).map((name) => views[name].flatten());
  const length = parts.reduce((sum, { size }) => sum + size, 0);
  const padding = flatLength(shapes) - length;
  return tf.concat(padding > 0 ? [...parts, tf.zeros([padding])] : parts);
}

/** Coefficients of the quintic iteration, tuned by Jordan et al. to move all singular values near 1 quickly. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const ITERATIONS = 5;

/**
 * A matrix with the same singular vectors and singular values between about 0.7 and 1.2: U·Vᵀ of its singular
 * value decomposition, roughly. X ← a·X + (b·XXᵀ + c·(XXᵀ)²)·X, five times from X/‖X‖.
 */
export function orthogonalize(matrix: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = matrix.shape;
  const wide = rows <= columns;
  let x = wide ? matrix : tf.transpose(matrix);
  x = tf.div(x, tf.add(tf.norm(x), 1e-7));
  for (let i = 0; i < ITERATIONS; i++) {
    const square = tf.matMul(x, x, false, true);
    const both = tf.add(tf.mul(square, B), tf.mul(tf.matMul(square, square), C));
    x = tf.add(tf.mul(x, A), tf.matMul(both as tf.Tensor2D, x));
  }
  return wide ? x : tf.transpose(x);
}
