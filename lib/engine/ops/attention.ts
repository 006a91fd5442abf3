/**
 * Scaled dot-product attention: softmax(q·kᵀ·scale + mask)·v.
 *
 * Paper: Vaswani et al., "Attention Is All You Need", arXiv 1706.03762. `B` batch, `H` heads, `T` queries,
 * `S` keys, `D` channels per head, `C` = H·D. The probabilities [B, H, T, S] are kept for the gradient, and with
 * dropout the mask over them.
 */
import { fail } from "../../core/errors.ts";
import { add, mul, sub } from "../graph/elementwise.ts";
import { flashAttention, flashAttentionGradient } from "../graph/attention.ts";
import { concat, reshape, split, transpose } from "../graph/layout.ts";
import { matmul } from "../graph/linear.ts";
import { reduce, softmax } from "../graph/reduce.ts";
import { constant, type Value } from "../graph/value.ts";
import { fusesAttention } from "../lowering.ts";
import { tf } from "../tf.ts";
import { checkDropoutRate, dropoutMask } from "./dropout.ts";
import { fused } from "./fused.ts";

interface Settings {
  causal: boolean;
  scale: number;
  window?: number;
  alibi?: boolean;
  /** Share of the probabilities that are dropped. */
  dropout?: number;
}

/**
 * What is added to the scores: 0 or −∞ by what a query may see, less the distance where ALiBi asks for it. The
 * last query stands at the last key. [T, S] or [H, T, S]; undefined when nothing is added.
 */
function scoreBias(heads: number, queries: number, keys: number, settings: Settings): Value | undefined {
  const { causal, window = Infinity, alibi = false } = settings;
  if (!alibi && window === Infinity && (!causal || queries === 1)) return undefined;
  const copies = alibi ? heads : 1;
  const bias = new Float32Array(copies * queries * keys);
  for (let h = 0, i = 0; h < copies; h++) {
    const slope = alibi ? 2 ** ((-8 * (h + 1)) / heads) : 0;
    for (let t = 0; t < queries; t++)
      for (let s = 0; s < keys; s++, i++) {
        const back = t + keys - queries - s;
        const visible = (!causal || back >= 0) && Math.abs(back) < window;
        bias[i] = visible ? -slope * Math.abs(back) : -Infinity;
      }
  }
  return constant(bias, alibi ? [heads, queries, keys] : [queries, keys], "float32");
}

/** May the device's own attention be used? Its heads are at most as wide as 128 channels, in steps of 8. */
function isFlash(q: Value, k: Value, settings: Settings, mask?: Value): boolean {
  const [queries, channels] = q.shape.slice(-2);
  const { causal, window = Infinity, alibi, dropout } = settings;
  const isPlain = !mask && !alibi && !dropout && window === Infinity && channels % 8 === 0 && channels <= 128;
  return isPlain && queries > 1 && (!causal || queries === k.shape[2]) && fusesAttention();
}

/** [B, H, T, D] → [B, T, H, D], and back. */
const swapHeads = (x: Value): Value => transpose(x, [0, 2, 1, 3]);

/**
 * The result [B, H, T, D], the probabilities [B, H, T, S], and with dropout the factors on them. The device's own attention
 * gives the logarithms of the softmax's denominators, [B, H, T], in the place of the probabilities.
 */
function attend(q: Value, k: Value, v: Value, settings: Settings, mask?: Value): Value[] {
  if (isFlash(q, k, settings, mask)) {
    const [byTimeQ, byTimeK, byTimeV] = [q, k, v].map(swapHeads);
    const { result, logSums } = flashAttention(byTimeQ, byTimeK, byTimeV, settings);
    return [swapHeads(result), logSums];
  }
  const scores = matmul(q, k, { transposeB: true, alpha: settings.scale });
  const [heads, queries, keys] = scores.shape.slice(-3);
  const bias = scoreBias(heads, queries, keys, settings);
  const biased = bias ? add(scores, bias) : scores;
  const probabilities = softmax(mask ? add(biased, mask) : biased);
  if (!settings.dropout) return [matmul(probabilities, v), probabilities];
  const kept = dropoutMask(probabilities.shape, settings.dropout);
  return [matmul(mul(probabilities, kept), v), probabilities, kept];
}

interface Saved {
  q: Value;
  k: Value;
  v: Value;
  probabilities: Value;
  result: Value;
  /** Factors that dropout put on the probabilities. */
  kept?: Value;
}

/** Gradients of q, k and v from the gradient of the result. */
function attendGradient(dy: Value, saved: Saved, settings: Settings): Value[] {
  const { q, k, v, probabilities, result, kept } = saved;
  if (probabilities.shape.length === 3) {
    const [byTimeQ, byTimeK, byTimeV, byTimeResult] = [q, k, v, result].map(swapHeads);
    const flash = { q: byTimeQ, k: byTimeK, v: byTimeV, result: byTimeResult, logSums: probabilities };
    return flashAttentionGradient(swapHeads(dy), flash, settings).map(swapHeads);
  }
  const dropped = (x: Value): Value => (kept ? mul(x, kept) : x);
  const dv = matmul(dropped(probabilities), dy, { transposeA: true });
  const dp = dropped(matmul(dy, v, { transposeB: true }));
  // The row sums of dp ∘ p equal those of dy ∘ result, which is the smaller tensor, with dropout too.
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
  ({ q, k, v, mask }, settings) => attend(q, k, v, settings, mask),
  {
    inputs: ["q", "k", "v"],
    outputs: [true, true, true],
    of: (dy, [q, k, v, result, probabilities, kept], settings: Settings) => {
      const saved = { q, k, v, result, probabilities, ...(kept && { kept }) };
      const gradients = (): tf.Tensor[] => attentionGradient({ dy, ...saved }, { ...settings });
      return {
        q: () => gradients()[0],
        k: () => gradients()[1],
        v: () => gradients()[2],
        mask: () =>
          fail("attention", {
            expected: "a mask that is not trained",
            hint: "add a learned bias to the scores yourself",
          }),
      };
    },
  },
);

export interface AttentionOptions {
  /** A query sees the keys up to its own position, the last query all of them. */
  causal?: boolean;
  /** Factor on the scores, 1/√D by default. */
  scale?: number;
  /** A query sees keys less than this many positions away (sliding window, arXiv 2004.05150). */
  window?: number;
  /** Scores fall linearly with the distance, at a slope for each head (ALiBi, arXiv 2108.12409). */
  alibi?: boolean;
  /** Added to the scores, broadcast to [B, H, T, S]: 0 where a query may look, −∞ where not (padding). */
  mask?: tf.Tensor;
  /** Share of the attention weights that are dropped, the rest divided by 1 − dropout; 0 by default. */
  dropout?: number;
}

/** Each key (or value) head serves `times` query heads in a row: [B, H, S, D] → [B, H·times, S, D]. */
function repeatHeads(x: tf.Tensor, times: number): tf.Tensor {
  const [batch, heads, time, channels] = x.shape;
  if (times === 1) return x;
  const copies = new Array<tf.Tensor>(times).fill(x);
  return tf.reshape(tf.stack(copies, 2), [batch, heads * times, time, channels]);
}

/**
 * Attention over heads that are apart already; cross-attention when keys come from elsewhere.
 *
 * @param q [B, H, T, D]
 * @param k, v [B, H, S, D], or fewer heads that divide H: grouped-query attention (arXiv 2305.13245)
 * @returns [B, H, T, D]
 * @throws GradbookError when the shapes do not fit, or dropout is not in [0, 1)
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: AttentionOptions = {},
): tf.Tensor4D {
  const {
    causal = false,
    scale = 1 / Math.sqrt(q.shape[q.rank - 1]),
    window,
    alibi,
    mask,
    dropout = 0,
  } = options;
  checkDropoutRate("attention", dropout);
  const [[, heads, queries, channels], [, groups, keys, keyChannels]] = [q.shape, k.shape] as number[][];
  const fits = [q, k, v].every(({ rank }) => rank === 4) && channels === keyChannels && heads % groups === 0;
  if (!fits || keys !== v.shape[2] || groups !== v.shape[1] || (causal && queries > keys))
    fail("attention", {
      expected: "q [B, H, T, D] and k, v [B, H, S, D], S ≥ T when causal",
      got: `[${q.shape}], [${k.shape}], [${v.shape}]`,
    });
  const inputs = { q, k: repeatHeads(k, heads / groups), v: repeatHeads(v, heads / groups) };
  return attentionKernel(mask ? { ...inputs, mask } : inputs, {
    causal,
    scale,
    window,
    alibi,
    dropout,
  })[0] as tf.Tensor4D;
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
    const [result, probabilities, ...kept] = attend(q, k, v, settings);
    return [mergeHeads(result), q, k, v, probabilities, result, ...kept];
  },
  {
    inputs: [],
    outputs: [false, true, true, true, true, true, true],
    of: (dy, [q, k, v, probabilities, result, kept], settings) => {
      const saved = { q, k, v, probabilities, result, ...(kept && { kept }) };
      return { qkv: () => selfAttentionGradient({ dy, ...saved }, settings) };
    },
  },
);

export interface SelfAttentionOptions extends Pick<AttentionOptions, "causal" | "scale" | "dropout"> {
  heads: number;
}

/**
 * Attention of a sequence over itself, with queries, keys and values side by side as one linear layer makes
 * them: the fast path of a GPT block.
 *
 * @param qkv [B, T, 3·C]: all queries' channels, then keys', then values', each head after head
 * @param options.heads must divide C
 * @returns [B, T, C]
 * @throws GradbookError when heads does not divide the width, or dropout is not in [0, 1)
 */
export function selfAttention(
  qkv: tf.Tensor,
  { heads, causal = false, scale: factor, dropout = 0 }: SelfAttentionOptions,
): tf.Tensor3D {
  checkDropoutRate("selfAttention", dropout);
  const width = qkv.shape[qkv.rank - 1] / 3;
  if (qkv.rank !== 3 || !Number.isInteger(width / heads))
    fail("selfAttention", {
      expected: "qkv [batch, time, 3·width] with a width that heads divides",
      got: `[${qkv.shape}] and ${heads} heads`,
    });
  const settings = { heads, causal, scale: factor ?? 1 / Math.sqrt(width / heads), dropout };
  return selfAttentionKernel({ qkv }, settings)[0] as tf.Tensor3D;
}
