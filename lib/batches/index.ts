/** gradbook/batches: token ids become batches of windows. */
export { IGNORED, randomWindows } from "./random-windows.ts";
export type { Batch, BatchLoader, LoaderState, Tokens, WindowOptions } from "./random-windows.ts";
export { sequentialWindows, type SequentialOptions } from "./sequential-windows.ts";
export { batchConfig, type BatchSettings } from "./batch-config.ts";
export { conversationBatches, encodeConversations } from "./conversations.ts";
export type { ConversationOptions, EncodedConversations } from "./conversations.ts";
export { mixBatches, type BatchIngredient, type MixBatchesOptions } from "./mix-batches.ts";
export { packedBatches, packedSequence, type PackedBatches } from "./packed-batches.ts";
export { prefetch, type LoaderRecipe, type PrefetchedLoader, type PrefetchOptions } from "./prefetch.ts";
export { prefetchShards, shardLoader, type ShardLoaderSettings } from "./shard-loader.ts";
export { packDocuments, type PackedRows } from "./pack.ts";
export { permuted, shardWindows, type ShardWindowOptions, type ShardWindows } from "./shard-windows.ts";
export { openShards, shardWriter, type ShardWriter, type TokenShards } from "./token-shards.ts";
export { maskBatches, maskedTokens, type MaskingOptions } from "./objectives/masked-tokens.ts";
export { corruptBatches, spanCorruption, type SpanOptions } from "./objectives/span-corruption.ts";
export { prefixBatches, prefixes, type PrefixOptions } from "./objectives/prefixes.ts";
export { copyingTask, type CopyingOptions } from "./objectives/copying.ts";
export { pairBatches, pairSequence, type PairOptions, type TokenPair } from "./pairs.ts";
