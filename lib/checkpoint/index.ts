/** gradbook/checkpoint: models on disk. */
export { loadCheckpoint, loadTrainingState, loadWeights, type Checkpoint } from "./load.ts";
export { readManifest, type Manifest } from "./manifest.ts";
export { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";
export { saveCheckpoint, type CheckpointParts, type TrainingState } from "./save.ts";
export { loadGPT2, saveGPT2 } from "./gpt2-format.ts";
