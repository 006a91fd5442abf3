/** The settings of learning from groups of answers, named as in TRL's GRPOConfig where it has them. */
import { choice, defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { GROUP_LOSSES, type GroupLoss } from "./group-loss.ts";

export const groupConfig = defineConfig("group", {
  lossType: choice(GROUP_LOSSES, {
    default: "grpo",
    description:
      "How answers of a group become a loss: GRPO (arXiv 2402.03300), over the tokens of a batch (bnpo, dapo), without its biases (dr_grpo), or over whole answers (gspo, rloo).",
  }),
  prompts: integer({
    default: 8,
    min: 1,
    max: 100_000,
    unit: "prompts",
    description: "Different prompts that are answered at a time.",
  }),
  groupSize: integer({
    default: 8,
    min: 2,
    max: 100_000,
    unit: "answers",
    description: "Answers to each prompt: each is compared with the others of its group.",
  }),
  iterations: integer({
    default: 1,
    min: 1,
    max: 1000,
    description: "How often the answers of a rollout are learned from.",
  }),
  clip: number({
    default: 0.2,
    min: 0,
    max: 10,
    description: "How far the probability of what was bad may fall below that of when it was drawn.",
  }),
  clipHigh: number({
    default: 0,
    min: 0,
    max: 10,
    description:
      "How far that of what was good may rise. 0: as far as clip, with dapo 0.28 (arXiv 2503.14476).",
  }),
  klCoefficient: number({
    default: 0.04,
    min: 0,
    max: 100,
    description: "Price of a nat of distance from the reference, per token. 0: no reference is asked.",
  }),
});

export type GroupSettings = ConfigValues<typeof groupConfig>;

/** ε_high: the one given, or the loss's own. */
export function clipHighOf({
  lossType,
  clip,
  clipHigh,
}: Pick<GroupSettings, "clip" | "clipHigh"> & { lossType: GroupLoss }): number {
  if (clipHigh > 0) return clipHigh;
  return lossType === "dapo" ? 0.28 : clip;
}
