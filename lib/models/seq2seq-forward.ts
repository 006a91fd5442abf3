/**
 * What an encoder–decoder computes: its parameters, and functions from them and token ids to scores.
 *
 * `B` batch, `S` tokens read, `T` tokens written, `C` width, `V` vocabulary, `H` heads.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { dropout, linear, tf } from "../engine/index.ts";
import type { AttentionCall } from "../nn/attention.ts";
import type { KeysAndValues } from "../nn/cached-attention.ts";
import { crossAttention, crossAttentionParameters, sourceKeysAndValues } from "../nn/cross-attention.ts";
import { embedding, embeddingParameters } from "../nn/embedding.ts";
import { INITIAL_DEVIATION } from "../nn/linear.ts";
import { norm, normParameters } from "../nn/norm.ts";
import type { TensorsOf } from "../nn/parameter.ts";
import { sinusoidalTable } from "../nn/positions.ts";
import { relativeBias, relativePositionParameters } from "../nn/relative-positions.ts";
import {
  addPart,
  selfAttentionPart,
  mlpPart,
  transformerBlock,
  transformerBlockParameters,
} from "../nn/transformer-block.ts";
import { paddingMask } from "./bert.ts";
import { seq2seqBlock, type Seq2SeqConfig } from "./seq2seq-config.ts";

/** A decoder block also looks at what was read: its own norm and attention between the other two parts. */
function decoderBlockParameters(config: Seq2SeqConfig) {
  const { width, bias } = config;
  return {
    ...transformerBlockParameters(width, seq2seqBlock(config, true), INITIAL_DEVIATION),
    ln_cross: normParameters(width, config),
    cross: crossAttentionParameters(width, { bias }),
  };
}

export function seq2seqParameters(config: Seq2SeqConfig) {
  const { vocabSize, width, layers, decoderLayers, heads, position, tied, postNorm } = config;
  const encoder = seq2seqBlock(config, false);
  const relative = position === "relative";
  // Sums that are normalized need no norm at the end.
  const last = () => (postNorm ? undefined : normParameters(width, config));
  return {
    wte: embeddingParameters(vocabSize, width),
    encoder: {
      positions: relative ? relativePositionParameters(heads) : undefined,
      h: Array.from({ length: layers }, () => transformerBlockParameters(width, encoder, INITIAL_DEVIATION)),
      ln_f: last(),
    },
    decoder: {
      positions: relative ? relativePositionParameters(heads) : undefined,
      h: Array.from({ length: decoderLayers || layers }, () => decoderBlockParameters(config)),
      ln_f: last(),
    },
    lm_head: tied ? undefined : embeddingParameters(vocabSize, width),
  };
}

export type Seq2SeqTensors = TensorsOf<ReturnType<typeof seq2seqParameters>>;
type DecoderBlockTensors = Seq2SeqTensors["decoder"]["h"][number];

/** What the encoder made of a text, and where it is padding. */
export interface Source {
  /** `[B, S, C]` */
  hidden: tf.Tensor;
  /** `[B, 1, 1, S]` */
  mask: tf.Tensor;
}

/** Reads: int32 `[B, S]`. */
export function encode(p: Seq2SeqTensors, config: Seq2SeqConfig, ids: tf.Tensor, rate = 0): Source {
  const settings = seq2seqBlock(config, false);
  const mask = paddingMask(ids, config.padId);
  const [, time] = ids.shape as number[];
  const { positions, h, ln_f } = p.encoder;
  const bias = positions && relativeBias(positions, time, time, true);
  const start = dropout(embed(p, config, ids), rate);
  const output = h.reduce(
    (x, block) => transformerBlock(block, x, settings, { dropout: rate, mask, bias }),
    start,
  );
  return { hidden: ln_f ? norm(ln_f, output, config) : output, mask };
}

/** Tokens as vectors, at the places from `offset` on: int32 `[B, T]` → `[B, T, C]`. */
export function embed(
  p: Seq2SeqTensors,
  config: Seq2SeqConfig,
  ids: tf.Tensor,
  positions?: tf.Tensor,
): tf.Tensor {
  const { width, contextLength, position } = config;
  const tokens = embedding(p.wte, ids);
  if (position === "relative") return tokens;
  // Scaled up as in the first transformer, so that positions do not drown the tokens.
  const scaled = tokens.mul(Math.sqrt(width));
  const table = sinusoidalTable(contextLength, width);
  return scaled.add(positions ? tf.gather(table, positions) : tf.slice(table, 0, ids.shape[1]!));
}

/** What is written, given what was read: decoder ids int32 `[B, T]` → scores `[B, T, V]`. */
export function decode(
  p: Seq2SeqTensors,
  config: Seq2SeqConfig,
  ids: tf.Tensor,
  source: Source,
  rate = 0,
): tf.Tensor {
  const { positions, h } = p.decoder;
  const [, time] = ids.shape as number[];
  const call = { dropout: rate, bias: positions && relativeBias(positions, time, time, false) };
  const output = h.reduce(
    (x, block) => {
      const read = sourceKeysAndValues(block.cross, source.hidden, config.heads);
      return decoderBlock(block, x, config, read, source.mask, call);
    },
    dropout(embed(p, config, ids), rate),
  );
  return head(p, config, output);
}

function decoderBlock(
  p: DecoderBlockTensors,
  x: tf.Tensor,
  config: Seq2SeqConfig,
  read: KeysAndValues,
  mask: tf.Tensor,
  call: AttentionCall,
): tf.Tensor {
  const settings = seq2seqBlock(config, true);
  const attended = selfAttentionPart(p, x, settings, call);
  return mlpPart(p, crossPart(p, attended, config, read, mask, call.dropout), settings, call);
}

/** The middle part of a decoder block. */
export function crossPart(
  p: DecoderBlockTensors,
  x: tf.Tensor,
  config: Seq2SeqConfig,
  read: KeysAndValues,
  mask: tf.Tensor,
  rate = 0,
): tf.Tensor {
  const settings = seq2seqBlock(config, true);
  return addPart(p.ln_cross, x, settings, { dropout: rate }, (input) =>
    crossAttention(p.cross, input, read, settings.attention, { mask, dropout: rate }),
  );
}

/** `[B, T, C]` → `[B, T, V]`. */
export function head(p: Seq2SeqTensors, config: Seq2SeqConfig, output: tf.Tensor): tf.Tensor {
  const { ln_f } = p.decoder;
  const normed = ln_f ? norm(ln_f, output, config) : output;
  // T5 scales down where the output layer is the token table.
  const scaled = config.tied && config.position === "relative" ? normed.mul(config.width ** -0.5) : normed;
  return linear(scaled, (p.lm_head ?? p.wte).weight, undefined, { transposed: true });
}

/** What the decoder is given to write `targets`: a start token, then all of them but the last. */
export function shiftRight(targets: tf.Tensor, { startId, padId }: Seq2SeqConfig): tf.Tensor {
  const [batch, time] = targets.shape as number[];
  const known = tf.where(tf.equal(targets, IGNORED), tf.fill(targets.shape, padId, "int32"), targets);
  const start = tf.fill([batch, 1], startId, "int32");
  return time === 1 ? start : tf.concat([start, tf.slice(known, [0, 0], [batch, time - 1])], 1);
}
