/**
 * The losses of preference learning by name, their settings, and what is plotted of them under TRL's names.
 *
 * Names are TRL's, beside `conservative`, which is its paper's. `B` pairs.
 */
import { choice, defineConfig, number, type ConfigValues } from "../../core/config.ts";
import { fail } from "../../core/errors.ts";
import { tf } from "../../engine/index.ts";
import { aotLoss, aotUnpairedLoss } from "./aot.ts";
import { apoDownLoss, apoZeroLoss } from "./apo.ts";
import { bcoLoss } from "./bco.ts";
import { chosenNll, cpoLoss, sftLoss } from "./cpo.ts";
import { discopopLoss } from "./discopop.ts";
import { conservativeDpoLoss, dpoLoss, normalizedDpoLoss, robustDpoLoss } from "./dpo.ts";
import { exoLoss } from "./exo.ts";
import { hingeLoss } from "./hinge.ts";
import { ipoLoss } from "./ipo.ts";
import { ncaLoss } from "./nca.ts";
import { orpoLoss } from "./orpo.ts";
import { logRatios, perToken, type PairLogProbs, type PairLoss } from "./pair.ts";
import { simpoLoss } from "./simpo.ts";
import { sppoLoss } from "./sppo.ts";

export const PREFERENCE_LOSSES = [
  "sigmoid", "conservative", "robust", "sigmoid_norm", "hinge", "ipo", "exo_pair", "nca_pair", "bco_pair",
  "sppo_hard", "aot", "aot_unpaired", "apo_zero", "apo_down", "discopop", "sft", "orpo", "simpo", "cpo",
] as const; // prettier-ignore

export type PreferenceLossName = (typeof PREFERENCE_LOSSES)[number];

const LOSSES: Record<PreferenceLossName, PairLoss> = {
  sigmoid: dpoLoss,
  conservative: conservativeDpoLoss,
  robust: robustDpoLoss,
  sigmoid_norm: normalizedDpoLoss,
  hinge: hingeLoss,
  ipo: ipoLoss,
  exo_pair: exoLoss,
  nca_pair: ncaLoss,
  bco_pair: bcoLoss,
  sppo_hard: sppoLoss,
  aot: aotLoss,
  aot_unpaired: aotUnpairedLoss,
  apo_zero: apoZeroLoss,
  apo_down: apoDownLoss,
  discopop: discopopLoss,
  sft: sftLoss,
  orpo: orpoLoss,
  simpo: simpoLoss,
  cpo: cpoLoss,
};

const WITHOUT_REFERENCE: ReadonlySet<string> = new Set(["sft", "orpo", "simpo", "cpo"]);
const WITH_SMOOTHING: ReadonlySet<string> = new Set([
  "conservative", "robust", "exo_pair", "aot", "aot_unpaired", "cpo",
]); // prettier-ignore

/** Does the loss compare with the model that training started from? */
export const needsReference = (loss: PreferenceLossName): boolean => !WITHOUT_REFERENCE.has(loss);

export const preferenceConfig = defineConfig("preferences", {
  loss: choice(PREFERENCE_LOSSES, {
    default: "sigmoid",
    description: "How a pair of answers becomes a loss; sigmoid is DPO's.",
  }),
  beta: number({
    default: 0.1,
    min: 1e-4,
    max: 100,
    scale: "log",
    description: "How strongly the model is held to where it started. SimPO's authors: 2.",
  }),
  labelSmoothing: number({
    default: 0,
    min: 0,
    max: 0.49,
    description:
      "Share of pairs thought to be the wrong way round: conservative, robust, exo_pair, aot, cpo.",
  }),
  gamma: number({ default: 0.5, min: 0, max: 10, description: "SimPO: the margin that is asked for." }),
  nllWeight: number({
    default: 1,
    min: 0,
    max: 100,
    description: "CPO: weight of learning to write the chosen answer.",
  }),
  tau: number({
    default: 0.05,
    min: 1e-3,
    max: 10,
    scale: "log",
    description: "DiscoPOP: how sharply it changes between its two parts.",
  }),
});

export type PreferenceSettings = ConfigValues<typeof preferenceConfig>;

/**
 * Complete settings.
 * @throws GradbookError on a value out of range, and on label smoothing that the loss would not use or cannot do without
 */
export function parsePreferences(given: Partial<PreferenceSettings> = {}): PreferenceSettings {
  const settings = preferenceConfig.parse(given);
  const { loss, labelSmoothing } = settings;
  if (labelSmoothing > 0 && !WITH_SMOOTHING.has(loss))
    fail("preferences", {
      expected: `labelSmoothing 0 with the loss ${loss}`,
      got: labelSmoothing,
      hint: `it counts in ${[...WITH_SMOOTHING].join(", ")}`,
    });
  if (labelSmoothing === 0 && loss === "exo_pair")
    fail("preferences", {
      expected: "labelSmoothing above 0 with exo_pair",
      got: 0,
      hint: "its paper: 0.001",
    });
  return settings;
}

/** TRL's numbers. Rewards are β·ln π/π_ref; without a reference β·ln π, per token in SimPO and ORPO. */
export type PreferenceMetrics = Record<
  | "rewards/chosen"
  | "rewards/rejected"
  | "rewards/margins"
  | "rewards/accuracies"
  | "logps/chosen"
  | "logps/rejected"
  | "nll_loss",
  tf.Scalar
>;

/** The mean loss of a batch of pairs, and what is plotted. */
export function preferenceLoss(
  pairs: PairLogProbs,
  settings: PreferenceSettings,
): { loss: tf.Scalar; metrics: PreferenceMetrics } {
  const { chosen, rejected } = impliedRewards(pairs, settings);
  return {
    loss: tf.mean(LOSSES[settings.loss](pairs, settings)),
    metrics: {
      "rewards/chosen": tf.mean(chosen),
      "rewards/rejected": tf.mean(rejected),
      "rewards/margins": tf.mean(tf.sub(chosen, rejected)),
      "rewards/accuracies": tf.mean(tf.cast(tf.greater(chosen, rejected), "float32")),
      "logps/chosen": tf.mean(pairs.chosen),
      "logps/rejected": tf.mean(pairs.rejected),
      nll_loss: chosenNll(pairs) as tf.Scalar,
    },
  };
}

function impliedRewards(
  pairs: PairLogProbs,
  { loss, beta }: PreferenceSettings,
): { chosen: tf.Tensor; rejected: tf.Tensor } {
  const { chosen, rejected } = needsReference(loss)
    ? logRatios(pairs)
    : loss === "simpo" || loss === "orpo"
      ? {
          chosen: perToken(pairs.chosen, pairs.chosenTokens),
          rejected: perToken(pairs.rejected, pairs.rejectedTokens),
        }
      : pairs;
  return { chosen: tf.mul(chosen, beta), rejected: tf.mul(rejected, beta) };
}
