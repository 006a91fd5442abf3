/**
 * Where a token stands: tables of sines, rotation at a place known only when the program runs, and the places of
 * documents packed into one row.
 *
 * `B` batch, `T` time, `H` heads, `D` channels per head, `C` width.
 */
import { tf } from "../engine/index.ts";
import { HIDDEN } from "./attention.ts";

export const POSITIONS = ["learned", "rotary", "alibi", "sinusoidal", "none"] as const;

/**
 * The table of the first transformer (Vaswani et al., arXiv 1706.03762, 3.5): `[length, width]`, sin(t/10000^(2i/C))
 * in the even channels and the cosine in the odd ones.
 */
export function sinusoidalTable(length: number, width: number): tf.Tensor2D {
  const values = new Float32Array(length * width);
  for (let t = 0; t < length; t++)
    for (let c = 0; c < width; c++) {
      const angle = t / 10_000 ** ((c - (c % 2)) / width);
      values[t * width + c] = c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return tf.tensor2d(values, [length, width]);
}

/**
 * Queries or keys of one token per row turned by its position, in halves as the engine's `rotary` does.
 *
 * @param x `[B, H, 1, D]` @param position int32 `[B]` @param places bound of the positions
 */
export function rotateAt(x: tf.Tensor, position: tf.Tensor, base: number, places: number): tf.Tensor {
  const [batch, , , channels] = x.shape as number[];
  const pairs = channels / 2;
  const table = (of: (angle: number) => number): tf.Tensor => {
    const values = Float32Array.from({ length: places * pairs }, (_, i) =>
      of(Math.floor(i / pairs) * base ** (-(i % pairs) / pairs)),
    );
    return tf.gather(tf.tensor2d(values, [places, pairs]), position).reshape([batch, 1, 1, pairs]);
  };
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  const [first, second] = tf.split(x, 2, -1);
  return tf.concat([first.mul(cos).sub(second.mul(sin)), first.mul(sin).add(second.mul(cos))], -1);
}

/**
 * For documents packed into rows: where each token stands in its own document, and a mask that keeps documents
 * apart.
 *
 * @param segments int32 `[B, T]`, documents numbered along the row
 * @returns positions int32 `[B, T]`; mask `[B, 1, T, T]` to add to attention scores
 */
export function packedPositions(segments: tf.Tensor): { positions: tf.Tensor; mask: tf.Tensor } {
  const [batch, time] = segments.shape as number[];
  const same = tf.cast(
    tf.equal(segments.reshape([batch, time, 1]), segments.reshape([batch, 1, time])),
    "float32",
  );
  // The number of earlier tokens of the same document.
  const earlier = Float32Array.from({ length: time * time }, (_, i) =>
    i % time < Math.floor(i / time) ? 1 : 0,
  );
  const positions = tf.sum(tf.mul(same, tf.tensor2d(earlier, [time, time])), -1).cast("int32");
  return { positions, mask: tf.sub(1, same).mul(HIDDEN).reshape([batch, 1, time, time]) };
}
