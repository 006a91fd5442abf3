/**
 * A transformer block in the order of GPT-2: normalize, attend, add; normalize, feed forward, add.
 *
 * Both parts add to the residual stream, so that gradients reach the first block as directly as the last. The first
 * transformer and BERT normalize after adding instead (`postNorm`).
 */
import { dropout, type tf } from "../engine/index.ts";
import { attentionParameters, multiHeadAttention, type AttentionSettings } from "./attention.ts";
import { cachedSelfAttention, type KeysAndValues } from "./cached-attention.ts";
import { mlp, mlpParameters, type MlpSettings } from "./mlp.ts";
import { norm, normParameters, type NormParameters, type NormSettings } from "./norm.ts";
import type { TensorsOf } from "./parameter.ts";

export interface BlockSettings extends NormSettings, MlpSettings {
  attention: AttentionSettings;
  /** Normalize the sum, not the part's input. */
  postNorm?: boolean;
}

/** What only training and packed rows need. */
export interface BlockCall {
  /** Share dropped of attention weights and of what is added to the residual stream. */
  dropout?: number;
  /** As for attention. */
  mask?: tf.Tensor;
  bias?: tf.Tensor;
}

/** @param residualDeviation of the two matrices whose results are added to the residual stream */
export function transformerBlockParameters(
  width: number,
  settings: BlockSettings,
  residualDeviation: number,
) {
  const { attention, bias } = settings;
  return {
    ln_1: normParameters(width, settings),
    attn: attentionParameters(width, attention, { bias, residualDeviation }),
    ln_2: normParameters(width, settings),
    mlp: mlpParameters(width, settings, residualDeviation),
  };
}

export type BlockTensors = TensorsOf<ReturnType<typeof transformerBlockParameters>>;

/** `[batch, time, width]` → the same shape. */
export function transformerBlock(
  p: BlockTensors,
  x: tf.Tensor,
  settings: BlockSettings,
  call: BlockCall = {},
): tf.Tensor {
  return mlpPart(p, selfAttentionPart(p, x, settings, call), settings, call);
}

/** The first half of a block. */
export function selfAttentionPart(
  p: BlockTensors,
  x: tf.Tensor,
  settings: BlockSettings,
  call: BlockCall = {},
): tf.Tensor {
  return addPart(p.ln_1, x, settings, call, (input) =>
    multiHeadAttention(p.attn, input, settings.attention, call),
  );
}

/** The second half of a block. */
export function mlpPart(
  p: BlockTensors,
  x: tf.Tensor,
  settings: BlockSettings,
  call: BlockCall = {},
): tf.Tensor {
  return addPart(p.ln_2, x, settings, call, (input) => mlp(p.mlp, input, settings));
}

/** x + part(norm(x)), or norm(x + part(x)) with `postNorm`. */
export function addPart(
  p: TensorsOf<NormParameters>,
  x: tf.Tensor,
  settings: NormSettings & { postNorm?: boolean },
  call: BlockCall,
  part: (input: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const rate = call.dropout ?? 0;
  if (settings.postNorm) return norm(p, x.add(dropout(part(x), rate)), settings);
  return x.add(dropout(part(norm(p, x, settings)), rate));
}

/** The first half for one token per row, `[batch, 1, width]`, with what the rows' earlier tokens left. */
export function cachedSelfAttentionPart(
  p: BlockTensors,
  x: tf.Tensor,
  settings: BlockSettings,
  cache: KeysAndValues,
  position: tf.Tensor,
  bias?: tf.Tensor,
): { output: tf.Tensor; own: KeysAndValues } {
  let own = cache;
  const output = addPart(p.ln_1, x, settings, {}, (input) => {
    const attended = cachedSelfAttention(p.attn, input, settings.attention, cache, position, bias);
    own = attended.own;
    return attended.output;
  });
  return { output, own };
}

/** The block for one token per row. */
export function cachedTransformerBlock(
  p: BlockTensors,
  x: tf.Tensor,
  settings: BlockSettings,
  cache: KeysAndValues,
  position: tf.Tensor,
): { output: tf.Tensor; own: KeysAndValues } {
  const { output, own } = cachedSelfAttentionPart(p, x, settings, cache, position);
  return { output: mlpPart(p, output, settings), own };
}
