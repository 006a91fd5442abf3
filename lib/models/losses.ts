/** A model by its losses: what training and evaluation ask for, and another aim for the same weights. */
import type { tf } from "../engine/index.ts";
import type { LossOptions, Losses, TrainableModel } from "./language-model.ts";

/** The loss of any model, and whatever else it measures. */
export function lossesOf(
  model: TrainableModel,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  options?: LossOptions,
): Losses {
  return model.losses?.(inputs, targets, options) ?? { loss: model.loss(inputs, targets, options) };
}

/** The model's own weights with other losses; disposing it disposes the model. */
export function withLosses(
  model: TrainableModel,
  losses: NonNullable<TrainableModel["losses"]>,
): TrainableModel {
  const { kind, config, parameters } = model;
  return {
    ...{ kind, config, parameters, losses },
    loss: (inputs, targets, options) => losses(inputs, targets, options).loss,
    dispose: () => model.dispose(),
  };
}
