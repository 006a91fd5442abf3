/** Tokenizers: text to ids and back. Guide: docs/tokenizers.md. */
export type { DecodeOptions, DecodeStream, EncodeOptions, Encoding, Tokenizer } from "./tokenizer.ts";
export { ByteLevelBpe } from "./byte-level-bpe.ts";
export { openaiEncoding, openaiEncodingNames } from "./openai.ts";
export type { OpenaiEncodingName } from "./openai.ts";
export { trainBpe } from "./train-bpe.ts";
export type { TrainBpeOptions } from "./train-bpe.ts";
export { tokenizerFromJson } from "./pipeline/read-json.ts";
export { PipelineTokenizer } from "./pipeline/pipeline-tokenizer.ts";
export type { FramedEncoding } from "./pipeline/pipeline-tokenizer.ts";
export { CharTokenizer, trainCharTokenizer } from "./char.ts";
export type { CharTokenizerOptions } from "./char.ts";
export { sentencePieceTokenizer } from "./sentencepiece/load.ts";
export { loadRankFile, loadTokenizer, saveTokenizer } from "./file.ts";
export type { RankFileOptions } from "./file.ts";
