/**
 * A GPT that writes: the text is read once, then each new token costs one token's work.
 *
 * Positions are learned by place in the context, so a cache serves texts up to the context length; beyond it all
 * places shift and everything has to be computed anew. `T` context length, `C` width, `V` vocabulary.
 */
import { tf } from "../engine/index.ts";
import { cachedSelfAttention, keysAndValues, type KeysAndValues } from "../nn/cached-attention.ts";
import { embedding } from "../nn/embedding.ts";
import { layerNorm } from "../nn/layer-norm.ts";
import { mlp } from "../nn/mlp.ts";
import { transformerBlock } from "../nn/transformer-block.ts";
import type { GPTConfig } from "./gpt-config.ts";
import { gptEmbed, gptHead, type GPTTensors } from "./gpt.ts";

/** Scores for the next token `[V]`, and the cache of each block. */
export interface CachedScores {
  logits: tf.Tensor;
  caches: KeysAndValues[];
}

/**
 * Reads a text.
 *
 * @param ids int32 `[1, T]`, filled up at the end with anything
 * @param last int32 `[1]`: the place of the text's last token
 */
export function gptRead(p: GPTTensors, { heads }: GPTConfig, ids: tf.Tensor, last: tf.Tensor): CachedScores {
  let x = gptEmbed(p, ids);
  const caches = p.h.map((block) => {
    const cache = keysAndValues(block.attn, layerNorm(block.ln_1, x), heads);
    x = transformerBlock(block, x, heads);
    return cache;
  });
  const [, , width] = x.shape;
  const final = tf.gather(x, last, 1).reshape([1, 1, width!]);
  return { logits: gptHead(p, final).flatten(), caches };
}

/**
 * Reads one more token.
 *
 * @param id int32 `[1, 1]`
 * @param position int32 `[1]`: the token's place
 */
export function gptReadOne(
  p: GPTTensors,
  { heads }: GPTConfig,
  id: tf.Tensor,
  position: tf.Tensor,
  caches: readonly KeysAndValues[],
): CachedScores {
  let x = tf.add(embedding(p.wte, id), tf.gather(p.wpe.weight, position));
  const next = p.h.map((block, layer) => {
    const { output, cache } = cachedSelfAttention(
      block.attn,
      layerNorm(block.ln_1, x),
      heads,
      caches[layer],
      position,
    );
    const attended = x.add(output);
    x = attended.add(mlp(block.mlp, layerNorm(block.ln_2, attended)));
    return cache;
  });
  return { logits: gptHead(p, x).flatten(), caches: next };
}
