/** gradbook/finetune: a trained model learns something new. */
export { answering } from "./answering.ts";
export { freeze } from "./freeze.ts";
export { loraConfig, loraSettings, type LoraConfig } from "./lora-config.ts";
export { loadAdapter, mergedGPT, saveAdapter, withLora } from "./lora-gpt.ts";
export { parseConversation, readConversations, wrongTurns } from "./read-conversations.ts";
export { conversationLength, sft, type SftData, type SftOptions, type SftResult } from "./sft.ts";
export { sftConfig, type SftSettings } from "./sft-config.ts";
