/**
 * Scaled dot-product attention: softmax(q·kᵀ·scale + mask)·v.
 *
 * Paper: Vaswani et al., "Attention Is All You Need", arXiv 1706.03762. `B` batch, `H` heads, `T` queries,
 * `S` keys, `D` channels per head, `C` = H·D. The probabilities [B, H, T, S] are kept for the gradient.
 */
import { fail } from "../../core/errors.ts";
import { add, mul, sub } from "../graph/elementwise.ts";
import { concat, reshape, split, transpose } from "../graph/layout.ts";
import { matmul } from "../graph/linear.ts";
import { reduce, softmax } from "../graph/reduce.ts";
import { constant, type Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

interface Settings {
  causal: boolean;
  scale: number;
}

/** 0 where query t may look at key s, −∞ elsewhere: the last query sees every key. [T, S] */
function causalMask(queries: number, keys: number): Value {
  const mask = new Float32Array(queries * keys);
  for (let t = 0; t < queries; t++) mask.fill(-Infinity, t * keys + t + keys - queries + 1, (t + 1) * keys);
  return constant(mask, [queries, keys], "float32");
}

/** The result [B, H, T, D] and the probabilities [B, H, T, S]. */
function attend(q: Value, k: Value, v: Value, settings: Settings): [Value, Value] {
  const scores = matmul(q, k, { transposeB: true, alpha: settings.scale });
  const [queries, keys] = scores.shape.slice(-2);
  const masked = settings.causal && queries > 1 ? add(scores, causalMask(queries, keys)) : scores;
  const probabilities = softmax(masked);
  return [matmul(probabilities, v), probabilities];
}

interface Saved {
  q: Value;
  k: Value;
  v: Value;
  probabilities: Value;
  result: Value;
}

/** Gradients of q, k and v from the gradient of the result. */
function attendGradient(dy: Value, { q, k, v, probabilities, result }: Saved, settings: Settings): Value[] {
  const dv = matmul(probabilities, dy, { transposeA: true });
  const dp = matmul(dy, v, { transposeB: true });
  // The row sums of dp ∘ p equal those of dy ∘ result, which is the smaller tensor.
  const rowSums = reduce("reduceSum", mul(dy, result), [dy.shape.length - 1], true);
  const ds = mul(probabilities, sub(dp, rowSums));
  const dq = matmul(ds, k, { alpha: settings.scale });
  const dk = matmul(ds, q, { transposeA: true, alpha: settings.scale });
  return [dq, dk, dv];
}

const attentionGradient = fused<tf.Tensor[]>("AttentionGradient", ({ dy, ...saved }, settings) =>
  attendGradient(dy, saved as unknown as Saved, settings),
);

const attentionKernel = fused<tf.Tensor[]>(
  "Attention",
  ({ q, k, v }, settings) => attend(q, k, v, settings),
  {
    inputs: ["q", "k", "v"],
    outputs: [true, true],
    of: (dy, [q, k, v, result, probabilities], settings: Settings) => {
      const gradients = (): tf.Tensor[] =>
        attentionGradient({ dy, q, k, v, result, probabilities }, { ...settings });
      return { q: () => gradients()[0], k: () => gradients()[1], v: () => gradients()[2] };
    },
  },
);

/**
 * Attention over heads that are apart already.
 *
 * @param q [B, H, T, D]
 * @param k, v [B, H, S, D]
 * @param options.causal a query sees the keys up to its own position, the last query all of them
 * @param options.scale factor on the scores, 1/√D by default
 * @returns [B, H, T, D]
 * @throws GradbookError when the shapes do not fit
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  {
    causal = false,
    scale: factor = 1 / Math.sqrt(q.shape.at(-1)!),
  }: { causal?: boolean; scale?: number } = {},
): tf.Tensor4D {
  const [[, , queries, channels], [, , keys, keyChannels]] = [q.shape, k.shape] as number[][];
  const fits = [q, k, v].every(({ rank }) => rank === 4) && keys === v.shape[2] && channels === keyChannels;
  if (!fits || (causal && queries > keys))
    fail("attention", {
      expected: "q [B, H, T, D] and k, v [B, H, S, D], S ≥ T when causal",
      got: `[${q.shape}], [${k.shape}], [${v.shape}]`,
    });
  return attentionKernel({ q, k, v }, { causal, scale: factor })[0] as tf.Tensor4D;
}

interface PackedSettings extends Settings {
  heads: number;
}

/** [B, T, 3·C] → q, k, v, each [B, H, T, D]. */
function unpack(qkv: Value, heads: number): Value[] {
  const [batch, time, width] = qkv.shape;
  const channels = width / 3 / heads;
  const apart = transpose(reshape(qkv, [batch, time, 3, heads, channels]), [2, 0, 3, 1, 4]);
  return split(apart, [1, 1, 1], 0).map((part) => reshape(part, [batch, heads, time, channels]));
}

/** [B, H, T, D] → [B, T, C]. */
function mergeHeads(x: Value): Value {
  const [batch, heads, time, channels] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, time, heads * channels]);
}

/** [B, T, C] → [B, H, T, D]. */
function splitHeads(x: Value, heads: number): Value {
  const [batch, time, width] = x.shape;
  return transpose(reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

const selfAttentionGradient = fused("SelfAttentionGradient", ({ dy, ...saved }, settings: PackedSettings) => {
  const gradients = attendGradient(splitHeads(dy, settings.heads), saved as unknown as Saved, settings);
  const [batch, heads, time, channels] = gradients[0].shape;
  const packed = concat(gradients.map((part) => reshape(part, [1, ...part.shape])), 0); // prettier-ignore
  return reshape(transpose(packed, [1, 3, 0, 2, 4]), [batch, time, 3 * heads * channels]);
});

const selfAttentionKernel = fused<tf.Tensor[]>(
  "SelfAttention",
  ({ qkv }, settings: PackedSettings) => {
    const [q, k, v] = unpack(qkv, settings.heads);
    const [result, probabilities] = attend(q, k, v, settings);
    return [mergeHeads(result), q, k, v, probabilities, result];
  },
  {
    inputs: [],
    outputs: [false, true, true, true, true, true],
    of: (dy, [q, k, v, probabilities, result], settings) => ({
      qkv: () => selfAttentionGradient({ dy, q, k, v, probabilities, result }, settings),
    }),
  },
);

/**
 * Attention of a sequence over itself, with queries, keys and values side by side as one linear layer makes
 * them: the fast path of a GPT block.
 *
 * @param qkv [B, T, 3·C]: all queries' channels, then keys', then values', each head after head
 * @param options.heads must divide C
 * @returns [B, T, C]
 * @throws GradbookError when heads does not divide the width
 */
export function selfAttention(
  qkv: tf.Tensor,
  { heads, causal = false, scale: factor }: { heads: number; causal?: boolean; scale?: number },
): tf.Tensor3D {
  const width = qkv.shape[qkv.rank - 1] / 3;
  if (qkv.rank !== 3 || !Number.isInteger(width / heads))
    fail("selfAttention", {
      expected: "qkv [batch, time, 3·width] with a width that heads divides",
      got: `[${qkv.shape}] and ${heads} heads`,
    });
  const settings = { heads, causal, scale: factor ?? 1 / Math.sqrt(width / heads) };
  return selfAttentionKernel({ qkv }, settings)[0] as tf.Tensor3D;
}
