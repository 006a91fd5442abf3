/** gradbook/checkpoint: models on disk. */
export { loadCheckpoint, loadTrainingState, loadWeights, type Checkpoint } from "./load.ts";
export { makeModel, type ModelKind, type ModelOf } from "./families.ts";
export { readManifest, type Manifest } from "./manifest.ts";
export { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";
export { saveCheckpoint, type CheckpointParts, type TrainingState } from "./save.ts";
export { loadHuggingFace, loadHuggingFaceGPT, saveHuggingFace } from "./hugging-face/index.ts";
export { transposed, type NamedTensor } from "./hugging-face/layout.ts";
export { hubModules, type HubModule } from "./hugging-face/modules.ts";
export { loadTorchRecurrent, saveTorchRecurrent } from "./torch-recurrent.ts";
