/**
 * A policy as something that `train` can make better: its loss is one of preference-loss.ts, over batches of
 * ranking-batches.ts whose values are the reference's log-probabilities.
 */
import { fail } from "../../core/errors.ts";
import { tf } from "../../engine/index.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { withLosses } from "../../models/losses.ts";
import { preferenceLoss, type PreferenceSettings } from "../losses/preference-loss.ts";
import { answerLogProbs, type PolicyModel } from "./answer-log-probs.ts";

/** The model's own weights with another loss; disposing it disposes the model. */
export function preferenceObjective(policy: PolicyModel, settings: PreferenceSettings): TrainableModel {
  return withLosses(policy, (inputs, values, { segments, training = false } = {}) => {
    if (!segments)
      return fail("preferenceObjective", { expected: "batches of rankingBatches", got: "others" });
    const { logps, tokens } = answerLogProbs(policy, inputs, segments, training);
    const [chosen, rejected] = tf.split(logps, 2);
    const [refChosen, refRejected] = tf.split(values.reshape([-1]), 2);
    const [chosenTokens, rejectedTokens] = tf.split(tokens, 2);
    const { loss, metrics } = preferenceLoss(
      { chosen, rejected, refChosen, refRejected, chosenTokens, rejectedTokens },
      settings,
    );
    return { loss, ...metrics };
  });
}
