/**
 * What a GPT costs before it exists: parameters, floating-point operations, memory.
 *
 * `L` layers, `C` width, `T` context, `V` vocabulary, `H` heads, `B` batch.
 */
import { isGated } from "../nn/mlp.ts";
import { mlpWidthOf, parseGPTConfig, type GPTConfig } from "./gpt-config.ts";

export interface ParameterCount {
  /** Token and position tables, and the output layer where it is not the token table. */
  embeddings: number;
  /** All attention parts. */
  attention: number;
  /** All feed-forward parts. */
  mlp: number;
  /** All norms. */
  norms: number;
  total: number;
}

/** Trainable numbers; with GPT-2's parts V·C + T·C + L·(12·C² + 13·C) + 2·C. */
export function countParameters(settings: Partial<GPTConfig>): ParameterCount {
  const config = parseGPTConfig(settings);
  const { vocabSize, contextLength, layers, width, position, norm, bias, tied, qkNorm, heads } = config;
  const sizes = blockSizes(config);
  const biases = bias ? 1 : 0;
  const positions = position === "learned" ? contextLength : 0;
  const embeddings = (vocabSize * (tied ? 1 : 2) + positions) * width;
  const { qkv, inner, outer } = sizes;
  const attention = layers * (width * qkv + width * width + biases * (qkv + width));
  const mlp = layers * (width * inner + outer * width + biases * (inner + width));
  const perNorm = width * (norm === "layer" && bias ? 2 : 1);
  const norms = (2 * layers + 1) * perNorm + (qkNorm ? (2 * layers * width) / heads : 0);
  return { embeddings, attention, mlp, norms, total: embeddings + attention + mlp + norms };
}

/** Columns of the matrices of a block. */
function blockSizes(config: GPTConfig): { qkv: number; inner: number; outer: number } {
  const { width, heads, kvHeads, activation } = config;
  const outer = mlpWidthOf(config);
  return {
    qkv: width + (2 * (kvHeads || heads) * width) / heads,
    inner: isGated(activation) ? 2 * outer : outer,
    outer,
  };
}

export interface FlopCount {
  /** Operations to predict one token. */
  forward: number;
  /** Operations to learn from one token: forward, and twice as much backward. */
  training: number;
}

/**
 * Floating-point operations per token at full context, matrix products only (a multiplication and an addition
 * count as two): forward 2·(L·block + V·C) + 4·L·C·T, with GPT-2's parts 12·C² for a block; training three times
 * that (Kaplan et al., arXiv 2001.08361; Chowdhery et al., arXiv 2204.02311, appendix B).
 */
export function countFlops(settings: Partial<GPTConfig>): FlopCount {
  const config = parseGPTConfig(settings);
  const { vocabSize, contextLength, layers, width, window } = config;
  const { qkv, inner, outer } = blockSizes(config);
  const products = layers * width * (qkv + width + inner + outer) + vocabSize * width;
  const forward = 2 * products + 4 * layers * width * (window || contextLength);
  return { forward, training: 3 * forward };
}

export interface MemoryEstimate {
  /** Bytes of the weights. */
  parameters: number;
  /** Bytes of weights, gradients and AdamW's two moments. */
  state: number;
  /** Bytes of what the backward pass needs from the forward pass, for one batch. */
  activations: number;
  total: number;
  /** Bytes of the keys and values of one text of full length, when the model writes. */
  cache: number;
}

/**
 * Bytes to train with AdamW in 32-bit floats: an estimate, before what the engine reuses.
 *
 * Per token and layer about 16·C numbers are kept (inputs of norms, attention and feed-forward part, its two
 * wide inner values counted four-fold) and 2·H·T attention weights; per token 2·V for the scores.
 */
export function estimateMemory(settings: Partial<GPTConfig>, batchSize: number): MemoryEstimate {
  const config = parseGPTConfig(settings);
  const { vocabSize, contextLength, layers, heads, kvHeads, width } = config;
  const parameters = 4 * countParameters(config).total;
  const perToken = layers * (16 * width + 2 * heads * contextLength) + 2 * vocabSize;
  const activations = 4 * batchSize * contextLength * perToken;
  const cache = (4 * layers * 2 * contextLength * width * (kvHeads || heads)) / heads;
  return { parameters, state: 4 * parameters, activations, total: 4 * parameters + activations, cache };
}
