/** The settings of KTO that a person turns (Ethayarajh et al., arXiv 2402.01306). */
import { boolean, defineConfig, number, type ConfigValues } from "../../core/config.ts";
import { preferenceConfig } from "../losses/preference-loss.ts";

const weight = { default: 1, min: 1e-3, max: 1000, scale: "log" } as const;

export const ktoConfig = defineConfig("kto", {
  beta: {
    ...preferenceConfig.fields.beta,
    description: "How strongly the model is held to where it started.",
  },
  desirableWeight: number({ ...weight, description: "λ_D: how much a good answer counts." }),
  undesirableWeight: number({ ...weight, description: "λ_U: how much a bad answer counts." }),
  balance: boolean({
    default: true,
    description:
      "Let the rarer kind of answer count more, so that all good ones weigh as much as all bad ones.",
  }),
});

export type KtoTrainLoss = ConfigValues<typeof ktoConfig>;

/** λ_D and λ_U; with `balance` the weight of the rarer kind grows by how much rarer it is. */
export function ktoWeights(
  { desirableWeight, undesirableWeight, balance }: KtoTrainLoss,
  { good, bad }: { good: number; bad: number },
): { desirableWeight: number; undesirableWeight: number } {
  if (!balance) return { desirableWeight, undesirableWeight };
  return {
    desirableWeight: desirableWeight * Math.max(1, bad / good),
    undesirableWeight: undesirableWeight * Math.max(1, good / bad),
  };
}
