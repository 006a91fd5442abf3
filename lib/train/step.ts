/**
 * One training step as one compiled program: loss, gradients, clipping and the AdamW update.
 *
 * `B` batch, `T` time.
 */
import { compile, globalNorm, tf, type Compiled } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";
import type { AdamW } from "../optim/adamw.ts";

/** Mean nats per token before the update, and the length of the whole gradient before clipping. */
export interface StepResult {
  loss: tf.Scalar;
  gradNorm: tf.Scalar;
}

/** int32 inputs and targets `[B, T]` and a scalar learning rate in; the weights change. */
export type TrainStep = Compiled<
  (inputs: tf.Tensor, targets: tf.Tensor, learningRate: tf.Tensor) => StepResult
>;

/**
 * Settings that are numbers of the program itself. Another value needs another program, which takes as long to
 * make as a few steps; the learning rate, which changes every step, is an input.
 */
export interface StepSettings {
  weightDecay: number;
  /** 0: no clipping. */
  clipNorm: number;
}

export function trainStep(model: LanguageModel, optimizer: AdamW, settings: StepSettings): TrainStep {
  const { weightDecay, clipNorm } = settings;
  const variables = model.parameters.groups.map(({ variable }) => variable);
  return compile(
    (inputs: tf.Tensor, targets: tf.Tensor, learningRate: tf.Tensor): StepResult => {
      const { value, grads } = tf.variableGrads(() => model.loss(inputs, targets), variables);
      const gradients = variables.map(({ name }) => grads[name]);
      const { norm, factor } = globalNorm(gradients, clipNorm === 0 ? Infinity : clipNorm);
      const gradientScale = clipNorm === 0 ? undefined : factor;
      optimizer.update(gradients, { learningRate, weightDecay, gradientScale });
      return { loss: value, gradNorm: norm };
    },
    { name: `${model.kind} train step` },
  );
}
