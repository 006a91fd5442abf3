/**
 * A GPT that writes: the text is read once, then each new token costs one token's work.
 *
 * Positions are learned by place in the context, so a cache serves texts up to the context length; beyond it all
 * places shift and everything has to be computed anew. `B` batch, `T` context length, `C` width,
 * `V` vocabulary.
 */
import type { tf } from "../engine/index.ts";
import { keysAndValues, padTime, rowAt } from "../nn/cached-attention.ts";
import { norm } from "../nn/norm.ts";
import { cachedTransformerBlock, transformerBlock } from "../nn/transformer-block.ts";
import { gptBlock, type GPTConfig } from "./gpt-config.ts";
import { gptEmbed, gptHead, type GPTTensors } from "./gpt-forward.ts";
import type { CachedScores, NextScores } from "./language-model.ts";

/** Keys and values of each block, one after the other. */
export function gptCacheShapes(config: GPTConfig, batch: number): number[][] {
  const { contextLength, layers, heads, kvHeads, width } = config;
  return new Array(2 * layers).fill([batch, kvHeads || heads, contextLength, width / heads]);
}

/** As `CachedLanguageModel.read`. */
export function gptRead(p: GPTTensors, config: GPTConfig, ids: tf.Tensor, last: tf.Tensor): CachedScores {
  const settings = gptBlock(config);
  let x = gptEmbed(p, config, ids);
  const cache = p.h.flatMap((block) => {
    const { keys, values } = keysAndValues(block.attn, norm(block.ln_1, x, settings), settings.attention);
    x = transformerBlock(block, x, settings);
    return [keys, values].map((part) => padTime(part, config.contextLength));
  });
  return { logits: gptHead(p, norm(p.ln_f, rowAt(x, last), settings)), cache };
}

/** As `CachedLanguageModel.readOne`. */
export function gptReadOne(
  p: GPTTensors,
  config: GPTConfig,
  ids: tf.Tensor,
  position: tf.Tensor,
  cache: readonly tf.Tensor[],
): NextScores {
  const settings = gptBlock(config);
  let x = gptEmbed(p, config, ids, position.reshape([-1, 1]));
  const next = p.h.flatMap((block, layer) => {
    const [keys, values] = cache.slice(2 * layer);
    const read = cachedTransformerBlock(block, x, settings, { keys, values }, position);
    x = read.output;
    return [read.own.keys, read.own.values];
  });
  const { vocabSize } = config;
  return { logits: gptHead(p, norm(p.ln_f, x, settings)).reshape([-1, vocabSize]), written: next };
}
