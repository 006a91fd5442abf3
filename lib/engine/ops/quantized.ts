/**
 * Matrices kept in four or eight bits a number, in blocks of 64 with a scale each (block-wise quantization, Dettmers et al., arXiv
 * 2110.02861; NF4 and training beside such a matrix: QLoRA, arXiv 2305.14314).
 *
 * A block is divided by its largest magnitude. `nf4`: the nearest of 16 values that suit normally distributed weights;
 * `int8`: the nearest of −127 … 127, over 127. Several codes share an int32, the first in its lowest bits. A matrix is taken row by
 * row and filled up to whole blocks. Left out: quantizing the scales themselves.
 */
import { fail } from "../../core/errors.ts";
import { add, binary, cast, compare, div, literal, mul, scalar } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { reshape, slice } from "../graph/layout.ts";
import { matmul } from "../graph/linear.ts";
import { constant, sizeOf, type Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";
import { asMatrix } from "./linear.ts";

export const QUANTIZATIONS = ["int8", "nf4"] as const;
export type Quantization = (typeof QUANTIZATIONS)[number];

/** Numbers that share a scale. */
export const QUANTIZATION_BLOCK = 64;

/** The values of NF4 (arXiv 2305.14314, appendix E): quantiles of the normal distribution, with 0 and both ends exact. */
export const NF4_VALUES = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
] as const; // prettier-ignore

const BITS = { int8: 8, nf4: 4 } as const;
/** Between one value of NF4 and the next. */
const MIDDLES = NF4_VALUES.slice(1).map((value, i) => (value + NF4_VALUES[i]) / 2);

export interface QuantizedValues {
  /** int32 `[words]`. */
  codes: Int32Array;
  /** The largest magnitude of each block, `[blocks]`. */
  scales: Float32Array;
}

/** @param data finite numbers */
export function quantized(data: Float32Array, kind: Quantization): QuantizedValues {
  const blocks = Math.ceil(data.length / QUANTIZATION_BLOCK);
  const perWord = 32 / BITS[kind];
  const codes = new Int32Array((blocks * QUANTIZATION_BLOCK) / perWord);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const values = data.subarray(block * QUANTIZATION_BLOCK, (block + 1) * QUANTIZATION_BLOCK);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!Number.isFinite(largest))
      fail("quantized", { expected: "finite weights", got: `one that is not, before number ${(block + 1) * QUANTIZATION_BLOCK}` }); // prettier-ignore
    scales[block] = largest;
    for (let i = 0; i < QUANTIZATION_BLOCK; i++) {
      const place = block * QUANTIZATION_BLOCK + i;
      const ratio = i < values.length && largest > 0 ? values[i] / largest : 0;
      codes[Math.floor(place / perWord)] |= codeOf(ratio, kind) << (BITS[kind] * (place % perWord));
    }
  }
  return { codes, scales };
}

/** From −1 … 1 to the bits that stand for it. */
function codeOf(ratio: number, kind: Quantization): number {
  if (kind === "int8") return (Math.round(ratio * 127) + 128) & 255;
  let code = 0;
  while (code < MIDDLES.length && ratio > MIDDLES[code]) code++;
  return code;
}

/** The four numbers of `nf4` that each half of a word stands for, before their block's scale: `[65536, 4]`. */
const HALVES = Float32Array.from(
  { length: 4 * 65_536 },
  (_, i) => NF4_VALUES[((i >> 2) >> (4 * (i & 3))) & 15],
);

/** The matrix that codes and scales stand for: rounded as `quantized` rounded it. */
function restored(codes: Value, scales: Value, kind: Quantization, shape: readonly number[]): Value {
  // From a table, because copying four numbers at once is faster than choosing each; for int8 it is not.
  const ratios =
    kind === "nf4"
      ? gather(constant(HALVES, [65_536, 4], "float32"), cut(codes, 16), 0)
      : div(add(cast(cut(codes, 8), "float32"), scalar(-128)), scalar(127));
  const blocks = sizeOf(scales.shape);
  const scaled = mul(reshape(ratios, [blocks, QUANTIZATION_BLOCK]), reshape(scales, [blocks, 1]));
  const flat = reshape(scaled, [blocks * QUANTIZATION_BLOCK]);
  const size = sizeOf(shape);
  return reshape(size === flat.shape[0] ? flat : slice(flat, [0], [size]), shape);
}

/** int32 words as parts of so many bits, the lowest first: `[words, 32 / bits]`. */
function cut(words: Value, bits: number): Value {
  const places = Array.from({ length: 32 / bits }, (_, k) => bits * k);
  const lowest = 2 ** bits - 1;
  // Masked first, so that dividing shifts; the topmost part comes out negative and is masked again.
  const masks = literal(places.map((place) => lowest << place), [places.length], "int32"); // prettier-ignore
  const shifts = literal(places.map((place) => 2 ** place), [places.length], "int32"); // prettier-ignore
  const masked = binary("bitAnd", reshape(words, [sizeOf(words.shape), 1]), masks);
  return binary("bitAnd", binary("div", masked, shifts), scalar(lowest, "int32"));
}

const inputGradient = fused("QuantizedLinearGradient", ({ dy, codes, scales }, { kind, shape }) => {
  // A zero that only dy can tell: the matrix is made anew for the way back, instead of being kept since the way there. Not a
  // `barrier`, which is a reshape in ONNX: ONNX Runtime cannot load one that another reshape follows.
  const first = slice(reshape(dy, [sizeOf(dy.shape)]), [0], [1]);
  const zero = cast(compare("greater", first, scalar(3e38)), "int32");
  const weight = restored(add(codes, zero), scales, kind as Quantization, shape as readonly number[]);
  const rows = matmul(asMatrix(dy), weight, { transposeB: true });
  return reshape(rows, [...dy.shape.slice(0, -1), rows.shape[1]]);
});

const linearKernel = fused(
  "QuantizedLinear",
  ({ x, codes, scales }, { kind, shape }) => {
    const weight = restored(codes, scales, kind as Quantization, shape as readonly number[]);
    const rows = matmul(asMatrix(x), weight);
    return reshape(rows, [...x.shape.slice(0, -1), rows.shape[1]]);
  },
  {
    inputs: ["codes", "scales"],
    of: (dy, [codes, scales], attrs) => ({ x: () => inputGradient({ dy, codes, scales }, attrs) }),
  },
);

const restore = fused("Dequantize", ({ codes, scales }, { kind, shape }) =>
  restored(codes, scales, kind as Quantization, shape as readonly number[]),
);

/** A matrix in few bits. */
export interface QuantizedMatrix {
  codes: tf.Tensor;
  scales: tf.Tensor;
  kind: Quantization;
  /** `[in, out]`. */
  shape: readonly number[];
}

/** The matrix as float32. */
export function dequantize({ codes, scales, kind, shape }: QuantizedMatrix): tf.Tensor {
  return restore({ codes, scales }, { kind, shape: [...shape] });
}

/**
 * x·W for a matrix in few bits, which is unpacked for the product and not kept. No gradient reaches W.
 *
 * @param x `[…, in]`
 * @returns `[…, out]`
 */
export function quantizedLinear(x: tf.Tensor, { codes, scales, kind, shape }: QuantizedMatrix): tf.Tensor {
  return linearKernel({ x, codes, scales }, { kind, shape: [...shape] });
}
