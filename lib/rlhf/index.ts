/** gradbook/rlhf: learning from what people prefer. */
export { encodePreferences, encodeRankings } from "./data/rankings.ts";
export type { EncodedRankings, PreferenceExample, RankingData, RankingExample, RankingOptions, TokenRanking } from "./data/rankings.ts"; // prettier-ignore
export { encodeJudgements, type EncodedJudgements, type JudgementExample, type TokenJudgement } from "./data/judgements.ts"; // prettier-ignore
export { readJudgements, readPreferences, readRankings } from "./data/read-preferences.ts";
export { maskedMean, sequenceLogProbs, tokenEntropy, tokenLogProbs } from "./log-probs.ts";
export type { SequenceOptions } from "./log-probs.ts";
export { bestOfN, bestOfNKl, rejectionSampled } from "./best-of-n/best-of-n.ts";
export type { AnswerScorer, BestOfNOptions, ScoredAnswer } from "./best-of-n/best-of-n.ts";
export { overOptimization, overOptimizationChart } from "./best-of-n/over-optimization.ts";
export type { JudgedAnswer, OptimizationPoint, OverOptimization } from "./best-of-n/over-optimization.ts";
export { sampleAnswers, type SampledAnswer, type SampleOptions } from "./best-of-n/sample-answers.ts"; // prettier-ignore
export { rankingBatches, rankingSequence, type RankingBatchOptions } from "./data/ranking-batches.ts";
export { bradleyTerryLoss, type RewardMetrics, type RewardSettings } from "./losses/bradley-terry.ts";
export { ktoLoss, type KtoBatch, type KtoMetrics, type KtoSettings } from "./losses/kto.ts";
export type { PairLogProbs, PairSettings } from "./losses/pair.ts";
export { plackettLuceLoss } from "./losses/plackett-luce.ts";
export { needsReference, parsePreferences, PREFERENCE_LOSSES, preferenceConfig, preferenceLoss } from "./losses/preference-loss.ts"; // prettier-ignore
export type { PreferenceLossName, PreferenceMetrics, PreferenceSettings } from "./losses/preference-loss.ts";
export { groupAdvantages, SCALINGS, type GroupAdvantages, type Scaling } from "./grpo/group-advantages.ts";
export {
  GROUP_LOSSES,
  groupLoss,
  type GroupLoss,
  type GroupLosses,
  type GroupLossSettings,
  type GroupTokens,
} from "./grpo/group-loss.ts";
export { klController, type KlController, type KlControllerSettings } from "./kl-controller.ts";
export { KL_ESTIMATORS, klEstimate, klOf, type KlEstimator } from "./kl-estimators.ts";
export { ppoTokenLoss, type PpoClips, type PpoTokenLosses, type PpoTokens } from "./ppo/ppo-loss.ts";
export { tokenAdvantages, whiten } from "./ppo/token-advantages.ts";
export type { AdvantageSettings, TokenAdvantages, TokenRewards } from "./ppo/token-advantages.ts";
export { answerLogProbs, rankingLogProbs, type PolicyModel } from "./train/answer-log-probs.ts";
export { preferenceObjective } from "./train/preference-objective.ts";
export {
  feedbackTrainConfig,
  pairBatchConfig,
  type FeedbackTrainSettings,
  type PairBatchSettings,
} from "./train/settings.ts";
export { ktoConfig, type KtoTrainLoss } from "./kto/kto-config.ts";
export { trainKto, type JudgementData, type KtoTrainSettings } from "./kto/train-kto.ts";
export { preferenceTrainDefaults, trainPreferences } from "./train/train-preferences.ts";
export type { PreferenceTrainOptions, PreferenceTrainSettings } from "./train/train-preferences.ts"; // prettier-ignore
export { rewardConfig, rewardModel, rewardObjective, type RewardTrainLoss } from "./reward/reward-objective.ts"; // prettier-ignore
export { rewardScorer, type RewardScorer } from "./reward/reward-scorer.ts";
export { rewardTrainDefaults, trainReward, type RewardTrainSettings } from "./reward/train-reward.ts"; // prettier-ignore
export { readPrompts } from "./rollout/read-prompts.ts";
export { encodePrompts, type AnswerFormat, type PromptExample, type TokenPrompt } from "./rollout/prompts.ts";
export type { AnswerToReward, Reward, RewardFunction, RewardModel, Rewards } from "./rollout/rewards.ts";
export { rolloutsOf, type OnlinePolicy, type RolledAnswer, type RolloutOptions, type Rollouts } from "./rollout/rollouts.ts"; // prettier-ignore
export { arithmeticReward, codeReward, formatReward } from "./rollout/verifiable.ts";
export type { ArithmeticOptions, CodeOptions } from "./rollout/verifiable.ts";
export { rolloutConfig, type RolloutSettings } from "./online/settings.ts";
export type { Rollout, SeenAnswer } from "./online/rollout.ts";
export type { OnlineOptions, PromptData } from "./online/run-online.ts";
export { groupConfig, type GroupSettings } from "./grpo/group-config.ts";
export { groupTrainDefaults, trainGroup, type GroupTrainSettings } from "./grpo/train-group.ts";
export { ppoConfig, type PpoSettings } from "./ppo/ppo-config.ts";
export { ppoTrainDefaults, trainPPO, type PpoTrainSettings } from "./ppo/train-ppo.ts";
export { completionsTable, type CompletionsOptions, type CompletionsTable } from "./online/completions-table.ts"; // prettier-ignore
