/** gradbook/models: whole models, their sizes, and what they cost. */
export { ValuedGPT } from "./valued-gpt.ts";
export { GPT } from "./gpt.ts";
export { gptHidden, gptLogits, gptParameters, type GPTCall, type GPTTensors } from "./gpt-forward.ts";
export {
  gptConfig,
  gptPreset,
  gptPresets,
  gptSize,
  modernGPT,
  parseGPTConfig,
  type GPTConfig,
  type GPTPreset,
} from "./gpt-config.ts";
export { countFlops, countParameters, estimateMemory } from "./gpt-count.ts";
export type { FlopCount, MemoryEstimate, ParameterCount } from "./gpt-count.ts";
export { isCached } from "./language-model.ts";
export type {
  CachedLanguageModel,
  CachedScores,
  LanguageModel,
  LossOptions,
  Losses,
  NextScores,
  TrainableModel,
} from "./language-model.ts";
export { lossesOf, withLosses } from "./losses.ts";
export { Bert, bertHidden, bertParameters, type BertCall } from "./bert.ts";
export { bertConfig, bertPresets, bertSize, type BertConfig } from "./bert-config.ts";
export { SequenceModel, type SequenceCall } from "./sequence.ts";
export { labelsOf, sequenceConfig, type HeadConfig, type SequenceConfig } from "./sequence-config.ts";
export { Seq2Seq } from "./seq2seq.ts";
export { seq2seqConfig, seq2seqPresets, seq2seqSize, t5, type Seq2SeqConfig } from "./seq2seq-config.ts";
export { WritingAbout } from "./seq2seq-writer.ts";
export { recurrentConfig, RecurrentLM, type RecurrentConfig } from "./recurrent-lm.ts";
