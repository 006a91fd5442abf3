/**
 * What a GPT computes: its parameters, and functions from them and token ids to scores.
 *
 * Parameter names and layouts are those of GPT-2's published checkpoints, so that weights pass between the two
 * without renaming. `B` batch, `T` time, `C` width, `V` vocabulary.
 */
import { activationCheckpoint, dropout, linear, tf } from "../engine/index.ts";
import { embedding, embeddingParameters } from "../nn/embedding.ts";
import { withEmbeddingNoise } from "../nn/embedding-noise.ts";
import { INITIAL_DEVIATION } from "../nn/linear.ts";
import { norm, normParameters } from "../nn/norm.ts";
import type { TensorsOf } from "../nn/parameter.ts";
import { packedPositions, sinusoidalTable } from "../nn/positions.ts";
import { transformerBlock, transformerBlockParameters } from "../nn/transformer-block.ts";
import { gptBlock, type GPTConfig } from "./gpt-config.ts";

/** The parameters of a GPT, named as in GPT-2: wte, wpe, h.0.ln_1.weight, … ln_f.bias. */
export function gptParameters(config: GPTConfig) {
  const { vocabSize, contextLength, layers, width, position, tied } = config;
  const block = gptBlock(config);
  // Each block adds twice to the residual stream; the smaller start keeps the sum's variance independent of depth.
  const residualDeviation = INITIAL_DEVIATION / Math.sqrt(2 * layers);
  return {
    wte: embeddingParameters(vocabSize, width),
    wpe: position === "learned" ? embeddingParameters(contextLength, width) : undefined,
    h: Array.from({ length: layers }, () => transformerBlockParameters(width, block, residualDeviation)),
    ln_f: normParameters(width, config),
    lm_head: tied ? undefined : embeddingParameters(vocabSize, width),
  };
}

export type GPTTensors = TensorsOf<ReturnType<typeof gptParameters>>;

/**
 * Tokens and their positions as vectors: int32 `[B, T]` → `[B, T, C]`, T ≤ context length.
 *
 * @param positions int32 `[B, T]` where they do not simply count up
 */
export function gptEmbed(p: GPTTensors, config: GPTConfig, ids: tf.Tensor, positions?: tf.Tensor): tf.Tensor {
  const tokens = embedding(p.wte, ids);
  const table = positionTable(p, config);
  if (!table) return tokens;
  if (positions) return tf.add(tokens, embedding({ weight: table }, positions));
  const [, time] = ids.shape;
  return tf.add(tokens, time === table.shape[0] ? table : tf.slice(table, 0, time));
}

/** `[context length, C]`, where positions are added to the tokens. */
function positionTable(p: GPTTensors, { position, contextLength, width }: GPTConfig): tf.Tensor | undefined {
  if (position === "learned") return p.wpe!.weight;
  return position === "sinusoidal" ? sinusoidalTable(contextLength, width) : undefined;
}

/** What the blocks make of a text: int32 `[B, T]` → `[B, T, C]`, normalized. */
export function gptHidden(p: GPTTensors, config: GPTConfig, ids: tf.Tensor, call: GPTCall = {}): tf.Tensor {
  const { training = false, segments, neftuneAlpha = 0 } = call;
  const rate = training ? config.dropout : 0;
  const packed = segments && packedPositions(segments);
  const settings = gptBlock(config);
  const clean = gptEmbed(p, config, ids, packed?.positions);
  const embedded = dropout(training ? withEmbeddingNoise(clean, neftuneAlpha) : clean, rate);
  const mask = packed?.mask;
  const keepsLess = training && config.gradientCheckpointing;
  const run = (
    x: tf.Tensor,
    { block, mask }: { block: GPTTensors["h"][number]; mask?: tf.Tensor },
  ): tf.Tensor => transformerBlock(block, x, settings, { dropout: rate, mask });
  const output = p.h.reduce(
    (x, block) => (keepsLess ? activationCheckpoint(run, x, { block, mask }) : run(x, { block, mask })),
    embedded,
  );
  return norm(p.ln_f, output, config);
}

export interface GPTCall {
  /** Drop as much as the config says. */
  training?: boolean;
  /** int32 `[B, T]`: the documents packed into each row. */
  segments?: tf.Tensor;
  /** α of NEFTune's noise while training; 0: none. */
  neftuneAlpha?: number;
}

/** Scores for the next token from what the blocks made: `[B, T, C]` → `[B, T, V]`. */
export function gptHead(p: GPTTensors, hidden: tf.Tensor): tf.Tensor {
  return linear(hidden, (p.lm_head ?? p.wte).weight, undefined, { transposed: true });
}

/** int32 `[B, T]` → `[B, T, V]`. */
export function gptLogits(p: GPTTensors, config: GPTConfig, ids: tf.Tensor, call?: GPTCall): tf.Tensor {
  return gptHead(p, gptHidden(p, config, ids, call));
}
