/**
 * Multi-head attention (Vaswani et al., arXiv 1706.03762): each token gathers from others, by weights
 * softmax(q·kᵀ/√D).
 *
 * With the variations of later models: fewer key heads than query heads (arXiv 2305.13245), rotary positions
 * (arXiv 2104.09864), linear penalties on distance (ALiBi, arXiv 2108.12409), a sliding window (arXiv 2004.05150),
 * queries and keys normalized (arXiv 2302.05442).
 *
 * `B` batch, `T` queries, `S` keys, `H` heads, `G` key heads, `D` channels per head, `C` = H·D the width.
 */
import { attention as attentionOp, dropout, rmsNorm, rotary, selfAttention, tf } from "../engine/index.ts";
import { linear, linearParameters, type LinearParameters } from "./linear.ts";
import { ones, type ParameterSpec, type TensorsOf } from "./parameter.ts";

export interface AttentionSettings {
  heads: number;
  /** G; divides heads. */
  kvHeads: number;
  causal: boolean;
  /** Turn queries and keys by their position; the base of the wavelengths. */
  rotaryBase?: number;
  alibi?: boolean;
  /** A token sees tokens less than this many places away. */
  window?: number;
  /** ε of the norm over queries and keys; undefined: none. */
  qkNormEpsilon?: number;
  /** Factor on the scores; 1/√D by default. */
  scale?: number;
}

/** What only training and packed rows need. */
export interface AttentionCall {
  /** Share of weights that are dropped. */
  dropout?: number;
  /** Added to the scores, broadcast to `[B, H, T, S]`: 0 where a token may look, very negative where not. */
  mask?: tf.Tensor;
  /** As `mask`, but learned: relative positions. */
  bias?: tf.Tensor;
}

export interface AttentionParameters {
  /** Queries, keys and values side by side: one matrix product makes all three. */
  readonly c_attn: LinearParameters;
  readonly c_proj: LinearParameters;
  readonly q_norm: { weight: ParameterSpec } | undefined;
  readonly k_norm: { weight: ParameterSpec } | undefined;
  readonly [name: string]: LinearParameters | { weight: ParameterSpec } | undefined;
}

export type AttentionTensors = TensorsOf<AttentionParameters>;

/** @param residualDeviation of the matrix whose result is added to the residual stream */
export function attentionParameters(
  width: number,
  { heads, kvHeads, qkNormEpsilon }: AttentionSettings,
  { bias = true, residualDeviation }: { bias?: boolean; residualDeviation?: number } = {},
): AttentionParameters {
  const channels = width / heads;
  const gain = (): { weight: ParameterSpec } | undefined =>
    qkNormEpsilon === undefined ? undefined : { weight: ones([channels]) };
  return {
    c_attn: linearParameters(width, (heads + 2 * kvHeads) * channels, undefined, { bias }),
    c_proj: linearParameters(width, width, residualDeviation, { bias }),
    q_norm: gain(),
    k_norm: gain(),
  };
}

/** Attention of a text over itself: x `[B, T, C]` → the same shape. */
export function multiHeadAttention(
  p: AttentionTensors,
  x: tf.Tensor,
  settings: AttentionSettings,
  call: AttentionCall = {},
): tf.Tensor {
  const { heads, causal, scale } = settings;
  const { dropout, mask, bias } = call;
  if (isPlain(settings) && !mask && !bias)
    return linear(p.c_proj, selfAttention(linear(p.c_attn, x), { heads, causal, scale, dropout }));
  const { q, k, v } = projected(p, x, settings);
  return linear(p.c_proj, mergeHeads(attend(turned(q, settings), turned(k, settings), v, settings, call)));
}

/** q `[B, H, T, D]`, k and v `[B, G, S, D]` → `[B, H, T, D]`. */
export function attend(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  { heads, kvHeads, causal, window, alibi, scale }: AttentionSettings,
  { dropout: rate = 0, mask, bias }: AttentionCall = {},
): tf.Tensor {
  if (!bias) return attentionOp(q, k, v, { causal, window, alibi, scale, mask, dropout: rate });
  // A learned bias needs a gradient, which the fused operation has not.
  const options = { causal, window, alibi, scale, mask: mask ? tf.add(mask, bias) : bias };
  const repeated = repeatHeads(v, heads / kvHeads);
  return tf.matMul(dropout(weightsOf(q, repeatHeads(k, heads / kvHeads), options), rate), repeated);
}

/**
 * The weights themselves: how much of token s goes into token t. For looking at; rows sum to 1.
 *
 * @param x `[B, T, C]` @returns `[B, H, T, T]` (head, query t, key s)
 */
export function attentionWeights(p: AttentionTensors, x: tf.Tensor, settings: AttentionSettings): tf.Tensor {
  const { heads, kvHeads, causal, window, alibi, scale } = settings;
  const { q, k } = projected(p, x, settings);
  const keys = repeatHeads(turned(k, settings), heads / kvHeads);
  return weightsOf(turned(q, settings), keys, { causal, window, alibi, scale });
}

/** Queries `[B, H, T, D]`, keys and values `[B, G, T, D]` of a text, not yet turned by their positions. */
export function projected(
  p: AttentionTensors,
  x: tf.Tensor,
  { heads, kvHeads, qkNormEpsilon }: AttentionSettings,
): { q: tf.Tensor; k: tf.Tensor; v: tf.Tensor } {
  const packed = linear(p.c_attn, x);
  const channels = packed.shape.at(-1)! / (heads + 2 * kvHeads);
  const parts = tf.split(
    packed,
    [heads, kvHeads, kvHeads].map((count) => count * channels),
    -1,
  );
  const [q, k, v] = [heads, kvHeads, kvHeads].map((count, i) => splitHeads(parts[i], count));
  if (qkNormEpsilon === undefined) return { q, k, v };
  const epsilon = { epsilon: qkNormEpsilon };
  return { q: rmsNorm(q, p.q_norm!.weight, epsilon), k: rmsNorm(k, p.k_norm!.weight, epsilon), v };
}

/** `[B, T, H·D]` → `[B, H, T, D]`. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return x.reshape([batch, time!, heads, width! / heads]).transpose([0, 2, 1, 3]);
}

/** `[B, H, T, D]` → `[B, T, H·D]`. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, time, channels] = x.shape;
  return x.transpose([0, 2, 1, 3]).reshape([batch, time!, heads! * channels!]);
}

function turned(x: tf.Tensor, { rotaryBase }: AttentionSettings): tf.Tensor {
  return rotaryBase === undefined ? x : rotary(x, { base: rotaryBase });
}

/** May the packed fast path be taken? */
function isPlain({ heads, kvHeads, rotaryBase, alibi, window, qkNormEpsilon }: AttentionSettings): boolean {
  return heads === kvHeads && rotaryBase === undefined && !alibi && !window && qkNormEpsilon === undefined;
}

interface ScoreOptions {
  causal: boolean;
  window?: number;
  alibi?: boolean;
  scale?: number;
  mask?: tf.Tensor;
}

/** softmax(q·kᵀ·scale + what is hidden), `[B, H, T, S]`; q and k have as many heads. */
function weightsOf(q: tf.Tensor, k: tf.Tensor, options: ScoreOptions): tf.Tensor {
  const { causal, window = Infinity, alibi = false, scale = 1 / Math.sqrt(q.shape.at(-1)!), mask } = options;
  const [, heads, queries] = q.shape as number[];
  const keys = k.shape[2]!;
  const scores = tf.matMul(q, k, false, true).mul(scale);
  const bias = new Float32Array(heads * queries * keys);
  for (let head = 0, i = 0; head < heads; head++) {
    const slope = alibi ? alibiSlope(head, heads) : 0;
    for (let t = 0; t < queries; t++)
      for (let s = 0; s < keys; s++, i++) {
        const back = t + keys - queries - s;
        const visible = (!causal || back >= 0) && Math.abs(back) < window;
        bias[i] = visible ? -slope * Math.abs(back) : HIDDEN;
      }
  }
  const hidden = scores.add(tf.tensor(bias, [heads, queries, keys]));
  return tf.softmax(mask ? hidden.add(mask) : hidden);
}

/** What is added to the score of a token that may not be seen. */
export const HIDDEN = -1e9;

/** How fast a head's scores fall with the distance: 2^(−8·(h + 1)/H). */
export const alibiSlope = (head: number, heads: number): number => 2 ** ((-8 * (head + 1)) / heads);

/** Each key head serves `times` query heads in a row. */
function repeatHeads(x: tf.Tensor, times: number): tf.Tensor {
  if (times === 1) return x;
  const [batch, heads, time, channels] = x.shape as number[];
  return tf.stack(new Array<tf.Tensor>(times).fill(x), 2).reshape([batch, heads * times, time, channels]);
}
