/**
 * Flat parameters: one [n] buffer, cut into named tensors.
 *
 * An optimizer that updates one long buffer instead of fifty small ones runs one operation instead of fifty;
 * the views cost nothing worth measuring. The gradient of a cut is a join, so the buffer's gradient comes out
 * flat again.
 */
import { fail } from "../../core/errors.ts";
import { sizeOf } from "../graph/value.ts";
import { tf } from "../tf.ts";

/** Buffers are padded to a multiple of this times the number of blocks, so that they can be worked on in blocks. */
const ALIGNMENT = 64;
const BLOCK = 128 * 1024;

export type Shapes = Readonly<Record<string, readonly number[]>>;

/**
 * Length of the buffer for tensors of these shapes: their elements, and for long buffers a little padding at
 * the end (below 0.1 %) that lets updates run in equal blocks. Padding starts as zeros and stays zero.
 */
export function flatLength(shapes: Shapes): number {
  const length = Object.values(shapes).reduce((total, shape) => total + sizeOf(shape), 0);
  const blocks = Math.ceil(length / BLOCK);
  return blocks <= 1 ? length : Math.ceil(length / (blocks * ALIGNMENT)) * blocks * ALIGNMENT;
}

/**
 * Cut a flat buffer into tensors, in the order of `shapes`.
 *
 * @param flat [flatLength(shapes)]
 * @throws GradbookError when the length does not match
 */
export function splitFlat<Names extends Shapes>(
  flat: tf.Tensor,
  shapes: Names,
): { [K in keyof Names]: tf.Tensor } {
  const expected = flatLength(shapes);
  if (flat.rank !== 1 || flat.size !== expected)
    fail("splitFlat", { expected: `a buffer of shape [${expected}]`, got: `[${flat.shape}]` });
  const lengths = Object.values(shapes).map(sizeOf);
  const used = lengths.reduce((total, length) => total + length, 0);
  const cuts = used < expected ? [...lengths, expected - used] : lengths;
  // tfjs has no gradient of a split into one part.
  const parts = cuts.length === 1 ? [flat] : tf.split(flat as tf.Tensor1D, cuts);
  const entries = Object.entries(shapes).map(([name, shape], i) => [name, parts[i].reshape([...shape])]);
  return Object.fromEntries(entries) as { [K in keyof Names]: tf.Tensor };
}

/** Write arrays into one flat buffer in the order of `shapes`: what `splitFlat` undoes. */
export function packFlat(arrays: Readonly<Record<string, ArrayLike<number>>>, shapes: Shapes): Float32Array {
  const flat = new Float32Array(flatLength(shapes));
  let offset = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const size = sizeOf(shape);
    const array = arrays[name];
    if (array?.length !== size)
      fail("packFlat", {
        expected: `${size} numbers for ${name} [${shape}]`,
        got: `${array?.length ?? "none"}`,
      });
    flat.set(array, offset);
    offset += size;
  }
  return flat;
}
