/** gradbook/generate: models write. */
export { generate, generateText, type GeneratedToken, type GenerateTextOptions } from "./generate.ts";
export { generateConfig, type GenerateSettings } from "./generate-config.ts";
export { candidates, draw, logProbabilities, type Candidate, type SampleSettings } from "./sample.ts";
export { tokenProbabilities } from "./score.ts";
