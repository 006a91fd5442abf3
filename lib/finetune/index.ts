/** gradbook/finetune: a trained model learns something new. */
export { answering } from "./answering.ts";
export { classify, type ClassifyOptions, type ClassifyResult, type LabelledText } from "./classify.ts";
export { classifyConfig, type ClassifySettings } from "./classify-config.ts";
export { freeze } from "./freeze.ts";
export { mergedSequence } from "./judging.ts";
export { combinedAdapters, type WeightedAdapter } from "./combine.ts";
export { loadPeft, savePeft } from "./peft.ts";
export { meanWeights } from "./soup.ts";
export { loraConfig, loraSettings, type LoraConfig } from "./lora-config.ts";
export { loadAdapter, mergedGPT, saveAdapter, withLora } from "./lora-gpt.ts";
export { parseConversation, readConversations, wrongTurns } from "./read-conversations.ts";
export { readLabelledTexts } from "./read-labelled-texts.ts";
export { conversationLength, sft, type SftData, type SftOptions, type SftResult } from "./sft.ts";
export { sftConfig, type SftSettings } from "./sft-config.ts";
export { judgementScores, textJudge, type Judgement, type TextJudge } from "./text-judge.ts";
