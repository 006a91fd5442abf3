/**
 * What a GPT costs before it exists: parameters, floating-point operations, memory.
 *
 * `L` layers, `C` width, `T` context, `V` vocabulary, `H` heads, `B` batch.
 */
import type { GPTConfig } from "./gpt-config.ts";

export interface ParameterCount {
  /** Token and position tables. The token table is also the output layer. */
  embeddings: number;
  /** All attention parts. */
  attention: number;
  /** All feed-forward parts. */
  mlp: number;
  /** All layer norms. */
  norms: number;
  total: number;
}

/** Trainable numbers: V·C + T·C + L·(12·C² + 13·C) + 2·C. */
export function countParameters(config: GPTConfig): ParameterCount {
  const { vocabSize, contextLength, layers, width } = config;
  const embeddings = (vocabSize + contextLength) * width;
  const attention = layers * (4 * width * width + 4 * width);
  const mlp = layers * (8 * width * width + 5 * width);
  const norms = (4 * layers + 2) * width;
  return { embeddings, attention, mlp, norms, total: embeddings + attention + mlp + norms };
}

export interface FlopCount {
  /** Operations to predict one token. */
  forward: number;
  /** Operations to learn from one token: forward, and twice as much backward. */
  training: number;
}

/**
 * Floating-point operations per token at full context, matrix products only (a multiplication and an addition
 * count as two): forward 2·(12·L·C² + V·C) + 4·L·C·T, training three times that (Kaplan et al., arXiv
 * 2001.08361; Chowdhery et al., arXiv 2204.02311, appendix B).
 */
export function countFlops(config: GPTConfig): FlopCount {
  const { vocabSize, contextLength, layers, width } = config;
  const products = 12 * layers * width * width + vocabSize * width;
  const forward = 2 * products + 4 * layers * width * contextLength;
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
}

/**
 * Bytes to train with AdamW in 32-bit floats: an estimate, before what the engine reuses.
 *
 * Per token and layer about 16·C numbers are kept (inputs of norms, attention and feed-forward part, its two
 * wide inner values counted four-fold) and 2·H·T attention weights; per token 2·V for the scores.
 */
export function estimateMemory(config: GPTConfig, batchSize: number): MemoryEstimate {
  const { vocabSize, contextLength, layers, heads, width } = config;
  const parameters = 4 * countParameters(config).total;
  const perToken = layers * (16 * width + 2 * heads * contextLength) + 2 * vocabSize;
  const activations = 4 * batchSize * contextLength * perToken;
  return { parameters, state: 4 * parameters, activations, total: 4 * parameters + activations };
}
