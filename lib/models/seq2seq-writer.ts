/**
 * An encoder–decoder that has read something, as a language model: what it writes is about that.
 *
 * The cache holds, for each decoder block, keys and values of the tokens written and of the source, and last the
 * source's mask. `B` batch, `S` tokens read, `T` context length, `V` vocabulary.
 */
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";
import { keysAndValues, padTime, rowAt, type KeysAndValues } from "../nn/cached-attention.ts";
import { sourceKeysAndValues } from "../nn/cross-attention.ts";
import { norm } from "../nn/norm.ts";
import type { Parameters } from "../nn/parameters.ts";
import { relativeBias, relativeBiasAt } from "../nn/relative-positions.ts";
import { cachedSelfAttentionPart, mlpPart, selfAttentionPart } from "../nn/transformer-block.ts";
import type { CachedLanguageModel, CachedScores, NextScores } from "./language-model.ts";
import { seq2seqBlock, type Seq2SeqConfig } from "./seq2seq-config.ts";
import {
  crossPart,
  decode,
  embed,
  encode,
  head,
  type seq2seqParameters,
  type Source,
} from "./seq2seq-forward.ts";

type Seq2SeqWeights = Parameters<ReturnType<typeof seq2seqParameters>>;

export class WritingAbout implements CachedLanguageModel {
  readonly kind = "seq2seq decoder";
  readonly config: Seq2SeqConfig;
  readonly parameters: Seq2SeqWeights;
  private readonly sources: readonly ArrayLike<number>[];

  constructor(
    model: { config: Seq2SeqConfig; parameters: Seq2SeqWeights },
    sources: readonly ArrayLike<number>[],
  ) {
    const { contextLength, vocabSize } = model.config;
    const long = sources.find(({ length }) => length === 0 || length > contextLength);
    if (sources.length === 0 || long)
      fail("about", {
        expected: `texts of 1 to ${contextLength} tokens`,
        got: long ? `${long.length} tokens` : "no text",
      });
    for (const source of sources)
      for (const id of Array.from(source))
        if (!(id >= 0 && id < vocabSize))
          fail("about", { expected: `token ids below vocabSize ${vocabSize}`, got: id });
    this.config = model.config;
    this.parameters = model.parameters;
    this.sources = sources;
  }

  /** int32 `[B, T]`, B as many as sources → `[B, T, V]`. */
  logits(ids: tf.Tensor): tf.Tensor {
    const p = this.parameters.tensors();
    return decode(p, this.config, ids, this.encoded(ids.shape[0]));
  }

  loss(): tf.Scalar {
    return fail("about", { expected: "the encoder–decoder itself for training", got: "its decoder" });
  }

  cacheShapes(batch: number): number[][] {
    const { decoderLayers, layers, heads, width, contextLength } = this.config;
    const read = this.readLength;
    const [self, cross] = [contextLength, read].map((time) => [batch, heads, time, width / heads]);
    const blocks = Array.from({ length: decoderLayers || layers }, () => [self, self, cross, cross]);
    return [...blocks.flat(), [batch, 1, 1, read]];
  }

  read(ids: tf.Tensor, last: tf.Tensor): CachedScores {
    const { config } = this;
    const p = this.parameters.tensors();
    const [batch, time] = ids.shape as number[];
    const source = this.encoded(batch);
    const settings = seq2seqBlock(config, true);
    const { positions, h } = p.decoder;
    const bias = positions && relativeBias(positions, time, time, false);
    let x = embed(p, config, ids);
    const cache = h.flatMap((block) => {
      const own = keysAndValues(
        block.attn,
        config.postNorm ? x : norm(block.ln_1, x, settings),
        settings.attention,
      );
      const cross = sourceKeysAndValues(block.cross, source.hidden, config.heads);
      const attended = selfAttentionPart(block, x, settings, { bias });
      x = mlpPart(block, crossPart(block, attended, config, cross, source.mask), settings);
      const whole = [own.keys, own.values].map((part) => padTime(part, config.contextLength));
      return [...whole, cross.keys, cross.values];
    });
    return { logits: head(p, config, rowAt(x, last)), cache: [...cache, source.mask] };
  }

  readOne(ids: tf.Tensor, position: tf.Tensor, cache: readonly tf.Tensor[]): NextScores {
    const { config } = this;
    const p = this.parameters.tensors();
    const settings = seq2seqBlock(config, true);
    const { positions, h } = p.decoder;
    const bias = positions && relativeBiasAt(positions, position, config.contextLength);
    const mask = cache[cache.length - 1];
    let x = embed(p, config, ids, position.reshape([-1, 1]));
    const next = h.flatMap((block, layer) => {
      const [keys, values, crossKeys, crossValues] = cache.slice(4 * layer);
      const own: KeysAndValues = { keys, values };
      const attended = cachedSelfAttentionPart(block, x, settings, own, position, bias);
      const cross = { keys: crossKeys, values: crossValues };
      x = mlpPart(block, crossPart(block, attended.output, config, cross, mask), settings);
      return [attended.own.keys, attended.own.values, undefined, undefined];
    });
    return { logits: head(p, config, x).reshape([-1, config.vocabSize]), written: [...next, undefined] };
  }

  /** The weights belong to the encoder–decoder. */
  dispose(): void {}

  private get readLength(): number {
    return Math.max(...this.sources.map(({ length }) => length));
  }

  private encoded(batch: number): Source {
    if (batch !== this.sources.length)
      fail("about", { expected: `${this.sources.length} rows, one for each text read`, got: batch });
    const ids = new Int32Array(batch * this.readLength).fill(this.config.padId);
    this.sources.forEach((source, row) => ids.set(source, row * this.readLength));
    const tensor = tf.tensor2d(ids, [batch, this.readLength], "int32");
    return encode(this.parameters.tensors(), this.config, tensor);
  }
}
