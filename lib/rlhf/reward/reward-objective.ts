/**
 * A sequence model with one output as a reward model: its loss on rankings, over batches of ranking-batches.ts whose values
 * are margins. `B` rankings, `K` answers of each, `T` time.
 */
import { choice, defineConfig, number, type ConfigValues } from "../../core/config.ts";
import { fail } from "../../core/errors.ts";
import { tf } from "../../engine/index.ts";
import type { GPT } from "../../models/gpt.ts";
import type { TrainableModel } from "../../models/language-model.ts";
import { withLosses } from "../../models/losses.ts";
import { SequenceModel } from "../../models/sequence.ts";
import { bradleyTerryLoss, centered } from "../losses/bradley-terry.ts";
import { plackettLuceLoss } from "../losses/plackett-luce.ts";

export const rewardConfig = defineConfig("reward", {
  loss: choice(["bradley_terry", "plackett_luce"], {
    default: "bradley_terry",
    description:
      "Of a ranking: all its pairs, as InstructGPT (arXiv 2203.02155), or one pick after the other.",
  }),
  centering: number({
    default: 0,
    min: 0,
    max: 10,
    description: "How strongly rewards are pulled around zero (arXiv 2312.09244: 0.01). 0: not at all.",
  }),
});

export type RewardTrainLoss = ConfigValues<typeof rewardConfig>;

/** A reward model on a trained GPT, whose weights are copied: the output layer gives way to one number per text. */
export function rewardModel(base: GPT, { seed = 0 } = {}): SequenceModel {
  return SequenceModel.of(base, { outputs: 1, objective: "regression", pooling: "last" }, { seed });
}

/**
 * The model's own weights with the loss of rankings; disposing it disposes the model.
 *
 * @param answers K
 * @throws GradbookError when the model says more than one number
 */
export function rewardObjective(
  model: SequenceModel,
  { loss: name, centering }: RewardTrainLoss,
  answers: number,
): TrainableModel {
  if (model.config.outputs !== 1)
    fail("reward model", {
      expected: "a model with one output",
      got: model.config.outputs,
      hint: "make it with rewardModel(base)",
    });
  return withLosses(model, (inputs, values, { segments, training } = {}) => {
    const rewards = tf.reshape(model.scores(inputs, { segments, training }), [answers, -1]);
    const margins = tf.slice(tf.reshape(values, [answers, -1]), 0, 1);
    const [better, worse] = pairsOf(answers).map((places) =>
      tf.concat(places.map((place) => tf.slice(rewards, place, 1))).flatten(),
    );
    const wanted = answers === 2 ? margins.flatten() : undefined;
    const { loss, metrics } = bradleyTerryLoss(better, worse, { centering }, wanted);
    if (name === "bradley_terry") return { loss, ...metrics };
    return { loss: centered(plackettLuceLoss(tf.transpose(rewards)), better, worse, centering), ...metrics };
  });
}

/** Places of the better and of the worse answer of every pair. */
function pairsOf(answers: number): [number[], number[]] {
  const [better, worse]: [number[], number[]] = [[], []];
  for (let i = 0; i < answers; i++)
    for (let j = i + 1; j < answers; j++) {
      better.push(i);
      worse.push(j);
    }
  return [better, worse];
}
