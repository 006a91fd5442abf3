/**
 * The counter-based generator of `graph/random.ts` on an eager backend: the same bits as in the compiled graph.
 *
 * tfjs has no shifts, so these are TensorFlow's own operations.
 */
import { FIRST, SECOND, COUNTER, UNIT } from "../graph/random.ts";
import { sizeOf } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { integers } from "./integers.ts";
import type { EagerRule, EagerRules } from "./rule.ts";

/** TensorFlow shifts signed numbers with their sign: the mask takes it away. */
const shiftRight = (x: tf.Tensor, bits: number): tf.Tensor =>
  integers("BitwiseAnd", integers("RightShift", x, bits), 2 ** (32 - bits) - 1);
const xorShift = (x: tf.Tensor, bits: number): tf.Tensor => integers("BitwiseXor", x, shiftRight(x, bits));
const times = (x: tf.Tensor, factor: number): tf.Tensor => tf.mul(x, tf.scalar(factor, "int32"));

const randomBits: EagerRule = (node, [seed]) => {
  const { shape } = node.outputs[0];
  const counter = tf.range(0, sizeOf(shape), 1, "int32");
  const mixed = tf.add(times(counter, COUNTER), times(xorShift(seed, 16), FIRST));
  const first = times(xorShift(mixed, 16), FIRST);
  return tf.reshape(times(xorShift(first, 15), SECOND), [...shape]);
};

const uniform: EagerRule = (_node, [bits]) => tf.mul(tf.cast(shiftRight(bits, 8), "float32"), UNIT);

export const randomRules: EagerRules = { randomBits, uniform };
