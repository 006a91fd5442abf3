/** gradbook/finetune: a trained model learns something new. */
export { loraConfig, loraSettings, type LoraConfig } from "./lora-config.ts";
export { loadAdapter, mergedGPT, saveAdapter, withLora } from "./lora-gpt.ts";
