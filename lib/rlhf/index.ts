/** gradbook/rlhf: learning from what people prefer. */
export { maskedMean, sequenceLogProbs, tokenEntropy, tokenLogProbs } from "./log-probs.ts";
export type { SequenceOptions } from "./log-probs.ts";
