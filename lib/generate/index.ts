/** gradbook/generate: models write. */
export { beamConfig, beamSearch, type BeamSettings, type Hypothesis } from "./beam-search.ts";
export {
  generate,
  generateText,
  predictorFor,
  type GeneratedToken,
  type GenerateTextOptions,
} from "./generate.ts";
export { generateConfig, type GenerateSettings } from "./generate-config.ts";
export { candidates, draw, logProbabilities, type Candidate, type SampleSettings } from "./sample.ts";
export { tokenProbabilities } from "./score.ts";
export { tokenScorer, type ScoredText, type TokenScorer } from "./token-scorer.ts";
export { batchPredictor, type BatchPredictor } from "./cached-predictor.ts";
export { generateBatch, type Completion, type GenerateBatchOptions } from "./generate-batch.ts";
export { speculativeGenerate, type SpeculativeOptions, type SpeculativeText } from "./speculative.ts";
