/** gradbook/rlhf: learning from what people prefer. */
export { maskedMean, sequenceLogProbs, tokenEntropy, tokenLogProbs } from "./log-probs.ts";
export type { SequenceOptions } from "./log-probs.ts";
export { bradleyTerryLoss, type RewardMetrics, type RewardSettings } from "./losses/bradley-terry.ts";
export { ktoLoss, type KtoBatch, type KtoMetrics, type KtoSettings } from "./losses/kto.ts";
export type { PairLogProbs, PairSettings } from "./losses/pair.ts";
export { plackettLuceLoss } from "./losses/plackett-luce.ts";
export { needsReference, parsePreferences, PREFERENCE_LOSSES, preferenceConfig, preferenceLoss } from "./losses/preference-loss.ts"; // prettier-ignore
export type { PreferenceLossName, PreferenceMetrics, PreferenceSettings } from "./losses/preference-loss.ts";
