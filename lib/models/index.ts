/** gradbook/models: whole models, their sizes, and what they cost. */
export { GPT, gptLogits, gptParameters, type GPTTensors } from "./gpt.ts";
export {
  gptConfig,
  gptPreset,
  gptPresets,
  gptSize,
  parseGPTConfig,
  type GPTConfig,
  type GPTPreset,
} from "./gpt-config.ts";
export { countFlops, countParameters, estimateMemory } from "./gpt-count.ts";
export type { FlopCount, MemoryEstimate, ParameterCount } from "./gpt-count.ts";
export type { LanguageModel, LossOptions, TrainableModel } from "./language-model.ts";
